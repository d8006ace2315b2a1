import { HubError } from "../errors.ts";
import type { Place } from "../message/place.ts";
import type { AstNode } from "./ast.ts";
import { calledName, nodesOf } from "./ast.ts";
import { NotJson } from "./border.ts";
import { runTimeText } from "./failure-text.ts";
import { locateIn } from "./locate-pair.ts";
import { placeAt, tokenStart } from "./position.ts";
import { meter, Stop } from "./watch.ts";

/** What a failed evaluation is of. */
export interface Source {
  readonly path: string;
  readonly text: string;
  readonly root: AstNode;
}

/** What the library throws; `value` and `message` may quote the record, so they are never read here. */
interface Thrown {
  readonly code?: unknown;
  readonly position?: unknown;
  readonly token?: unknown;
  readonly index?: unknown;
}

const RUNAWAY: Readonly<Record<Stop["reason"], string>> = {
  time: "the mapping ran longer than its deadline",
  sequence: "the mapping built an array that is too long, or a result of too many values",
  text: "the mapping built a text that is too long",
  depth: "the mapping nested too deeply",
  picture: "a picture string, or an option of $formatNumber, is not one that can be run safely",
  number: "a number that has no value, such as 1/0, has no digits for the picture to write",
  forbidden: "$eval is not allowed in a mapping",
};

/** Anything thrown by an evaluation as the error for the operator: code, place, and nothing of the record. */
export function toMappingError(thrown: unknown, source: Source): HubError {
  if (thrown instanceof HubError) return thrown;
  const place = placeOf(thrown, source);
  if (thrown instanceof NotJson) {
    const field = thrown.pointer === "" ? {} : { field: thrown.pointer };
    const found = locateIn(source, thrown.pointer) ?? { file: source.path, line: 1, column: 1 };
    return new HubError("TL_MAPPING_FAILED", thrown.message, { place: { ...found, ...field } });
  }
  if (thrown instanceof Stop) {
    const isOfValue = thrown.reason === "picture" || thrown.reason === "number";
    const code = isOfValue ? "TL_MAPPING_FAILED" : "TL_MAPPING_RUNAWAY";
    return new HubError(code, RUNAWAY[thrown.reason], { place });
  }
  if (isExhausted(thrown)) return new HubError("TL_MAPPING_RUNAWAY", RUNAWAY.depth, { place });
  const { code, token, index } = asThrown(thrown);
  if (code === "D1011") return new HubError("TL_MAPPING_RUNAWAY", RUNAWAY.depth, { place });
  if (code === "D2014" || code === "D2015")
    return new HubError("TL_MAPPING_RUNAWAY", RUNAWAY.sequence, { place });
  const text = runTimeText({ code, token, index, said: literalMessage(thrown, source.root) });
  return new HubError("TL_MAPPING_FAILED", text, { place });
}

/** The engine's own limits: its stack, its longest text or array. Its message tells which, and quotes nothing. */
function isExhausted(thrown: unknown): boolean {
  return thrown instanceof RangeError && /call stack|string length|array length/i.test(thrown.message);
}

function placeOf(thrown: unknown, { path, text }: Source): Place {
  const { position = markOf(thrown), token } = asThrown(thrown);
  if (typeof position !== "number") return { file: path, line: 1, column: 1 };
  return placeAt(text, tokenStart(text, position, token), path);
}

/** The engine's own errors know no place; what began last is known while the evaluation is the last one. */
function markOf(thrown: unknown): number | undefined {
  return isExhausted(thrown) && meter.at > 0 ? meter.at : undefined;
}

function asThrown(thrown: unknown): Thrown {
  return typeof thrown === "object" && thrown !== null ? thrown : {};
}

/** What `$error("…")` or `$assert(…, "…")` says, when it stands so in the mapping; a computed text may hold data. */
function literalMessage(thrown: unknown, root: AstNode): string | undefined {
  const { position } = asThrown(thrown);
  for (const node of nodesOf(root)) {
    const name = calledName(node);
    if (node.position !== position || (name !== "error" && name !== "assert")) continue;
    const said = node.arguments?.[name === "error" ? 0 : 1];
    if (said?.type === "string" && typeof said.value === "string") return said.value;
  }
  return undefined;
}
