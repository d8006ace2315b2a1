import type { Json } from "../message/json.ts";

/** The characters that part an interchange, one each; "" for one that is not used. */
export interface Separators {
  readonly component: string;
  readonly element: string;
  readonly repetition: string;
  /** Takes its meaning from the character behind it. */
  readonly release: string;
  readonly terminator: string;
}

/**
 * One segment: its tag, and its elements by place. `e3` is the first component of the third element, `e3_2` the second.
 * What is empty is missing. An element that is repeated is a list in each of its components; all are equally long, and
 * what is empty in them is "".
 */
export type Segment = { tag: string } & { [member: string]: Json };

/** What segments are called. */
export const TAG = /^[A-Z][A-Z0-9]{1,2}$/;

/** Whether characters may stand between two segments: line ends, blanks, and what some systems fill files up with. */
export function isFiller(code: number): boolean {
  return code === 10 || code === 13 || code === 32 || code === 9 || code === 0x1a || code === 0;
}

/** @param text one segment without its terminator */
export function parseSegment(text: string, separators: Separators): Segment {
  const { element, repetition, release } = separators;
  const escaped = release !== "" && text.includes(release);
  const elements = split(text, element, escaped ? release : "");
  const segment: Segment = { tag: elements[0] ?? "" };
  for (let index = 1; index < elements.length; index++) {
    const content = elements[index] ?? "";
    if (content === "") continue;
    if (repetition !== "" && content.includes(repetition)) {
      const repeats = split(content, repetition, escaped ? release : "");
      if (repeats.length > 1) {
        addRepeats(segment, index, repeats, separators, escaped);
        continue;
      }
    }
    const components = componentsOf(content, separators, escaped);
    for (let place = 0; place < components.length; place++) {
      const component = components[place] ?? "";
      if (component !== "") segment[memberName(index, place)] = component;
    }
  }
  return segment;
}

function addRepeats(
  segment: Segment,
  index: number,
  repeats: readonly string[],
  separators: Separators,
  escaped: boolean,
): void {
  const all = repeats.map((repeat) => componentsOf(repeat, separators, escaped));
  const most = Math.max(...all.map(({ length }) => length));
  for (let place = 0; place < most; place++) {
    const values = all.map((components) => components[place] ?? "");
    if (values.some((value) => value !== "")) segment[memberName(index, place)] = values;
  }
}

function componentsOf(text: string, { component, release }: Separators, escaped: boolean): readonly string[] {
  if (!escaped) return text.includes(component) ? text.split(component) : [text];
  return split(text, component, release).map((part) => withoutRelease(part, release));
}

/** @param release "" when none stands in the text */
export function split(text: string, separator: string, release: string): readonly string[] {
  if (release === "") return text.split(separator);
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === release) at++;
    else if (char === separator) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  parts.push(text.slice(from));
  return parts;
}

function withoutRelease(text: string, release: string): string {
  let out = "";
  for (let at = 0; at < text.length; at++) {
    if (text[at] === release) at++;
    out += text[at] ?? "";
  }
  return out;
}

/** Names by element and component, made once. */
const names: string[][] = [];

/** @param element from 1; its components from 0 */
export function memberName(element: number, component: number): string {
  names[element] ??= [];
  const row = names[element] as string[];
  row[component] ??= component === 0 ? `e${element}` : `e${element}_${component + 1}`;
  return row[component] as string;
}
