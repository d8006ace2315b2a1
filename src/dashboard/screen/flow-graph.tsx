import "@xyflow/react/dist/base.css";
import { Controls, MarkerType, ReactFlow } from "@xyflow/react";
import { useMemo } from "react";
import { type BoxNode, BoxView } from "./graph-box.tsx";
import { BOX, layOut, shapeOf } from "./graph-layout.ts";
import type { Graph } from "./graph-model.ts";
import { type WayEdge, WayView } from "./graph-way.tsx";

const NODES = { box: BoxView };
const EDGES = { way: WayView };
const HEIGHT = { least: 170, most: 620, around: 100 };
/** Below the boxes there is room for the controls, which else would lie on one. */
const FIT = { maxZoom: 1, padding: { x: 0.05, top: "15px", bottom: "50px" } } as const;

/**
 * Flows as a picture. Its numbers change in their places: boxes are laid out anew only when there are others. What it
 * shows stands in a table of the same screen too.
 */
export function FlowGraph({
  graph,
  since,
  label,
}: {
  readonly graph: Graph;
  /** From when on what crossed was counted. */
  readonly since: string;
  readonly label: string;
}) {
  const shape = shapeOf(graph);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the layout depends on the shape alone
  const layout = useMemo(() => layOut(graph), [shape]);
  const nodes = graph.boxes.map(
    (box): BoxNode => ({
      ...{ id: box.id, type: "box", position: layout.at.get(box.id) ?? { x: 0, y: 0 } },
      ...{ ...BOX, data: { box } },
    }),
  );
  const edges = graph.ways.map(
    (way): WayEdge => ({
      ...{ id: way.id, type: "way", source: way.from, target: way.to, data: { way, since } },
      markerEnd: { type: MarkerType.ArrowClosed },
    }),
  );
  const height = Math.min(HEIGHT.most, Math.max(HEIGHT.least, layout.height + HEIGHT.around));
  return (
    <div className="graph" style={{ height }}>
      <ReactFlow
        key={shape}
        aria-label={label}
        nodes={nodes}
        edges={edges}
        nodeTypes={NODES}
        edgeTypes={EDGES}
        fitView
        fitViewOptions={FIT}
        minZoom={0.2}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        zoomOnScroll={false}
        preventScrolling={false}
        proOptions={{ hideAttribution: true }}
      >
        <Controls showInteractive={false} orientation="horizontal" fitViewOptions={FIT} />
      </ReactFlow>
    </div>
  );
}
