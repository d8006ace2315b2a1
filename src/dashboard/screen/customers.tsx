import { Button, TextInput, Title } from "@mantine/core";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { useApi } from "../api/use.ts";
import { Listed } from "../part/listed.tsx";
import { Time } from "../part/time.tsx";
import { useZone } from "../part/zone.tsx";

const route = getRouteApi("/customers");

/** Customers by the begin of a name, number, address or id. */
export function Customers() {
  const { q, cursor } = route.useSearch();
  const navigate = route.useNavigate();
  const [text, setText] = useState(q ?? "");
  return (
    <>
      <div className="head">
        <Title order={1}>Customers</Title>
        <Link className="link" to="/customers/unassigned">
          Unassigned
        </Link>
      </div>
      <form
        className="filters"
        onSubmit={(event) => {
          event.preventDefault();
          void navigate({ search: { q: text.trim() } });
        }}
      >
        <TextInput
          label="Begin of a name, number, e-mail address or system's id"
          w={420}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button type="submit">Find</Button>
      </form>
      <div className="card">
        {q === undefined ? (
          <p className="empty">Say whom you look for.</p>
        ) : (
          <Found
            key={q}
            q={q}
            cursor={cursor}
            onCursor={(to) => void navigate({ search: to === undefined ? { q } : { q, cursor: to } })}
          />
        )}
      </div>
    </>
  );
}

function Found({
  q,
  cursor,
  onCursor,
}: {
  readonly q: string;
  readonly cursor: string | undefined;
  readonly onCursor: (cursor: string | undefined) => void;
}) {
  const { zone } = useZone();
  const query = useApi("GET /customers", {
    query: { q, limit: 50, ...(cursor === undefined ? {} : { cursor }) },
    live: false,
  });
  return (
    <Listed query={query} cursor={cursor} empty="No customer begins so." onCursor={onCursor}>
      {(items) => (
        <table className="rows fold">
          <thead>
            <tr>
              <th>Customer</th>
              <th>Name</th>
              <th>Status</th>
              <th>Changed ({zone})</th>
            </tr>
          </thead>
          <tbody>
            {items.map(({ id, name, status, updatedAt }) => (
              <tr key={id}>
                <td className="fit">
                  <Link className="link mono" data-row to="/customers/$id" params={{ id }}>
                    {id}
                  </Link>
                </td>
                <td>{name}</td>
                <td>{status}</td>
                <td className="fit">
                  <Time at={updatedAt} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Listed>
  );
}
