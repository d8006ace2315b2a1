import { isDeepStrictEqual } from "node:util";
import { isObject, type Json } from "../../message/json.ts";

/** A JSON text with where each of its values stands. */
export interface Styled {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly value: Json;
  /** The members of an object by name, the items of an array by number. */
  readonly parts: ReadonlyMap<string, Styled>;
  /** One more level of indentation, as this text has it. */
  readonly indent: string;
}

/** Reads a text that is known to be JSON. */
export function parseStyled(text: string): Styled {
  const indent = /\n([ \t]+)\S/.exec(text)?.[1] ?? "  ";
  const root = valueAt({ text, at: 0, indent });
  return { ...root, start: 0, end: text.length };
}

/** A value in the form of an earlier one: what is equal keeps its letters, what is new follows the style around it. */
export function writeStyled(value: Json, before: Styled): string {
  const { text, start, end } = before;
  if (isDeepStrictEqual(value, before.value)) return text.slice(start, end);
  const whole = text.slice(start, end);
  const lead = /^\s*/.exec(whole)?.[0] ?? "";
  const tail = /\s*$/.exec(whole)?.[0] ?? "";
  return `${lead}${changed(value, before, marginAt(text, start + lead.length))}${tail}`;
}

interface Reader {
  readonly text: string;
  readonly indent: string;
  at: number;
}

function valueAt(reader: Reader): Styled {
  skip(reader);
  const { text, indent, at: start } = reader;
  const opening = text.charAt(start);
  const parts = new Map<string, Styled>();
  if (opening === "{" || opening === "[") readParts(reader, opening === "{", parts);
  else
    reader.at += (
      opening === '"' ? stringAt(text, start) : (/^[^\s,\]}]+/.exec(text.slice(start))?.[0] ?? "")
    ).length;
  const end = reader.at;
  return { text, start, end, parts, indent, value: JSON.parse(text.slice(start, end)) as Json };
}

function readParts(reader: Reader, isObject: boolean, parts: Map<string, Styled>): void {
  reader.at++;
  for (skip(reader); !"]}".includes(reader.text.charAt(reader.at)); skip(reader)) {
    let name = String(parts.size);
    if (isObject) {
      const key = stringAt(reader.text, reader.at);
      name = JSON.parse(key) as string;
      reader.at += key.length;
      skip(reader);
      reader.at++;
    }
    parts.set(name, valueAt(reader));
    skip(reader);
    if (reader.text.charAt(reader.at) === ",") reader.at++;
  }
  reader.at++;
}

function skip(reader: Reader): void {
  reader.at += /^\s*/.exec(reader.text.slice(reader.at, reader.at + 10_000))?.[0].length ?? 0;
}

function stringAt(text: string, start: number): string {
  const from = text.slice(start);
  return /^"(?:[^"\\]|\\.)*"/s.exec(from)?.[0] ?? "";
}

/** The blanks that the line of an offset begins with. */
function marginAt(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(text.lastIndexOf("\n", offset - 1) + 1))?.[0] ?? "";
}

function changed(value: Json, before: Styled, margin: string): string {
  const isList = Array.isArray(value);
  const isSameKind = isList ? Array.isArray(before.value) : isObject(value) && isObject(before.value);
  if (!isSameKind || before.parts.size === 0) return written(value, before.indent, margin, isInline(before));
  const inline = isInline(before);
  const inner = inline ? margin : `${margin}${before.indent}`;
  const entries = isList
    ? value.map((one, index) => [String(index), one] as const)
    : ordered(value as object, before);
  const texts = entries.map(([name, one]) => {
    const part = before.parts.get(name);
    const body =
      part === undefined
        ? written(one, before.indent, inner, inline || isInlineLike(before))
        : writeStyled(one, part);
    return isList ? body : `${JSON.stringify(name)}: ${body}`;
  });
  return wrapped(texts, isList, inline ? null : { inner, margin }, before);
}

/** Members that stay keep their order; new ones follow. */
function ordered(value: object, before: Styled): readonly (readonly [string, Json])[] {
  const names = Object.keys(value);
  const kept = [...before.parts.keys()].filter((name) => names.includes(name));
  const isReplaced = kept.length < before.parts.size && names.length === before.parts.size;
  const order = isReplaced ? names : [...kept, ...names.filter((name) => !kept.includes(name))];
  return order.map((name) => [name, (value as Readonly<Record<string, Json>>)[name] as Json]);
}

function isInline({ text, start, end, parts }: Styled): boolean {
  return parts.size > 0 && !text.slice(start, end).trim().includes("\n");
}

/** Whether the objects within are written in one line each, as rows of a table often are. */
function isInlineLike({ parts }: Styled): boolean {
  const filled = [...parts.values()].filter((part) => part.parts.size > 0);
  return filled.length > 0 && filled.every(isInline);
}

function written(value: Json, indent: string, margin: string, inline: boolean): string {
  const isList = Array.isArray(value);
  if (!isList && !isObject(value)) return JSON.stringify(value);
  const inner = `${margin}${indent}`;
  const texts = isList
    ? value.map((one) => written(one, indent, inner, inline))
    : Object.entries(value).map(
        ([name, one]) => `${JSON.stringify(name)}: ${written(one, indent, inner, inline)}`,
      );
  return wrapped(texts, isList, inline ? null : { inner, margin }, null);
}

function wrapped(
  texts: readonly string[],
  isList: boolean,
  lines: { readonly inner: string; readonly margin: string } | null,
  like: Styled | null,
): string {
  const [open, close] = isList ? ["[", "]"] : ["{", "}"];
  if (texts.length === 0) return `${open}${close}`;
  if (lines !== null)
    return `${open}\n${texts.map((text) => lines.inner + text).join(",\n")}\n${lines.margin}${close}`;
  const opening = like === null ? "" : like.text.slice(like.start).trimStart().slice(1, 2);
  const gap = (like === null ? !isList : /\s/.test(opening)) ? " " : "";
  return `${open}${gap}${texts.join(", ")}${gap}${close}`;
}
