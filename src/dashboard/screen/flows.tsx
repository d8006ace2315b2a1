import { SegmentedControl } from "@mantine/core";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { Item } from "../api/client.ts";
import { useApi } from "../api/use.ts";
import { counted } from "../part/counted.ts";
import { Head } from "../part/head.tsx";
import { Loaded } from "../part/loaded.tsx";
import { Pill } from "../part/pill.tsx";
import { Time } from "../part/time.tsx";
import { FlowLevers, flowStates } from "./flow-levers.tsx";
import { GraphCard } from "./graph-card.tsx";

const route = getRouteApi("/flows");

const VIEWS = [
  { value: "list", label: "List" },
  { value: "graph", label: "Graph" },
];

export type FlowItem = Item<"GET /flows">;

/** Flows with their state and routes, and the levers to pause and resume them. */
export function Flows() {
  const { view = "list" } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useApi("GET /flows");
  return (
    <>
      <Head title="Flows" at={query.dataUpdatedAt}>
        <SegmentedControl
          size="xs"
          aria-label="How flows are shown"
          data={VIEWS}
          value={view}
          onChange={(value) => void navigate({ search: value === "graph" ? { view: "graph" } : {} })}
        />
      </Head>
      {view === "graph" ? <GraphCard /> : null}
      <div className="card">
        <Loaded query={query}>
          {({ items }) =>
            items.length === 0 ? (
              <p className="empty">
                No flow is in force. <code>npx tieline new flow my-first-flow</code> makes one.
              </p>
            ) : (
              <table className="rows fold">
                <thead>
                  <tr>
                    <th>Flow</th>
                    <th>State</th>
                    <th>Routes</th>
                    <th className="number" title="Messages that are not done, now">
                      Queued
                    </th>
                    <th>Next run</th>
                    <th>Version</th>
                    <th />
                  </tr>
                </thead>
                <tbody>
                  {items.map((flow) => (
                    <FlowRow key={flow.name} flow={flow} />
                  ))}
                </tbody>
              </table>
            )
          }
        </Loaded>
      </div>
    </>
  );
}

function FlowRow({ flow }: { readonly flow: FlowItem }) {
  const { name, description, routes, queued, nextSlot, hash } = flow;
  return (
    <tr>
      <td className="wide">
        <Link className="link" data-row to="/flows/$name" params={{ name }}>
          {name}
        </Link>
        <div className="faint">{description}</div>
      </td>
      <td className="fit">
        {flowStates(flow).map((state) => (
          <Pill key={state} word={state} />
        ))}
      </td>
      <td className="wide">
        {routes.map(({ to, queued: waiting, stopped }) => (
          <div key={to}>
            {to}{" "}
            {waiting === 0 ? null : (
              <Link className="link" to="/messages" search={{ flow: name, to, state: "open" }}>
                {counted(waiting)} queued
              </Link>
            )}{" "}
            {stopped === null ? null : <Pill word="stopped" />}
          </div>
        ))}
      </td>
      <td className="number" data-name="queued">
        <Link className="link" to="/messages" search={{ flow: name, state: "open" }}>
          {counted(queued)}
        </Link>
      </td>
      <td className="fit" data-name="next run">
        <Time at={nextSlot} />
      </td>
      <td className="mono fit" data-name="version">
        {hash?.slice(0, 8) ?? "none"}
      </td>
      <td className="fit">
        <FlowLevers flow={flow} />
      </td>
    </tr>
  );
}
