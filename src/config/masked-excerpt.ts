import { isMap, isScalar, isSeq, type Pair } from "yaml";
import { isPureReference } from "./reference.ts";
import type { Excerpt } from "./reporter.ts";
import type { Path, Span, YamlFile } from "./yaml-file.ts";

const MASK = "***";

/**
 * The line of a finding in a file that may hold secrets, up to the end of what is wrong. Values that must not be shown
 * are masked, also those that have nothing to do with the finding. A file that is not YAML has no excerpts.
 */
export function maskedExcerpt(mayShow: (path: Path) => boolean): Excerpt {
  let hidden: readonly Span[] | undefined;
  return (file, span) => {
    if (file.value === undefined) return null;
    hidden ??= hiddenSpans(file, mayShow);
    const { text } = file;
    const start = text.lastIndexOf("\n", span.start - 1) + 1;
    const lineEnd = text.indexOf("\n", span.start);
    const end = Math.min(span.end, lineEnd === -1 ? text.length : lineEnd);
    return mask(text, start, end, hidden).trimEnd();
  };
}

function mask(text: string, start: number, end: number, hidden: readonly Span[]): string {
  let shown = "";
  let next = start;
  for (const span of hidden) {
    if (span.end <= next || span.start >= end) continue;
    shown += text.slice(next, Math.max(next, span.start)) + MASK;
    next = Math.min(span.end, end);
  }
  return shown + text.slice(next, end);
}

function hiddenSpans(file: YamlFile, mayShow: (path: Path) => boolean): readonly Span[] {
  const spans: Span[] = [];
  const visit = (node: unknown, path: Path): void => {
    if (isMap(node)) for (const pair of node.items as Pair[]) visit(pair.value, [...path, String(pair.key)]);
    else if (isSeq(node)) for (const [index, item] of node.items.entries()) visit(item, [...path, index]);
    else if (isScalar(node) && node.range && !mayShow(path) && !isReference(node.value)) {
      spans.push({ start: node.range[0], end: node.range[1] });
    }
  };
  visit(file.document.contents, []);
  return spans;
}

function isReference(value: unknown): boolean {
  return typeof value === "string" && isPureReference(value);
}
