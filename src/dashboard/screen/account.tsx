import { Button, PasswordInput, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { type Answer, call, type Problem } from "../api/client.ts";
import { useApi } from "../api/use.ts";
import { ProblemNotice } from "../part/fault.tsx";
import { Loaded } from "../part/loaded.tsx";
import { NewPassword } from "../part/new-password.tsx";

type Session = Answer<"GET /session">;

/** What the hub knows of whoever is signed in, and their own password. */
export function Account() {
  const session = useApi("GET /session", { live: false });
  return (
    <>
      <div className="head">
        <Title order={1}>Account</Title>
      </div>
      <Loaded query={session} lines={3}>
        {({ auth, user }) => (
          <>
            <Who auth={auth} user={user} />
            {user?.password === true ? <OwnPassword name={user.name ?? ""} /> : null}
          </>
        )}
      </Loaded>
    </>
  );
}

function Who({ auth, user }: Pick<Session, "auth" | "user">) {
  return (
    <section className="card">
      <header>
        <Title order={2}>{user?.name ?? "No account"}</Title>
        <span className="faint">{user?.role}</span>
      </header>
      <div className="body">
        <p>{waysIn(auth, user)}</p>
        <p>
          You may: <span className="mono">{user?.permissions.join(", ")}</span>
        </p>
      </div>
    </section>
  );
}

function waysIn(auth: Session["auth"], user: Session["user"]): string {
  if (auth === "none") return "This hub asks nobody who they are; the audit log cannot tell you from others.";
  if (user?.name === null || user === null)
    return "You are signed in with the hub's own token; the audit log calls you “dashboard”.";
  return user.password
    ? "You sign in with a name and a password; the audit log calls you by the name."
    : "You sign in at your organization's provider, where your password is; the audit log calls you by the name.";
}

/** Needs the present one, so that nobody changes it at a desk that was left alone. */
function OwnPassword({ name }: { readonly name: string }) {
  const [current, setCurrent] = useState("");
  const [password, setPassword] = useState("");
  const change = useMutation<unknown, Problem>({
    mutationFn: () => call("POST /session/password", { body: { current, password } }),
    onSuccess: () => {
      setCurrent("");
      setPassword("");
    },
  });
  return (
    <section className="card">
      <header>
        <Title order={2}>Password</Title>
        <span className="faint">changing it signs you out everywhere else</span>
      </header>
      <form
        className="body narrow"
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate();
        }}
      >
        <input type="text" autoComplete="username" value={name} readOnly hidden />
        <PasswordInput
          label="Present password"
          value={current}
          maxLength={256}
          autoComplete="current-password"
          required
          onChange={(event) => setCurrent(event.currentTarget.value)}
        />
        <NewPassword label="New password" value={password} onValue={setPassword} />
        <Button type="submit" mt="sm" loading={change.isPending}>
          Change password
        </Button>
        {change.error === null ? null : <ProblemNotice problem={change.error} />}
        {change.isSuccess ? (
          <p className="notice good" role="status">
            The password is changed. Everywhere else you are signed out.
          </p>
        ) : null}
      </form>
    </section>
  );
}
