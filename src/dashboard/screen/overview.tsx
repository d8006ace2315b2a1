import { Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Answer } from "../api/client.ts";
import { useApi } from "../api/use.ts";
import { counted } from "../part/counted.ts";
import { Head } from "../part/head.tsx";
import { Limited } from "../part/limited.tsx";
import { Loaded } from "../part/loaded.tsx";
import { Spark } from "../part/spark.tsx";
import { Age, Time } from "../part/time.tsx";
import type { MessagesSearch } from "../search-params.ts";
import { FirstRun } from "./first-run.tsx";
import { NeedsYou } from "./needs-you.tsx";
import { NextRuns } from "./next-runs.tsx";
import { type FoundNeeds, useNeeds } from "./use-needs.tsx";

type Flow = Answer<"GET /overview">["flows"][number];

/** Flows that are shown unless all are asked for. */
const SHOWN = 20;

/** What needs a person, what each flow did, and what comes next. */
export function Overview() {
  const query = useApi("GET /overview");
  const found = useNeeds();
  return (
    <>
      <Head title="Overview" at={query.dataUpdatedAt} />
      <div className="columns side">
        <div>
          <FirstRun />
          <NeedsYou found={found} />
          <section className="card">
            <header>
              <Title order={2}>Flows</Title>
              <span className="faint">
                {query.data === undefined ? null : (
                  <>
                    since <Time at={query.data.since} />; queued, errored and oldest: now
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
                  <Limited items={inOrder(flows, found)} most={SHOWN} order="those that need somebody first">
                    {(shown) => <FlowTable flows={shown} since={since} />}
                  </Limited>
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

/** As they come, unless there are more than are shown: then what needs somebody first, the worst of it before all. */
function inOrder(flows: readonly Flow[], { needs }: FoundNeeds): readonly Flow[] {
  if (flows.length <= SHOWN) return flows;
  const names = [...new Set(needs.map(({ flow }) => flow))];
  const places = new Map(names.map((name, at) => [name, at]));
  const placeOf = ({ name, rejected }: Flow): number =>
    places.get(name) ?? names.length + (rejected > 0 ? 0 : 1);
  return [...flows].sort((a, b) => placeOf(a) - placeOf(b));
}

const COLUMNS = [
  [
    "Received",
    "Accepted in the span, again when replayed after a good end; of files each row of those begun in it",
  ],
  [
    "Filtered",
    "Ended in the span without effect: filtered, unchanged, stale, superseded, duplicate, discarded",
  ],
  ["Queued", "Messages that are not done, now"],
  ["Sent", "Took effect in the span, on each route"],
  ["Errored", "Messages that are parked, and messages and rows that were rejected and not mended, now"],
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
  const { name, received, queued, oldest, perHour } = flow;
  return (
    <tr>
      <td className="wide key">
        <Link className="link" data-row to="/messages" search={{ flow: name }}>
          {name}
        </Link>
      </td>
      <td className="number" data-name="received">
        <Counted n={received} flow={flow} since={since} search={{ since }} />
      </td>
      <td className="number" data-name="filtered">
        <OfRoutes flow={flow} since={since} what="filtered" outcome="without-effect" />
      </td>
      <td className="number" data-name="queued">
        <Link className="link" to="/messages" search={{ flow: name, state: "open" }}>
          {counted(queued)}
        </Link>
      </td>
      <td className="number" data-name="sent">
        <OfRoutes flow={flow} since={since} what="sent" outcome="applied" />
      </td>
      <td className="number" data-name="errored">
        <Errored flow={flow} />
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

/** One number for each route that has any: a message may have ended on several, and is in the list of each. */
function OfRoutes({
  flow,
  since,
  what,
  outcome,
}: {
  readonly flow: Flow;
  readonly since: string;
  readonly what: "filtered" | "sent";
  readonly outcome: string;
}) {
  const ended = { outcome, endedSince: since };
  const routes = flow.routes.filter((route) => route[what] !== 0);
  if (routes.length === 0) return <Counted n={0} flow={flow} since={since} search={ended} />;
  return routes.map((route) => (
    <div key={route.to}>
      <Counted n={route[what]} flow={flow} since={since} search={{ to: route.to, ...ended }} />{" "}
      {flow.routes.length > 1 ? <span className="faint route">{route.to}</span> : null}
    </div>
  ));
}

function Errored({ flow: { name, parked, rejected, rejectedMore } }: { readonly flow: Flow }) {
  if (parked === 0 && rejected === 0)
    return (
      <Link className="link" to="/errors" search={{ flow: name }}>
        0
      </Link>
    );
  return (
    <>
      {parked === 0 ? null : (
        <div>
          <Link className="pill bad" to="/messages" search={{ flow: name, state: "parked" }}>
            {counted(parked)} parked
          </Link>
        </div>
      )}
      {rejected === 0 ? null : (
        <div>
          <Link className="pill bad" to="/errors" search={{ flow: name, state: "rejected" }}>
            {counted(rejected, rejectedMore)} rejected
          </Link>
        </div>
      )}
    </>
  );
}

/** A number that leads to its messages; to the files where these are no messages but rows, which their books count. */
function Counted({
  n,
  flow: { name, files },
  since,
  search,
}: {
  readonly n: number;
  readonly flow: Flow;
  readonly since: string;
  readonly search: MessagesSearch;
}) {
  const text = n.toLocaleString("en");
  return files ? (
    <Link className="link" to="/files" search={{ flow: name, since }}>
      {text}
    </Link>
  ) : (
    <Link className="link" to="/messages" search={{ flow: name, ...search }}>
      {text}
    </Link>
  );
}
