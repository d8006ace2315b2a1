import { Anchor, Button, PasswordInput, Stack, TextInput, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { type Answer, call, type Problem } from "../api/client.ts";
import { useApi } from "../api/use.ts";
import { ProblemNotice } from "../part/fault.tsx";
import { ByProvider } from "./provider.tsx";

/** What is in it is for those who are signed in; others are asked for their password, or for the hub's token. */
export function SignedIn({ children }: { readonly children: ReactNode }) {
  const session = useApi("GET /session", { live: false });
  if (session.data?.signedIn === true) return children;
  if (session.data === undefined && session.error === null) return null;
  return (
    <SignIn
      users={session.data?.users === true}
      provider={session.data?.provider ?? null}
      lost={session.data === undefined ? session.error : null}
    />
  );
}

function SignIn({
  users,
  provider,
  lost,
}: {
  readonly users: boolean;
  readonly provider: Answer<"GET /session">["provider"];
  readonly lost: Problem | null;
}) {
  const client = useQueryClient();
  const [byToken, setByToken] = useState(!users);
  const [name, setName] = useState("");
  const [secret, setSecret] = useState("");
  const signIn = useMutation<Answer<"POST /session">, Problem>({
    mutationFn: () =>
      call("POST /session", {
        body: byToken ? { token: secret.trim() } : { name: name.trim(), password: secret },
      }),
    onSuccess: async () => {
      // The secret stays nowhere: from now on the browser has a cookie that no script can read.
      setSecret("");
      await client.resetQueries();
    },
  });
  const problem = signIn.error ?? lost;
  return (
    <main className="sign-in">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          signIn.mutate();
        }}
      >
        <Stack gap="sm">
          <Title order={1}>Tieline</Title>
          {provider === null ? null : <ByProvider provider={provider} />}
          {byToken ? null : (
            <TextInput
              label="Name"
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              autoComplete="username"
              autoFocus={provider === null}
              required
            />
          )}
          <PasswordInput
            label={byToken ? "Token of the hub" : "Password"}
            description={
              byToken ? "It is in the data folder, file api-token; the first start printed it." : undefined
            }
            value={secret}
            onChange={(event) => setSecret(event.currentTarget.value)}
            autoComplete="current-password"
            autoFocus={byToken && provider === null}
            required
          />
          <Button
            type="submit"
            size="sm"
            variant={provider === null ? "filled" : "default"}
            loading={signIn.isPending}
          >
            Sign in
          </Button>
          {problem === null ? null : <ProblemNotice problem={problem} />}
          {users ? (
            <Anchor component="button" type="button" size="sm" onClick={() => setByToken(!byToken)}>
              {byToken ? "Sign in with name and password" : "Sign in with the token of the hub"}
            </Anchor>
          ) : null}
        </Stack>
      </form>
    </main>
  );
}
