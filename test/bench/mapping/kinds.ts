import { flat } from "./flat.ts";
import { group } from "./group.ts";
import { idoc } from "./idoc.ts";
import type { Kind } from "./kind.ts";
import { nested } from "./nested.ts";
import { order } from "./order.ts";
import { roughen } from "./roughen.ts";
import { table } from "./table.ts";

export const KINDS: readonly Kind[] = [flat, nested, order, idoc, table, group];

export const SHAPES = ["uniform", "mixed"] as const;
export type Shape = (typeof SHAPES)[number];

/** Records of one kind and shape; the same ones for every side and round. */
export function recordsOf(kind: Kind, shape: Shape, count: number): readonly object[] {
  return Array.from({ length: count }, (_, n) => {
    const record = JSON.parse(JSON.stringify(kind.record(n))) as object;
    return shape === "uniform" ? record : roughen(record, n, kind.keep);
  });
}
