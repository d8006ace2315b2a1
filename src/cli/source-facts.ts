import { showCount } from "../message/units.ts";
import type { SourceState } from "./api-shape.ts";
import { printable } from "./terminal.ts";
import { showMoment } from "./units.ts";

/** How a source is that the hub asks or listens to, as names and values. */
export function sourceFacts(source: SourceState): readonly (readonly [string, string | null])[] {
  const { name, kind, state, cursor, movedAt, failure, nextAt, collected } = source;
  return [
    ["source", `${printable(name)} (${kind}), ${state}, ${showCount(collected)} stored since the start`],
    ["read up to", cursor === null ? null : `${printable(cursor)}, moved ${showMoment(movedAt)}`],
    ["fails", failure === null ? null : printable(failure.message)],
    ["next look", nextAt === null ? null : showMoment(nextAt)],
  ];
}
