import { isScalar } from "yaml";
import type { Place } from "../message/place.ts";
import { nodeAt, type Path, type Span, valueSpan, type YamlFile } from "./yaml-file.ts";

/**
 * Where a place inside a text is in the YAML file that holds the text. Exact for plain, quoted and literal (`|`)
 * texts; the beginning of the text for folded ones and for those with escapes, whose lines are not those of the file.
 */
export function expressionSpan(file: YamlFile, path: Path, inside: Place | undefined): Span {
  const whole = valueSpan(file, path);
  const node = nodeAt(file, path);
  const { line, column } = inside ?? {};
  if (!isScalar(node) || typeof node.value !== "string" || line === undefined || column === undefined)
    return whole;
  const start = contentStart(file.text, node.value, node.type, whole, line);
  return start === undefined
    ? whole
    : { start: start + column - 1, end: Math.max(start + column, lineEnd(file.text, start)) };
}

/** The offset of the first character of a line of the text. */
function contentStart(
  text: string,
  value: string,
  type: string | null | undefined,
  whole: Span,
  line: number,
): number | undefined {
  if (type === "BLOCK_LITERAL") {
    let offset = whole.start;
    for (let passed = 0; passed < line; passed++) {
      const next = text.indexOf("\n", offset);
      if (next === -1) return undefined;
      offset = next + 1;
    }
    const indented = text.slice(text.indexOf("\n", whole.start) + 1).match(/^(?:[ \t]*\r?\n)*( +)/);
    return offset + (indented?.[1]?.length ?? 0);
  }
  const quoted = type === "QUOTE_DOUBLE" || type === "QUOTE_SINGLE" ? 1 : 0;
  const start = whole.start + quoted;
  return line === 1 && text.startsWith(value, start) ? start : undefined;
}

function lineEnd(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  return end === -1 ? text.length : end;
}
