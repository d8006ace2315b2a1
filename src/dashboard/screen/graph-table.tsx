import { Pill } from "../part/pill.tsx";
import type { Graph } from "./graph-model.ts";
import { Numbers } from "./graph-numbers.tsx";

/** On a phone there is no room for the picture. */
const NARROW = "(max-width: 700px)";

/** What the graph shows, for who cannot see it. */
export function GraphTable({ graph, since }: { readonly graph: Graph; readonly since: string }) {
  const boxes = new Map(graph.boxes.map((box) => [box.id, box]));
  return (
    <details className="body" open={matchMedia(NARROW).matches}>
      <summary>As a table</summary>
      <table className="rows fold">
        <thead>
          <tr>
            <th>From</th>
            <th>To</th>
            <th>What crosses</th>
            <th>State</th>
          </tr>
        </thead>
        <tbody>
          {graph.ways.map((way) => (
            <tr key={way.id}>
              <td className="wide" data-name="from">
                {boxes.get(way.from)?.name}
              </td>
              <td className="wide" data-name="to">
                {boxes.get(way.to)?.name}
              </td>
              <td className="wide">
                {way.what === null ? "what it publishes" : <Numbers way={way} since={since} />}
              </td>
              <td>
                {way.states.map((state) => (
                  <Pill key={state} word={state} />
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
