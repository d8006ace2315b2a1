import { Button, TextInput, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type Answer, call, type Item, type Problem } from "../api/client.ts";
import { useApi } from "../api/use.ts";
import { ProblemNotice } from "../part/fault.tsx";
import { Lever } from "../part/lever.tsx";
import { Loaded } from "../part/loaded.tsx";
import { type Role, RoleSelect } from "../part/role-select.tsx";
import { Time } from "../part/time.tsx";

export function Keys() {
  const query = useApi("GET /keys");
  return (
    <section className="card">
      <header>
        <Title order={2}>API keys</Title>
        <span className="faint">programs and agents' desks, each with a role of its own</span>
      </header>
      <Loaded query={query} lines={3}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="empty">There are no API keys.</p>
          ) : (
            <table className="rows fold">
              <thead>
                <tr>
                  <th>Name</th>
                  <th>Id</th>
                  <th>Role</th>
                  <th>Made</th>
                  <th>Last used</th>
                  <th>State</th>
                </tr>
              </thead>
              <tbody>
                {items.map((key) => (
                  <OneKey key={key.id} of={key} />
                ))}
              </tbody>
            </table>
          )
        }
      </Loaded>
      <NewKey />
    </section>
  );
}

function OneKey({
  of: { id, name, role, createdAt, usedAt, revokedAt },
}: {
  readonly of: Item<"GET /keys">;
}) {
  return (
    <tr>
      <td>{name}</td>
      <td className="mono">{id}</td>
      <td>{role}</td>
      <td className="fit" data-name="made">
        <Time at={createdAt} />
      </td>
      <td className="fit" data-name="last used">
        {usedAt === null ? "never" : <Time at={usedAt} />}
      </td>
      <td>
        {revokedAt === null ? (
          <Lever
            name="Revoke"
            hint="At once and for good"
            operation="POST /keys/{id}/revoke"
            path={{ id }}
            permission="administer"
          />
        ) : (
          <span className="pill">
            revoked <Time at={revokedAt} />
          </span>
        )}
      </td>
    </tr>
  );
}

function NewKey() {
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const make = useMutation<Answer<"POST /keys">, Problem>({
    mutationFn: () => call("POST /keys", { body: { name: name.trim(), role } }),
    onSuccess: async () => {
      setName("");
      await client.invalidateQueries();
    },
  });
  return (
    <form
      className="body"
      onSubmit={(event) => {
        event.preventDefault();
        make.mutate();
      }}
    >
      <TextInput
        label="Name of a new key"
        value={name}
        maxLength={64}
        required
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <RoleSelect label="Role of the new key" role={role} onRole={setRole} />
      <Button type="submit" mt="sm" loading={make.isPending}>
        Make key
      </Button>
      <div role="status">
        {make.data === undefined ? null : (
          <p className="notice warn">
            Copy it now, it is shown this once: <span className="mono">{make.data.key}</span>
          </p>
        )}
      </div>
      {make.error === null ? null : <ProblemNotice problem={make.error} />}
    </form>
  );
}
