import { Button, Checkbox, TextInput, Title } from "@mantine/core";
import { type UseQueryResult, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type Answer, call, type Item, type Problem } from "../api/client.ts";
import { ProblemNotice } from "../part/fault.tsx";
import { Loaded } from "../part/loaded.tsx";
import { NewPassword } from "../part/new-password.tsx";
import { type Role, RoleSelect } from "../part/role-select.tsx";
import { Time } from "../part/time.tsx";

type User = Item<"GET /users">;

export function Users({ query }: { readonly query: UseQueryResult<Answer<"GET /users">, Problem> }) {
  return (
    <section className="card">
      <header>
        <Title order={2}>Users</Title>
        <span className="faint">people, who sign in with a password or at the provider</span>
      </header>
      <Loaded query={query} lines={3}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="empty">Nobody has an account yet: the token of the hub is the way in.</p>
          ) : (
            <table className="rows fold">
              <thead>
                <tr>
                  <th>Name</th>
                  <th>Role</th>
                  <th>Payloads</th>
                  <th>Last signed in</th>
                  <th>State</th>
                </tr>
              </thead>
              <tbody>
                {items.map((user) => (
                  <OneUser key={user.name} user={user} />
                ))}
              </tbody>
            </table>
          )
        }
      </Loaded>
      <NewUser />
    </section>
  );
}

function OneUser({ user }: { readonly user: User }) {
  const client = useQueryClient();
  const change = useMutation<
    unknown,
    Problem,
    { readonly role?: Role; readonly payloads?: boolean; readonly disabled?: boolean }
  >({
    mutationFn: (body) => call("POST /users/{name}", { path: { name: user.name }, body }),
    onSettled: () => client.invalidateQueries(),
  });
  const { name, role, payloads, disabled, lockedUntil, signedInAt, signsInBy } = user;
  return (
    <tr>
      <td>
        {name}
        {change.error === null ? null : <ProblemNotice problem={change.error} />}
      </td>
      <td>
        {signsInBy === "provider" ? (
          <>
            {role} <span className="faint">by the provider</span>
          </>
        ) : (
          <RoleSelect
            short
            label={`Role of ${name}`}
            role={role}
            onRole={(chosen) => change.mutate({ role: chosen })}
          />
        )}
      </td>
      <td data-name="payloads">
        <Checkbox
          aria-label={`${name} sees payloads whatever the role`}
          checked={payloads}
          onChange={(event) => change.mutate({ payloads: event.currentTarget.checked })}
        />
      </td>
      <td className="fit" data-name="last signed in">
        {signedInAt === null ? "never" : <Time at={signedInAt} />}
      </td>
      <td>
        {lockedUntil === null ? null : (
          <span className="pill warn">
            locked until <Time at={lockedUntil} />
          </span>
        )}{" "}
        <Button
          size="compact-xs"
          variant="default"
          loading={change.isPending}
          onClick={() => change.mutate({ disabled: !disabled })}
        >
          {disabled ? "Enable" : "Disable"}
        </Button>
      </td>
    </tr>
  );
}

function NewUser() {
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const add = useMutation<unknown, Problem>({
    mutationFn: () => call("POST /users", { body: { name: name.trim().toLowerCase(), password, role } }),
    onSuccess: async () => {
      setName("");
      setPassword("");
      await client.invalidateQueries();
    },
  });
  return (
    <form
      className="body"
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate();
      }}
    >
      <TextInput
        label="Name of a new user"
        value={name}
        maxLength={64}
        autoComplete="off"
        required
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <NewPassword
        label="Password of the new user"
        hint="; the user can change it"
        value={password}
        onValue={setPassword}
      />
      <RoleSelect label="Role of the new user" role={role} onRole={setRole} />
      <Button type="submit" mt="sm" loading={add.isPending}>
        Add user
      </Button>
      {add.error === null ? null : <ProblemNotice problem={add.error} />}
    </form>
  );
}
