import { exactNumber } from "../../format/exact-number.ts";
import { type AstNode, calledName, nodesOf } from "../../mapping/ast.ts";
import { numberToken } from "../../mapping/lineage/node-place.ts";
import { pathText } from "../../mapping/lineage/source.ts";
import type { SchemaShape } from "../../schema/shape.ts";
import { type Judged, type Judgement, placeOf } from "./judgement.ts";

/** Numbers of more digits than JavaScript holds: two different ids would become one. */
export function judgeLongNumbers(judged: Judged): readonly Judgement[] {
  const nodes = nodesOf(judged.trace.root);
  return [...nodes.flatMap((node) => literal(node, judged)), ...made(nodes, judged), ...declared(judged)];
}

function literal(node: AstNode, { trace }: Judged): readonly Judgement[] {
  if (node.type !== "number") return [];
  const token = numberToken(node, trace.text);
  if (typeof exactNumber(token) === "number") return [];
  const message = `${token} has more digits than a number can hold here`;
  const cure = `Write it as text: "${token}". Such numbers in records are read as text too.`;
  return [{ severity: "error", place: placeOf(node, trace), message, cure }];
}

/** `$number(…)` of a text that may be a long row of digits. */
function made(nodes: readonly AstNode[], { trace }: Judged): readonly Judgement[] {
  return nodes.flatMap((node): readonly Judgement[] => {
    const argument = calledName(node) === "number" ? node.arguments?.[0] : undefined;
    const step = argument?.type === "path" ? argument.steps?.at(-1) : undefined;
    const read = step === undefined ? undefined : trace.reads.find((one) => one.node === step);
    const shape = read?.ref.shape;
    if (read === undefined || !isLongDigits(shape as SchemaShape | null | undefined)) return [];
    const message = `${pathText(read.ref)} may have more digits than a number can hold here`;
    const cure = "Leave it as text; `$decimal` compares and writes amounts without a float.";
    return [{ severity: "warning", place: placeOf(node, trace), message, cure }];
  });
}

function isLongDigits(shape: SchemaShape | null | undefined): boolean {
  const patterns =
    shape?.parts.flatMap((part) => (typeof part["pattern"] === "string" ? [part["pattern"]] : [])) ?? [];
  const longest = Math.min(
    ...(shape?.parts ?? []).map((part) =>
      typeof part["maxLength"] === "number" ? part["maxLength"] : 1_000,
    ),
  );
  if (patterns.length === 0 || longest < LONG) return false;
  const accepts = (text: string): boolean => patterns.every((pattern) => new RegExp(pattern, "u").test(text));
  return (
    !accepts("a".repeat(LONG)) &&
    [LONG, 17, 18, 20].some((length) => length <= longest && accepts("9".repeat(length)))
  );
}

const LONG = 16;

/** A field that the schema calls a number, up to more than a number holds: the hub reads such ones as text. */
function declared({ trace, input }: Judged): readonly Judgement[] {
  if (input === null) return [];
  return trace.reads.flatMap(({ ref, node }): readonly Judgement[] => {
    const shape = ref.shape as SchemaShape | null;
    const isNumberOnly =
      shape !== null && [...shape.types].every((type) => type === "number" || type === "null");
    const isLong =
      shape?.parts.some((part) => Number(part["maximum"] ?? 0) > Number.MAX_SAFE_INTEGER) === true;
    if (!isNumberOnly || !isLong) return [];
    const message = `${pathText(ref)} may have more digits than a number can hold here, and is read as text then`;
    const cure = `Write \`"type": ["integer", "string"]\` in ${input.file}, and leave it as text in the mapping.`;
    return [{ severity: "warning", place: placeOf(node, trace), message, cure }];
  });
}
