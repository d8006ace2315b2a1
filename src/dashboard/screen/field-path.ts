/** Where a value stands in another: names of members, and places of items from 0. */
export type Steps = readonly (string | number)[];

/** One line of a value that is laid out. */
export interface ValueLine {
  readonly steps: Steps;
  readonly depth: number;
  /** With the member's name in front. */
  readonly text: string;
  /** What the line is about: all of a value, the head of one that goes on below, or its end. */
  readonly part: "whole" | "head" | "end";
}

/** A JSON value line by line, as `JSON.stringify` lays it out. */
export function layOut(value: unknown): readonly ValueLine[] {
  const lines: ValueLine[] = [];
  const visit = (one: unknown, steps: Steps, depth: number, name: string, comma: string): void => {
    const add = (text: string, part: ValueLine["part"]): void => {
      lines.push({ steps, depth, text, part });
    };
    const items = Array.isArray(one)
      ? one.map((item, at) => [at, item] as const)
      : typeof one === "object" && one !== null
        ? Object.entries(one)
        : [];
    if (items.length === 0) {
      add(`${name}${JSON.stringify(one)}${comma}`, "whole");
      return;
    }
    const [open, close] = Array.isArray(one) ? "[]" : "{}";
    add(`${name}${open}`, "head");
    for (const [index, [step, below]] of items.entries()) {
      const label = typeof step === "number" ? "" : `${JSON.stringify(step)}: `;
      visit(below, [...steps, step], depth + 1, label, index === items.length - 1 ? "" : ",");
    }
    add(`${close}${comma}`, "end");
  };
  visit(value, [], 0, "", "");
  return lines;
}

/**
 * Whether a path of the API names this place: `*` is any item or name, `**` all at or below. Items need no step in a
 * path, since without a schema nobody knows of them.
 */
export function isAt(path: string, steps: Steps): boolean {
  return matches(partsOf(path), steps);
}

function matches(parts: readonly string[], steps: Steps): boolean {
  const [part, ...rest] = parts;
  const [step, ...below] = steps;
  if (part === "**") return true;
  if (step === undefined) return part === undefined || (part === "*" && matches(rest, steps));
  if (typeof step === "number") return (part === "*" && matches(rest, below)) || matches(parts, below);
  if (part === undefined) return false;
  if (part === "*") return matches(rest, below) || matches(rest, steps);
  return part === step && matches(rest, below);
}

/** Steps of a path, unescaped; the wildcards are as they are. */
function partsOf(path: string): readonly string[] {
  return path
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** The paths that name a place itself; where none does, those that hand over something it is in. */
export function nearest<One extends { readonly path: string }>(
  all: readonly One[],
  steps: Steps,
): readonly One[] {
  const found = all.filter(({ path }) => isAt(path, steps));
  const own = found.filter(({ path }) => !path.endsWith("/**"));
  return own.length > 0 ? own : found;
}
