import { distance } from "fastest-levenshtein";
import { HubError, type Issue } from "../errors.ts";
import type { Json } from "../message/json.ts";
import { internedName, type ObjectLayouts } from "./object-layout.ts";

/** Columns that a reject file adds; a mended file that still has them is read without them. */
export const REJECT_COLUMNS = ["tieline_row", "tieline_line", "tieline_code", "tieline_error"] as const;

/** More findings than this help nobody. */
const MAX_ISSUES = 20;

/**
 * Judges a header before any row is used. Names are shown only when the file is known to have a header, as the first row
 * of a file without one would be data.
 * @param expected names the flow declares; the order is free
 * @throws HubError TL_HEADER_MISMATCH naming every column that is empty, repeated, unsafe, unknown or missing
 */
export function checkHeader(
  header: readonly string[],
  expected: readonly string[] | undefined,
  line: number,
): void {
  const issues = [...malformed(header), ...(expected === undefined ? [] : unexpected(header, expected))];
  if (issues.length === 0) return;
  const shown = issues.slice(0, MAX_ISSUES).map(({ message }) => message);
  const rest = issues.length > MAX_ISSUES ? `, and ${issues.length - MAX_ISSUES} more` : "";
  throw new HubError("TL_HEADER_MISMATCH", shown.join("; ") + rest, { place: { line }, issues });
}

function malformed(header: readonly string[]): Issue[] {
  const issues: Issue[] = [];
  const seen = new Map<string, number>();
  for (const [index, name] of header.entries()) {
    const number = index + 1;
    const earlier = seen.get(name);
    if (name === "") issues.push({ message: `column ${number} has no name` });
    else if (name === "__proto__")
      issues.push({ message: `column ${number} is named __proto__, which is not safe` });
    else if (earlier !== undefined) {
      issues.push({ message: `columns ${earlier} and ${number} have the same name` });
    }
    seen.set(name, earlier ?? number);
  }
  return issues;
}

function unexpected(header: readonly string[], expected: readonly string[]): Issue[] {
  const present = new Set(header);
  const wanted = new Set([...expected, ...REJECT_COLUMNS]);
  const missing = expected.filter((name) => !present.has(name));
  if (missing.length === expected.length && expected.length > 0) {
    return [
      { message: `none of the expected columns is there (${list(expected)})${guessDelimiter(header)}` },
    ];
  }
  const unknown = header.filter((name) => name !== "" && name !== "__proto__" && !wanted.has(name));
  return [
    ...unknown.map((name) => ({ message: `unknown column ${quoted(name)}${suggestion(name, missing)}` })),
    ...missing.map((name) => ({ message: `missing column ${quoted(name)}` })),
  ];
}

function suggestion(name: string, candidates: readonly string[]): string {
  const near = nearest(name, candidates);
  return near === undefined ? "" : `, did you mean ${quoted(near)}?`;
}

/** The candidate a person most likely meant, if any is near. */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of candidates) {
    const far = distance(name.toLowerCase(), candidate.toLowerCase());
    if (far >= least) continue;
    best = candidate;
    least = far;
  }
  return best;
}

function guessDelimiter(header: readonly string[]): string {
  if (header.length !== 1) return "; perhaps the file has no header, see `header`";
  const candidate = [";", "\t", ",", "|"].find((delimiter) => header[0]?.includes(delimiter));
  if (candidate === undefined) return "";
  return `; the file seems to be separated by ${candidate === "\t" ? "tabs" : quoted(candidate)}, see \`delimiter\``;
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, MAX_ISSUES).map(quoted).join(", ");
  return names.length > MAX_ISSUES ? `${shown} and ${names.length - MAX_ISSUES} more` : shown;
}

function quoted(name: string): string {
  return JSON.stringify(name.length > 64 ? `${name.slice(0, 64)}…` : name);
}

/** Turns the cells of a row into its value. The cells must be as many as the columns. */
export type RowBuilder = (cells: readonly string[]) => { readonly [column: string]: Json };

/** @param empty what an empty cell becomes: no member, or null */
export function createRowBuilder(
  columns: readonly string[],
  empty: "missing" | "null",
  layouts: ObjectLayouts,
): RowBuilder {
  const ours = new Set<string>(REJECT_COLUMNS);
  const kept = columns.map((name) => (ours.has(name) ? undefined : internedName(name)));
  const values: Json[] = [];
  return (cells) => {
    let layout = layouts.empty;
    values.length = 0;
    for (let index = 0; index < kept.length; index++) {
      const name = kept[index];
      const cell = cells[index];
      if (name === undefined || ((cell === undefined || cell === "") && empty === "missing")) continue;
      layout = layouts.add(layout, name);
      values.push(cell === undefined || cell === "" ? null : cell);
    }
    return layouts.make(layout, values, 0);
  };
}
