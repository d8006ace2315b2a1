import { isObject, type Json, type JsonObject } from "../message/json.ts";
import { type EdiText, type Refuse, valueText } from "./write-edi-segment.ts";

/** What an envelope says in one place. */
interface EnvelopeField {
  /** Most characters. */
  readonly most: number;
  readonly pattern?: RegExp;
  /** Whether there is no envelope without it. */
  readonly required?: true;
}

/** Of one kind of envelope, by the names under which they are read. */
export type EnvelopeFields = Readonly<Record<string, EnvelopeField>>;

/** An interchange, a group or a message by what it says of itself. */
export interface Envelope {
  readonly says: Readonly<Record<string, string>>;
  /** What it says in one place as it stands in the file; "" where it says nothing. */
  text(member: string): string;
}

/** Where it comes from. */
interface EnvelopeSources {
  /** What the record says. */
  readonly own: JsonObject;
  /** What the settings say: the same, or the record is not for this sink. */
  readonly set: object;
  /** What is said where neither says anything. */
  readonly otherwise: Readonly<Record<string, string | undefined>>;
}

/**
 * @param name of the envelope, in the record and in the settings
 * @throws HubError by `refuse`
 */
export function envelopeOf(
  name: string,
  fields: EnvelopeFields,
  { own, set, otherwise }: EnvelopeSources,
  how: EdiText,
  refuse: Refuse,
): Envelope {
  const strange = Object.keys(own).find((member) => !Object.hasOwn(fields, member));
  if (strange !== undefined)
    throw refuse(
      `/${name}/${strange}`,
      `says what no ${name} says`,
      `It may say ${Object.keys(fields).join(", ")}.`,
    );
  const says: Record<string, string> = {};
  for (const [member, field] of Object.entries(fields)) {
    const at = `/${name}/${member}`;
    const ownText = saidText(own[member], at, refuse);
    const setText = saidText((set as JsonObject)[member], at, refuse);
    if (ownText !== undefined && setText !== undefined && ownText !== setText)
      throw refuse(
        at,
        "says something else than the settings of the sink",
        "Leave it out in the mapping or in the settings, or send the message to a sink of its own by `when`.",
      );
    const text = ownText ?? setText ?? otherwise[member];
    if (text !== undefined) says[member] = checked(text, field, at, refuse);
    else if (field.required)
      throw refuse(
        at,
        "lacks what its envelope needs",
        `Give it in the mapping, or as \`${name}: { ${member}: … }\` of the format${name === "interchange" ? ", from where a file of many has it" : ""}.`,
      );
  }
  return {
    says,
    text: (member) => valueText(says[member], how, (...rest) => refuse(`/${name}/${member}`, ...rest)),
  };
}

/** Sees to it that a record says nothing else of an envelope than the envelope itself. */
export function requireSame(name: string, own: JsonObject, { says }: Envelope, refuse: Refuse): void {
  for (const [member, value] of Object.entries(own)) {
    const at = `/${name}/${member}`;
    if ((saidText(value, at, refuse) ?? "") === (says[member] ?? "")) continue;
    throw refuse(
      at,
      `says something else than the ${name} that it is to be part of`,
      "Leave it out in the mapping: the hub writes it. A message for somebody else goes to a sink of its own by `when`.",
    );
  }
}

/** The part of a record that tells of an envelope. */
export function envelopeIn(record: JsonObject, name: string, refuse: Refuse): JsonObject {
  const found = record[name] ?? {};
  if (isObject(found)) return found;
  throw refuse(`/${name}`, `says of its ${name} what is no object`);
}

/** What a record or the settings say in one place, as text. */
export function saidText(value: Json | undefined, at: string, refuse: Refuse): string | undefined {
  if (value === undefined || value === null || value === false || value === "") return undefined;
  if (typeof value === "object") throw refuse(at, "has a list or object where a text belongs");
  return String(value);
}

function checked(text: string, { most, pattern }: EnvelopeField, at: string, refuse: Refuse): string {
  if (text.length > most) throw refuse(at, `has more than the ${most} characters that there is room for`);
  if (pattern !== undefined && !pattern.test(text)) throw refuse(at, "has a text that cannot stand there");
  return text;
}
