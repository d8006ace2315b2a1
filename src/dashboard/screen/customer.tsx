import { Button, Title, Tooltip } from "@mantine/core";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Answer } from "../api/client.ts";
import { useMay } from "../api/may.ts";
import { useApi } from "../api/use.ts";
import { Loaded } from "../part/loaded.tsx";
import { Updated } from "../part/time.tsx";
import { Golden, OriginLink } from "./customer-golden.tsx";
import { HistoryTable } from "./history-table.tsx";

const route = getRouteApi("/customers/$id");

type Detail = Answer<"GET /customers/{id}">;

/** One customer over all systems, with where each value came from. */
export function Customer() {
  const { id } = route.useParams();
  const seesAll = useMay("payloads");
  const mayReveal = useMay("reveal");
  const [revealed, setRevealed] = useState<string | null>(null);
  // Each reading that reveals is a line in the audit log, so it is not repeated by itself.
  const reveal = revealed === id;
  const query = useApi("GET /customers/{id}", {
    path: { id },
    ...(reveal ? { query: { reveal }, live: false } : {}),
  });
  return (
    <>
      <div className="head">
        <Title order={1}>{query.data?.name ?? id}</Title>
        <span className="faint mono">{id}</span>
        {query.data?.alive === false ? <span className="pill bad">no system has it any more</span> : null}
        {seesAll || reveal ? null : <span className="pill warn">personal data is masked</span>}
        {seesAll || reveal || !mayReveal ? null : (
          <Tooltip label="Goes to the audit log with your name">
            <Button size="compact-xs" variant="default" onClick={() => setRevealed(id)}>
              Reveal
            </Button>
          </Tooltip>
        )}
        <span className="end">
          <Updated at={query.dataUpdatedAt} />
        </span>
      </div>
      <Loaded query={query}>
        {(customer) => (
          <div className="columns side">
            <div>
              <Golden customer={customer} />
              <History customer={customer} />
            </div>
            <div>
              <Ids customer={customer} />
              <Matches customer={customer} />
            </div>
          </div>
        )}
      </Loaded>
    </>
  );
}

function Ids({ customer }: { readonly customer: Detail }) {
  return (
    <section className="card">
      <header>
        <Title order={2}>Known as</Title>
      </header>
      <table className="rows">
        <tbody>
          {customer.externalIds.map(({ system, id, deleted, origin }) => (
            <tr key={`${system} ${id}`}>
              <td>{system}</td>
              <td className="mono">
                {id} {deleted ? <span className="pill">deleted</span> : null}
                <div>
                  <OriginLink origin={origin} />
                </div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Matches({ customer }: { readonly customer: Detail }) {
  if (customer.possibleMatches.length === 0) return null;
  return (
    <section className="card">
      <header>
        <Title order={2}>Maybe the same</Title>
        <span className="faint">never merged by itself</span>
      </header>
      <table className="rows">
        <tbody>
          {customer.possibleMatches.map(({ id, name, by }) => (
            <tr key={id}>
              <td>
                <Link className="link" to="/customers/$id" params={{ id }}>
                  {name ?? id}
                </Link>
                <div className="faint">{by.map((one) => `same ${one.kind} ${one.value}`).join(", ")}</div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function History({ customer }: { readonly customer: Detail }) {
  const { items, next } = customer.history;
  return (
    <section className="card">
      <header>
        <Title order={2}>History</Title>
        <span className="faint">calls, mails, invoices, orders, payments; newest first</span>
      </header>
      {items.length === 0 ? <p className="empty">Nothing yet.</p> : <HistoryTable items={items} />}
      {next === null ? null : <div className="foot">the newest {items.length}; there are older ones</div>}
    </section>
  );
}
