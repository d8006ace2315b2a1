import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument,
} from "yaml";
import type { Json } from "../message/json.ts";
import type { Place } from "../message/place.ts";
import { yamlProblem } from "./yaml-problem.ts";

/** Where something stands in a parsed file: names of keys and indexes of lists, from the root. */
export type Path = readonly (string | number)[];

/** Offsets of a text within its file. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A YAML (or JSON) file with the position of everything in it. */
export interface YamlFile {
  /** As shown: relative to the project. */
  readonly path: string;
  readonly text: string;
  /** The content as JSON; undefined when the file is not YAML. Prototype names are plain keys. */
  readonly value: Json | undefined;
  readonly problems: readonly YamlFault[];
  readonly document: Document;
  readonly lines: LineCounter;
}

interface YamlFault {
  readonly span: Span;
  readonly message: string;
  readonly cure: string;
}

/** Reads YAML 1.2 with its core schema: `no` and `on` are text, there are no merge keys and no tags. */
export function parseYaml(path: string, content: string): YamlFile {
  const text = content.replace(/^\uFEFF/, "");
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    logLevel: "silent",
  });
  const problems = [...document.errors, ...document.warnings].map((error) => ({
    span: { start: error.pos[0], end: error.pos[1] },
    ...yamlProblem(error.code),
  }));
  let value: Json | undefined;
  if (problems.length === 0) {
    try {
      value = document.toJS({ maxAliasCount: 50 }) as Json;
    } catch {
      problems.push({ span: { start: 0, end: 0 }, ...yamlProblem("RESOURCE_EXHAUSTION") });
    }
  }
  return { path, text, value: problems.length === 0 ? value : undefined, problems, document, lines };
}

/** The place of an offset. */
export function placeOf(file: YamlFile, offset: number): Place {
  const { line, col } = file.lines.linePos(offset);
  return { file: file.path, line: Math.max(1, line), column: Math.max(1, col) };
}

/** The key at a path; for an entry of a list the entry, for the root its first key. The nearest one above, if it is not there. */
export function keySpan(file: YamlFile, path: Path): Span {
  return walk(file, path).key;
}

/** The value at a path; its key when there is none. */
export function valueSpan(file: YamlFile, path: Path): Span {
  const { key, node, depth } = walk(file, path);
  const span = depth === path.length ? spanOf(node) : undefined;
  return span === undefined || span.start === span.end ? key : span;
}

/** The node at a path with its own syntax, for texts that have positions inside. */
export function nodeAt(file: YamlFile, path: Path): unknown {
  const { node, depth } = walk(file, path);
  return depth === path.length ? node : undefined;
}

function walk(
  file: YamlFile,
  path: Path,
): { readonly key: Span; readonly node: unknown; readonly depth: number } {
  let node: unknown = file.document.contents;
  let key = firstKey(node) ?? { start: 0, end: 0 };
  let depth = 0;
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(file.document);
    const next = isMap(node)
      ? (node.items as Pair[]).find((pair) => (isScalar(pair.key) ? pair.key.value : pair.key) === step)
      : undefined;
    if (next !== undefined) {
      key = spanOf(next.key) ?? key;
      node = next.value;
    } else if (isSeq(node) && typeof step === "number" && step < node.items.length) {
      node = node.items[step];
      key = firstKey(node) ?? spanOf(node) ?? key;
    } else break;
    depth++;
  }
  return { key, node, depth };
}

function firstKey(node: unknown): Span | undefined {
  if (!isMap(node)) return spanOf(node);
  const first = (node.items as Pair[])[0];
  return first === undefined ? spanOf(node) : spanOf(first.key);
}

function spanOf(node: unknown): Span | undefined {
  const range = isNode(node) ? node.range : undefined;
  return range === null || range === undefined ? undefined : { start: range[0], end: range[1] };
}
