import { Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Answer } from "../api/client.ts";
import { useApi } from "../api/use.ts";
import { Head } from "../part/head.tsx";
import { Loaded } from "../part/loaded.tsx";
import { Spark } from "../part/spark.tsx";
import { Age, Time } from "../part/time.tsx";
import type { MessagesSearch } from "../search-params.ts";
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
              <span className="faint">
                {query.data === undefined ? null : (
                  <>
                    since <Time at={query.data.since} />; queued, oldest and parked: now
                  </>
                )}
              </span>
            </header>
            <Loaded query={query} lines={8}>
              {({ flows, since }) =>
                flows.length === 0 ? (
                  <p className="empty">
                    No flow is in force. <code>npx tieline new flow my-first-flow</code> makes one.
                  </p>
                ) : (
                  <FlowTable flows={flows} since={since} />
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
  ["Received", "Accepted in the span; of files each row"],
  ["Filtered", "Ended without effect: filtered, unchanged, stale, superseded, duplicate, discarded"],
  ["Queued", "Messages and deliveries that are not done, now"],
  ["Sent", "Took effect in the span, once for each route"],
  ["Errored", "Parked or rejected, and not mended since"],
  ["Oldest", "How long the oldest that is worked on has waited"],
] as const;

function FlowTable({ flows, since }: { readonly flows: readonly Flow[]; readonly since: string }) {
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
          <FlowRow key={flow.name} flow={flow} since={since} />
        ))}
      </tbody>
    </table>
  );
}

function FlowRow({ flow, since }: { readonly flow: Flow; readonly since: string }) {
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
        <Counted n={received} flow={flow} search={{ since }} />
      </td>
      <td className="number" data-name="filtered">
        <Counted n={filtered} flow={flow} search={{ outcome: "without-effect", since }} />
      </td>
      <td className="number" data-name="queued">
        <Link className="link" to="/messages" search={{ flow: name, state: "open" }}>
          {queued.toLocaleString("en")}
        </Link>
      </td>
      <td className="number" data-name="sent">
        <Counted n={sent} flow={flow} search={{ outcome: "applied", since }} />
      </td>
      <td className="number" data-name="errored">
        <Link
          className="link"
          to="/errors"
          search={{ flow: name, ...(parked === 0 && errored > 0 ? { state: "rejected" } : {}) }}
        >
          {errored.toLocaleString("en")}
        </Link>
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

/** A number that leads to its messages; to the files where these are no messages but rows, which their books count. */
function Counted({
  n,
  flow: { name, files },
  search,
}: {
  readonly n: number;
  readonly flow: Flow;
  readonly search: MessagesSearch;
}) {
  const text = n.toLocaleString("en");
  return files ? (
    <Link className="link" to="/files" search={{ flow: name }}>
      {text}
    </Link>
  ) : (
    <Link className="link" to="/messages" search={{ flow: name, ...search }}>
      {text}
    </Link>
  );
}
