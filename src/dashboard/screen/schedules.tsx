import { Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Item } from "../api/client.ts";
import { useApi } from "../api/use.ts";
import { Head } from "../part/head.tsx";
import { Lever } from "../part/lever.tsx";
import { Loaded } from "../part/loaded.tsx";
import { Pill } from "../part/pill.tsx";
import { slotInWords, Time } from "../part/time.tsx";

type Plan = Item<"GET /schedules">;

const MISFIRE: Readonly<Record<string, string>> = {
  "run-once": "what was missed runs once, late",
  skip: "what was missed is left out",
  "catch-up": "all that was missed runs, in order",
};

/** When flows run: the slots to come in the schedule's own zone and in UTC, and those that were. */
export function Schedules() {
  const query = useApi("GET /schedules", { query: { count: 5 } });
  return (
    <>
      <Head title="Schedules" at={query.dataUpdatedAt} />
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <div className="card">
              <p className="empty">
                No flow has a schedule. <code>schedule</code> in its flow.yaml gives it one.
              </p>
            </div>
          ) : (
            items.map((plan) => <OneSchedule key={plan.flow} plan={plan} />)
          )
        }
      </Loaded>
    </>
  );
}

function OneSchedule({ plan }: { readonly plan: Plan }) {
  const { flow, cron, zone, window, misfire, upcoming } = plan;
  return (
    <section className="card">
      <header>
        <Title order={2}>
          <Link className="link" to="/flows/$name" params={{ name: flow }}>
            {flow}
          </Link>
        </Title>
        <span className="mono">{cron}</span>
        <span className="faint">
          in {zone}
          {window === null ? "" : `, between ${window.from} and ${window.to}`}; {MISFIRE[misfire] ?? misfire}
        </span>
        <span className="end">
          <Lever name="Run now" operation="POST /flows/{name}/run" path={{ name: flow }} />
        </span>
      </header>
      <div className="columns panes">
        <table className="rows">
          <thead>
            <tr>
              <th>Next in {zone}</th>
              <th>UTC</th>
            </tr>
          </thead>
          <tbody>
            {upcoming.map(({ at, clockChange }) => (
              <tr key={at}>
                <td>
                  {slotInWords(at, zone)}
                  {clockChange ? (
                    <div className="pill warn">the clocks have changed before this one</div>
                  ) : null}
                </td>
                <td>{slotInWords(at, "UTC")}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <Past flow={flow} />
      </div>
    </section>
  );
}

function Past({ flow }: { readonly flow: string }) {
  const query = useApi("GET /flows/{name}/slots", { path: { name: flow }, query: { limit: 5 } });
  return (
    <Loaded query={query} lines={3}>
      {({ items }) =>
        items.length === 0 ? (
          <p className="empty">It has not run yet.</p>
        ) : (
          <table className="rows">
            <thead>
              <tr>
                <th>Last slots</th>
                <th>State</th>
                <th>Ended</th>
              </tr>
            </thead>
            <tbody>
              {items.map(({ at, state, finishedAt, detail }) => (
                <tr key={at}>
                  <td>
                    <Time at={at} />
                  </td>
                  <td className="wide">
                    <Pill word={state} /> {detail === null ? null : <span className="faint">{detail}</span>}
                  </td>
                  <td>
                    <Time at={finishedAt} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )
      }
    </Loaded>
  );
}
