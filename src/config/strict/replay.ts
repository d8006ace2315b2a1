import { boundNames, nodesOf } from "../../mapping/ast.ts";
import { type Judged, type Judgement, placeOf } from "./judgement.ts";

const CURES: Readonly<Record<string, string>> = {
  now: "Use `$fromMillis($message.receivedAt)`",
  millis: "Use `$message.receivedAt`",
  random: "Compute it from the record",
  shuffle: "Sort by something in the record",
};

/**
 * Functions whose result differs when the same record is replayed. A comment `clock: …` in the line, or in the one
 * before, gives the reason why that is meant.
 */
export function judgeReplay({ trace }: Judged): readonly Judgement[] {
  const nodes = nodesOf(trace.root);
  const bound = boundNames(nodes);
  const lines = trace.text.split("\n");
  return nodes.flatMap((node): readonly Judgement[] => {
    const name = String(node.value);
    const cure =
      node.type === "variable" && !bound.has(name) && Object.hasOwn(CURES, name) ? CURES[name] : undefined;
    if (cure === undefined) return [];
    const place = placeOf(node, trace);
    const line = (place.line ?? 1) - 1;
    if ([lines[line - 1], lines[line]].some((text) => /\/\*\s*clock:\s*\S/.test(text ?? ""))) return [];
    const message = `$${name} gives another result when the record is replayed`;
    return [
      { severity: "warning", place, message, cure: `${cure}, or say why in a comment: /* clock: … */.` },
    ];
  });
}
