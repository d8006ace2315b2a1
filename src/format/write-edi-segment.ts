import { HubError } from "../errors.ts";
import { isObject, type Json, type JsonObject } from "../message/json.ts";
import type { Repertoire } from "./edi-repertoire.ts";
import { memberName, type Separators, TAG } from "./edi-segment.ts";

/** How segments are written. */
export interface EdiText {
  readonly separators: Separators;
  /** What stands behind a terminator, for those who read the file. */
  readonly newline: string;
  /** Stands before the decimals of numbers; texts stay as they are. */
  readonly decimal: string;
  readonly repertoire: Repertoire;
}

/** Makes what a record is refused with. @param field JSON pointer within the record */
export type Refuse = (field: string, message: string, cure?: string) => HubError;

/** What may stand behind each segment. */
export const NEWLINES = { none: "", lf: "\n", crlf: "\r\n" } as const;

/** No segment of any directory has as many elements, nor any element as many components. */
const MEMBER = /^e([1-9]\d{0,2})(?:_([2-9]|[1-9]\d{1,2}))?$/;
const DECIMAL = /^-?\d+(?:\.\d+)?$/;

/**
 * The segments of a message, each behind the one it stands below, from the shape in which they are read.
 * @param services tags of the envelopes, which would end the message
 */
export function messageSegments(
  segments: Json | undefined,
  services: ReadonlySet<string>,
  how: EdiText,
  refuse: Refuse,
): readonly string[] {
  const texts: string[] = [];
  const add = (list: Json | undefined, field: string): void => {
    if (!Array.isArray(list))
      throw refuse(field, "has no list of segments", "Write the list in brackets, also when it has one.");
    for (const [index, segment] of (list as readonly Json[]).entries()) {
      const at = `${field}/${index}`;
      if (!isObject(segment)) throw refuse(at, "has a segment that is no object");
      texts.push(
        segmentText(segment, services, how, (member, ...rest) => refuse(`${at}/${member}`, ...rest)),
      );
      if (segment["segments"] !== undefined) add(segment["segments"], `${at}/segments`);
    }
  };
  add(segments, "/segments");
  return texts;
}

/** Elements by place, from 1; each a list of components. */
type Elements = (Json | undefined)[][];

function segmentText(
  segment: JsonObject,
  services: ReadonlySet<string>,
  how: EdiText,
  refuse: Refuse,
): string {
  const { tag } = segment;
  if (typeof tag !== "string" || !TAG.test(tag)) throw refuse("tag", "has a segment without a tag");
  if (services.has(tag))
    throw refuse("tag", "has a segment that is part of the envelope", "Leave it out: the hub writes it.");
  const elements: Elements = [];
  for (const [member, value] of Object.entries(segment)) {
    if (member === "tag" || member === "segments") continue;
    const [, element = "", component = "1"] = MEMBER.exec(member) ?? [];
    if (element === "")
      throw refuse(member, "has a member of a segment that is no element", "Elements are e1, e1_2, e2 …");
    elements[Number(element)] ??= [];
    (elements[Number(element)] as Json[])[Number(component) - 1] = value;
  }
  const texts: string[] = [];
  for (let index = 1; index < elements.length; index++)
    texts.push(elementText(elements[index] ?? [], index, how, refuse));
  return joinSegment(tag, texts, how);
}

/** A segment of elements that are written already, or of their components; what is empty at an end is left out. */
export function joinSegment(
  tag: string,
  elements: readonly (string | readonly string[])[],
  how: EdiText,
): string {
  const { element, terminator } = how.separators;
  const texts = elements.map((one) => (typeof one === "string" ? one : joinComponents(one, how)));
  return withoutEmptyEnd([tag, ...texts]).join(element) + terminator + how.newline;
}

function joinComponents(components: readonly string[], { separators }: EdiText): string {
  return withoutEmptyEnd(components).join(separators.component);
}

function elementText(
  components: readonly (Json | undefined)[],
  element: number,
  how: EdiText,
  refuse: Refuse,
): string {
  const times = repeatsOf(components, (place, ...rest) => refuse(memberName(element, place), ...rest));
  if (times === undefined)
    return joinComponents(
      Array.from(components, (value, place) => write(value, place)),
      how,
    );
  if (times > 1 && how.separators.repetition === "")
    throw refuse(
      memberName(element, 0),
      "repeats an element, and nothing can be repeated in this version of the syntax",
      "Set `syntaxVersion` of the format to a later one that your partner reads, or repeat the segment.",
    );
  const repeats = Array.from({ length: times }, (_, time) =>
    joinComponents(
      Array.from(components, (values, place) =>
        write((values as readonly Json[] | undefined)?.[time], place),
      ),
      how,
    ),
  );
  return repeats.join(how.separators.repetition);

  function write(value: Json | undefined, place: number): string {
    return valueText(value, how, (...rest) => refuse(memberName(element, place), ...rest));
  }
}

/** How often an element is there; undefined: it is no list. In a list all components have equally many. */
function repeatsOf(
  components: readonly (Json | undefined)[],
  refuse: (place: number, message: string) => HubError,
): number | undefined {
  let times: number | undefined;
  let isOne = false;
  for (const [place, value] of components.entries()) {
    if (value === undefined || value === null) continue;
    const own = Array.isArray(value) ? value.length : undefined;
    if (
      (own === undefined && times !== undefined) ||
      (own !== undefined && (isOne || own !== (times ?? own)))
    )
      throw refuse(place, "has components of one element that are not repeated equally often");
    if (own === undefined) isOne = true;
    else times = own;
  }
  return times;
}

/** One value, with what parts an interchange released. @throws HubError by `refuse` */
export function valueText(
  value: Json | undefined,
  how: EdiText,
  refuse: (message: string, cure?: string) => HubError,
): string {
  if (value === undefined || value === null) return "";
  if (typeof value !== "string" && typeof value !== "number")
    throw refuse("has a value that is no text or number");
  const text = typeof value === "number" ? numberText(value, how, refuse) : value;
  const { repertoire, separators } = how;
  const foreign = repertoire.foreign(text);
  if (foreign !== -1)
    throw refuse(
      `has a value whose character ${foreign + 1} is none of ${repertoire.name}`,
      "Write it in another way in the mapping, or set a larger character set that your partner reads.",
    );
  return released(text, separators, refuse);
}

function numberText(value: number, how: EdiText, refuse: (message: string) => HubError): string {
  const text = String(value);
  if (!DECIMAL.test(text)) throw refuse("has a number with too many digits");
  return text.replace(".", how.decimal);
}

function released(
  text: string,
  { component, element, repetition, release, terminator }: Separators,
  refuse: (message: string, cure?: string) => HubError,
): string {
  let out = "";
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    const parts = char === element || char === component || char === terminator || char === repetition;
    if (parts && release === "")
      throw refuse(
        `has a value whose character ${at + 1} parts the interchange, and it can have none as text`,
        "Replace it in the mapping, or set `separators` of the format to characters that do not occur.",
      );
    out += parts || char === release ? release + char : char;
  }
  return out;
}

/** @throws HubError TL_CONFIG_INVALID when one character has two uses */
export function requireApart(separators: Readonly<Record<string, string>>): void {
  const all = Object.values(separators);
  if (new Set(all).size === all.length) return;
  throw new HubError("TL_CONFIG_INVALID", "`separators`: one character has two uses");
}

function withoutEmptyEnd(texts: readonly string[]): readonly string[] {
  return texts.slice(0, texts.findLastIndex((text) => text !== "") + 1);
}
