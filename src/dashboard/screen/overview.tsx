import { Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Answer } from "../api/client.ts";
import { useApi } from "../api/use.ts";
import { Head } from "../part/head.tsx";
import { Loaded } from "../part/loaded.tsx";
import { Spark } from "../part/spark.tsx";
import { Age } from "../part/time.tsx";
import { FirstRun } from "./first-run.tsx";
import { NeedsYou } from "./needs-you.tsx";
import { NextRuns } from "./next-runs.tsx";

type Flow = Answer<"GET /overview">["flows"][number];

/** What needs a person, what each flow did, and what comes next. */
export function Overview() {
  const query = useApi("GET /overview");
  return (
    <>
      <Head title="Overview" at={query.dataUpdatedAt} />
      <div className="columns side">
        <div>
          <FirstRun />
          <NeedsYou />
          <section className="card">
            <header>
              <Title order={2}>Flows</Title>
              <span className="faint">last 24 hours; queued, oldest and parked: now</span>
            </header>
            <Loaded query={query} lines={8}>
              {({ flows }) =>
                flows.length === 0 ? (
                  <p className="empty">
                    No flow is in force. <code>npx tieline new flow my-first-flow</code> makes one.
                  </p>
                ) : (
                  <FlowTable flows={flows} />
                )
              }
            </Loaded>
          </section>
        </div>
        <NextRuns />
      </div>
    </>
  );
}

const COLUMNS = [
  ["Received", "Accepted in the last 24 hours"],
  ["Filtered", "Ended without effect: filtered, unchanged, stale, superseded, duplicate, discarded"],
  ["Queued", "Messages and deliveries that are not done, now"],
  ["Sent", "Took effect, once for each route"],
  ["Errored", "Parked or rejected, and not mended since"],
  ["Oldest", "How long the oldest that is worked on has waited"],
] as const;

function FlowTable({ flows }: { readonly flows: readonly Flow[] }) {
  return (
    <table className="rows fold">
      <thead>
        <tr>
          <th>Flow</th>
          {COLUMNS.map(([name, meaning]) => (
            <th key={name} className="number" title={meaning}>
              {name}
            </th>
          ))}
          <th>By hour</th>
        </tr>
      </thead>
      <tbody>
        {flows.map((flow) => (
          <FlowRow key={flow.name} flow={flow} />
        ))}
      </tbody>
    </table>
  );
}

function FlowRow({ flow }: { readonly flow: Flow }) {
  const { name, received, filtered, queued, sent, errored, oldest, parked, perHour } = flow;
  return (
    <tr>
      <td className="wide">
        <Link className="link" data-row to="/messages" search={{ flow: name }}>
          {name}
        </Link>{" "}
        {parked === 0 ? null : (
          <Link className="pill bad" to="/messages" search={{ flow: name, state: "parked" }}>
            {parked} parked
          </Link>
        )}
      </td>
      <td className="number" data-name="received">
        <Link className="link" to="/messages" search={{ flow: name, since: "24h" }}>
          {received.toLocaleString("en")}
        </Link>
      </td>
      <td className="number" data-name="filtered">
        {filtered.toLocaleString("en")}
      </td>
      <td className="number" data-name="queued">
        {queued.toLocaleString("en")}
      </td>
      <td className="number" data-name="sent">
        {sent.toLocaleString("en")}
      </td>
      <td className="number" data-name="errored">
        {errored.toLocaleString("en")}
      </td>
      <td className="number" data-name="oldest">
        <Age at={oldest} />
      </td>
      <td>
        <Spark values={perHour} label={`Received by ${name} in each of the last 24 hours`} />
      </td>
    </tr>
  );
}
