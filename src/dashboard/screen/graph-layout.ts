import { Graph as LayoutGraph, layout } from "@dagrejs/dagre";
import type { Graph } from "./graph-model.ts";

/** A box is so large, whatever stands in it, so that numbers that change move nothing. CSS pixels. */
export const BOX = { width: 180, height: 70 };
/** Between two columns there is room for what crosses. */
const BETWEEN = { ranksep: 100, nodesep: 40, edgesep: 14 };

export interface Layout {
  readonly height: number;
  readonly at: ReadonlyMap<string, { readonly x: number; readonly y: number }>;
}

/** What a layout depends on: which boxes there are, and which are joined. */
export function shapeOf({ boxes, ways }: Graph): string {
  return JSON.stringify([boxes.map(({ id }) => id), ways.map(({ from, to }) => [from, to])]);
}

/** Places the boxes from left to right, as messages travel. */
export function layOut({ boxes, ways }: Graph): Layout {
  const graph = new LayoutGraph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", ...BETWEEN });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id } of boxes) graph.setNode(id, { ...BOX });
  for (const { id, from, to } of ways) graph.setEdge(from, to, {}, id);
  layout(graph);
  const at = new Map(
    boxes.map(({ id }) => {
      const { x, y } = graph.node(id) as { readonly x: number; readonly y: number };
      return [id, { x: x - BOX.width / 2, y: y - BOX.height / 2 }];
    }),
  );
  return { at, height: Math.max(0, ...[...at.values()].map(({ y }) => y)) + BOX.height };
}
