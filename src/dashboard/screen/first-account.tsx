import { Button, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call, type Problem } from "../api/client.ts";
import { useMay } from "../api/may.ts";
import { useApi } from "../api/use.ts";
import { ProblemNotice } from "../part/fault.tsx";
import { NewPassword } from "../part/new-password.tsx";

/**
 * Whether the first account is still to be made, by somebody who may. Whoever sees this has shown the token, or is on a
 * machine that asks nobody: the hub lets no one else make it.
 */
export function useNoAccount(): boolean {
  const isAdmin = useMay("administer");
  const session = useApi("GET /session", { live: false });
  return isAdmin && session.data?.users === false;
}

/** Makes the first administrator and goes on as that person, so that the audit log names one from here on. */
export function FirstAccount() {
  const client = useQueryClient();
  const session = useApi("GET /session", { live: false });
  const asksNobody = session.data?.auth === "none";
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const make = useMutation<unknown, Problem>({
    mutationFn: async () => {
      const user = { name: name.trim().toLowerCase(), password };
      await call("POST /users", { body: { ...user, role: "admin" } });
      if (!asksNobody) await call("POST /session", { body: user });
    },
    onSuccess: () => {
      setPassword("");
      return client.resetQueries();
    },
  });
  return (
    <>
      <p>
        {asksNobody
          ? "This hub asks nobody who they are, since auth is none: an account counts once auth is token. You can leave this out."
          : "You came in with the token, which everybody shares. With an account of your own the audit log names you, and others get no more than their role."}
      </p>
      <form
        className="narrow"
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate();
        }}
      >
        <TextInput
          label="Your name"
          description="Small letters, digits and . _ @ -"
          value={name}
          maxLength={64}
          autoComplete="username"
          required
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <NewPassword label="Your password" value={password} onValue={setPassword} />
        <Button type="submit" mt="sm" loading={make.isPending}>
          Make the first administrator
        </Button>
        {make.error === null ? null : <ProblemNotice problem={make.error} />}
      </form>
    </>
  );
}
