import { HubError } from "../errors.ts";
import type { Place } from "../message/place.ts";
import { type Picture, parsePicture } from "./copybook-picture.ts";
import { cobolStatements, type Statement } from "./copybook-text.ts";

/** One item of a copybook: a group with items in it, or a field with a picture. */
export interface CobolItem {
  /** As in the copybook, with underscores for hyphens; "" for FILLER. */
  readonly name: string;
  readonly level: number;
  readonly picture: Picture | undefined;
  readonly items: readonly CobolItem[];
  /** How often it occurs; undefined: once, and it is no list. */
  readonly occurs: { readonly most: number; readonly dependingOn: string | undefined } | undefined;
  /** The item whose bytes it reads in another way. */
  readonly redefines: string | undefined;
  /** Whether another item reads the same bytes in another way, here or around. */
  readonly isAlternative: boolean;
  /** Bytes of one occurrence, as long as it can be. */
  readonly length: number;
}

interface Growing {
  name: string;
  level: number;
  picture: Picture | undefined;
  items: Growing[];
  occurs: CobolItem["occurs"];
  redefines: string | undefined;
  isAlternative: boolean;
  length: number;
  readonly statement: Statement;
  usage: string;
  separateSign: "leading" | "trailing" | undefined;
  leadingSign: boolean;
  pictureText: string | undefined;
}

/**
 * The record of a copybook (COBOL data descriptions in fixed or free form). Where there are several records, the first
 * one counts; without a level 01 all items are the record.
 * @throws HubError TL_CONFIG_INVALID with line and column of what is not understood
 */
export function parseCopybook(text: string): CobolItem {
  const roots: Growing[] = [];
  const open: Growing[] = [];
  for (const statement of cobolStatements(text)) {
    const item = parseItem(statement);
    if (item === undefined) continue;
    while (open.length > 0 && (open.at(-1)?.level ?? 0) >= item.level) open.pop();
    const parent = open.at(-1);
    if (parent?.pictureText !== undefined) throw wrong(statement, `${parent.name} has a picture and items`);
    (parent?.items ?? roots).push(item);
    open.push(item);
  }
  const first = roots[0];
  if (first === undefined) throw new HubError("TL_CONFIG_INVALID", "the copybook describes nothing");
  const isRecord = first.level === 1 && first.pictureText === undefined;
  const items = isRecord
    ? first
    : { ...first, name: "", pictureText: undefined, occurs: undefined, items: roots };
  finish(items, "", false);
  return items;
}

/** Clauses that say nothing of the bytes, and the words that may follow them. */
const SILENT: Readonly<Record<string, readonly string[]>> = {
  JUSTIFIED: ["RIGHT"],
  JUST: ["RIGHT"],
  BLANK: ["WHEN", "ZERO", "ZEROS", "ZEROES"],
  EXTERNAL: [],
  GLOBAL: [],
};

function parseItem(statement: Statement): Growing | undefined {
  const { words } = statement;
  const level = Number(words[0]);
  if (!/^\d{1,2}$/.test(words[0] ?? "")) throw wrong(statement, "an item begins with its level");
  if (level === 88 || level === 66) return undefined;
  if (level === 0 || (level > 49 && level !== 77)) throw wrong(statement, `level ${level} is not known`);
  const named = words[1] !== undefined && !/^(?:PIC|PICTURE|REDEFINES|OCCURS|USAGE)$/i.test(words[1]);
  const name = named ? (words[1] ?? "") : "FILLER";
  const item: Growing = {
    name: name.toUpperCase() === "FILLER" ? "" : name.replaceAll("-", "_"),
    level,
    picture: undefined,
    items: [],
    occurs: undefined,
    redefines: undefined,
    isAlternative: false,
    length: 0,
    statement,
    usage: "",
    separateSign: undefined,
    leadingSign: false,
    pictureText: undefined,
  };
  readClauses(item, words.slice(named ? 2 : 1));
  return item;
}

function readClauses(item: Growing, words: readonly string[]): void {
  for (let at = 0; at < words.length; at++) {
    const word = (words[at] ?? "").toUpperCase();
    const next = (): string => words[++at] ?? "";
    const skip = (...optional: readonly string[]): void => {
      while (optional.includes((words[at + 1] ?? "").toUpperCase())) at++;
    };
    if (word === "PIC" || word === "PICTURE") {
      skip("IS");
      item.pictureText = next();
    } else if (word === "REDEFINES") item.redefines = next().replaceAll("-", "_");
    else if (word === "OCCURS") at = readOccurs(item, words, at);
    else if (word === "USAGE") skip("IS");
    else if (word === "SIGN") skip("IS");
    else if (word === "LEADING" || word === "TRAILING") {
      const separate = (words[at + 1] ?? "").toUpperCase() === "SEPARATE";
      if (separate) at++;
      if (separate) item.separateSign = word === "LEADING" ? "leading" : "trailing";
      item.leadingSign = word === "LEADING";
      skip("CHARACTER");
    } else if (USAGES[word] !== undefined) item.usage = USAGES[word] ?? "";
    else if (word === "VALUE" || word === "VALUES") {
      skip("IS", "ARE");
      next();
    } else if (SILENT[word] !== undefined) skip(...(SILENT[word] ?? []));
    else if (word === "SYNC" || word === "SYNCHRONIZED") {
      throw wrong(
        item.statement,
        "SYNCHRONIZED puts bytes between items as the compiler likes; describe them as FILLER",
      );
    } else throw wrong(item.statement, `${word} is not understood`);
  }
}

const USAGES: Readonly<Record<string, string>> = {
  DISPLAY: "display",
  COMP: "binary",
  COMPUTATIONAL: "binary",
  "COMP-4": "binary",
  "COMPUTATIONAL-4": "binary",
  "COMP-5": "native",
  "COMPUTATIONAL-5": "native",
  BINARY: "binary",
  "COMP-3": "packed",
  "COMPUTATIONAL-3": "packed",
  "PACKED-DECIMAL": "packed",
};

const CLAUSE =
  /^(?:PIC|PICTURE|USAGE|COMP(?:UTATIONAL)?(?:-\d)?|BINARY|PACKED-DECIMAL|DISPLAY|VALUE|SIGN|INDEXED|ASCENDING|DESCENDING)$/;

function readOccurs(item: Growing, words: readonly string[], start: number): number {
  let at = start;
  const upper = (index: number): string => (words[index] ?? "").toUpperCase();
  let most = Number(words[++at]);
  if (upper(at + 1) === "TO") {
    most = Number(words[at + 2]);
    at += 2;
  }
  if (!Number.isInteger(most) || most < 1 || most > 100_000) {
    throw wrong(item.statement, "OCCURS needs a number from 1 to 100000");
  }
  if (upper(at + 1) === "TIMES") at++;
  let dependingOn: string | undefined;
  if (upper(at + 1) === "DEPENDING") {
    at += upper(at + 2) === "ON" ? 3 : 2;
    dependingOn = (words[at] ?? "").replaceAll("-", "_");
  }
  // INDEXED BY and ASCENDING KEY name what is no part of the record.
  while (/^(?:INDEXED|ASCENDING|DESCENDING)$/.test(upper(at + 1))) {
    at++;
    while (at + 1 < words.length && !CLAUSE.test(upper(at + 1))) at++;
  }
  item.occurs = { most, dependingOn };
  return at;
}

/** Works out pictures, lengths and alternatives, from the inside. */
function finish(item: Growing, usage: string, isAlternative: boolean): void {
  const own = item.usage || usage;
  item.isAlternative = isAlternative;
  if (item.pictureText !== undefined) {
    item.picture = parsePicture(item.pictureText, own || "display", item, (text) =>
      wrong(item.statement, text),
    );
    item.length = item.picture.length;
    return;
  }
  if (item.items.length === 0)
    throw wrong(item.statement, `${item.name || "FILLER"} has neither a picture nor items`);
  const redefined = new Set(item.items.flatMap(({ redefines }) => redefines ?? []));
  for (const [index, inner] of item.items.entries()) {
    if (
      inner.redefines !== undefined &&
      !item.items.slice(0, index).some(({ name }) => name === inner.redefines)
    ) {
      throw wrong(inner.statement, `${inner.redefines} does not stand before it on the same level`);
    }
    finish(inner, own, isAlternative || inner.redefines !== undefined || redefined.has(inner.name));
  }
  item.length = item.items.reduce(
    (sum, inner) => sum + (inner.redefines === undefined ? spread(item, inner) : 0),
    0,
  );
}

/** Bytes that an item takes with those that read the same bytes: the longest of them. */
function spread(parent: Growing, item: Growing): number {
  const all = [item, ...parent.items.filter(({ redefines }) => redefines === item.name && item.name !== "")];
  return Math.max(...all.map(({ length, occurs }) => length * (occurs?.most ?? 1)));
}

function wrong({ line, column }: Statement, text: string): HubError {
  const place: Place = { line, column };
  return new HubError("TL_CONFIG_INVALID", `copybook: ${text}`, { place });
}
