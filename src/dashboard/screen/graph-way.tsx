import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps, getBezierPath } from "@xyflow/react";
import { Pill } from "../part/pill.tsx";
import type { Way } from "./graph-model.ts";
import { Numbers } from "./graph-numbers.tsx";

export type WayEdge = Edge<{ readonly way: Way; readonly since: string }, "way">;

/** What crosses, above the line: how much just now, what waits and what fails, each with its list. */
export function WayView({ data, markerEnd, ...ends }: EdgeProps<WayEdge>) {
  const [path, x, y] = getBezierPath(ends);
  if (data === undefined) return null;
  const { way, since } = data;
  return (
    <>
      <BaseEdge
        path={path}
        className={`way ${way.tone}`}
        {...(markerEnd === undefined ? {} : { markerEnd })}
      />
      {way.what === null ? null : (
        <EdgeLabelRenderer>
          <div
            className="crossing nodrag nopan"
            data-way={way.id}
            style={{ transform: `translate(-50%, calc(-100% - 4px)) translate(${x}px, ${y}px)` }}
          >
            {way.states.map((state) => (
              <Pill key={state} word={state} />
            ))}
            <Numbers way={way} since={since} />
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  );
}
