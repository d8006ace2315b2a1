import { Title } from "@mantine/core";
import { lazy, Suspense } from "react";
import { useApi } from "../api/use.ts";
import { Loaded } from "../part/loaded.tsx";
import { flowGraph, wholeGraph } from "./graph-model.ts";
import { GraphTable } from "./graph-table.tsx";

/** What draws comes when a graph is opened, and not with the first load. */
const FlowGraph = lazy(async () => ({ default: (await import("./flow-graph.tsx")).FlowGraph }));

/** One flow with its neighbours, or, without a name, all flows and systems. */
export function GraphCard({ name }: { readonly name?: string }) {
  const query = useApi("GET /graph");
  return (
    <section className="card">
      <header>
        <Title order={2}>Graph</Title>
        <span className="faint">accepted and applied: in the last five minutes; open and parked: now</span>
      </header>
      <Loaded query={query}>
        {(answer) => {
          const graph = name === undefined ? wholeGraph(answer) : flowGraph(answer, name);
          if (graph.boxes.length === 0) return <p className="empty">No flow is in force.</p>;
          const label =
            name === undefined ? "All flows and systems" : `${name} from its source to its targets`;
          return (
            <>
              <Suspense fallback={<div className="graph" aria-busy="true" />}>
                <FlowGraph graph={graph} since={answer.since} label={label} />
              </Suspense>
              <GraphTable graph={graph} since={answer.since} />
            </>
          );
        }}
      </Loaded>
    </section>
  );
}
