import { Button, PasswordInput, Stack, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { type Answer, call, type Problem } from "../api/client.ts";
import { useApi } from "../api/use.ts";
import { ProblemNotice } from "../part/fault.tsx";

/** What is in it is for those who are signed in; others are asked for the hub's token. */
export function SignedIn({ children }: { readonly children: ReactNode }) {
  const session = useApi("GET /session", { live: false });
  if (session.data?.signedIn === true) return children;
  if (session.data === undefined && session.error === null) return null;
  return <SignIn lost={session.data === undefined ? session.error : null} />;
}

function SignIn({ lost }: { readonly lost: Problem | null }) {
  const client = useQueryClient();
  const [token, setToken] = useState("");
  const signIn = useMutation<Answer<"POST /session">, Problem>({
    mutationFn: () => call("POST /session", { body: { token: token.trim() } }),
    onSuccess: async () => {
      // The token stays nowhere: from now on the browser has a cookie that no script can read.
      setToken("");
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
          <PasswordInput
            label="Token of the hub"
            description="It is in the data folder, file api-token; the first start printed it."
            value={token}
            onChange={(event) => setToken(event.currentTarget.value)}
            autoComplete="current-password"
            data-autofocus
            autoFocus
            required
          />
          <Button type="submit" size="sm" loading={signIn.isPending}>
            Sign in
          </Button>
          {problem === null ? null : <ProblemNotice problem={problem} />}
        </Stack>
      </form>
    </main>
  );
}
