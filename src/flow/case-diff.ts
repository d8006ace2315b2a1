import { isObject, type Json } from "../message/json.ts";

/** One spot where a result is not what a case expects. Either side may be missing. */
export interface Difference {
  /** JSON pointer into the result; empty for the whole. */
  readonly pointer: string;
  readonly expected?: Json;
  readonly got?: Json;
}

/** Where two values differ, members in the order of the expected one. Numbers, texts and null never equal each other. */
export function differences(
  expected: Json | undefined,
  got: Json | undefined,
  pointer = "",
): readonly Difference[] {
  if (expected === undefined && got === undefined) return [];
  if (Array.isArray(expected) && Array.isArray(got)) {
    const length = Math.max(expected.length, got.length);
    return Array.from({ length }, (_, index) =>
      differences(expected[index], got[index], `${pointer}/${index}`),
    ).flat();
  }
  if (isObjectOrMissing(expected) && isObjectOrMissing(got)) {
    const names = new Set([...Object.keys(expected), ...Object.keys(got)]);
    return [...names].flatMap((name) =>
      differences(own(expected, name), own(got, name), `${pointer}/${escaped(name)}`),
    );
  }
  if (Object.is(expected, got) || expected === got) return [];
  return [
    { pointer, ...(expected === undefined ? {} : { expected }), ...(got === undefined ? {} : { got }) },
  ];
}

function isObjectOrMissing(value: Json | undefined): value is { readonly [name: string]: Json } {
  return value !== undefined && isObject(value);
}

function own(value: { readonly [name: string]: Json }, name: string): Json | undefined {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

function escaped(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** Longest value shown; a case is read by a person. */
const SHOWN = 60;

/**
 * The differences as aligned lines: `output.taxId   expected null   got (missing)`.
 * Values are shown: both sides come from a case file, not from a customer's record.
 */
export function formatDiff(found: readonly Difference[]): readonly string[] {
  const rows = found.map(
    ({ pointer, expected, got }) =>
      [readable(pointer), `expected ${shown(expected)}`, `got ${shown(got)}`] as const,
  );
  const width = (column: 0 | 1): number => Math.max(0, ...rows.map((row) => row[column].length));
  return rows.map(
    ([path, expected, got]) => `${path.padEnd(width(0))}   ${expected.padEnd(width(1))}   ${got}`,
  );
}

/** `/lines/0/net price` → `output.lines[0]."net price"` */
function readable(pointer: string): string {
  const steps = pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  return `output${steps.map(step).join("")}`;
}

function step(name: string): string {
  if (/^\d+$/.test(name)) return `[${name}]`;
  return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name) ? `.${name}` : `.${JSON.stringify(name)}`;
}

function shown(value: Json | undefined): string {
  if (value === undefined) return "(missing)";
  const text = JSON.stringify(value);
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}…`;
}
