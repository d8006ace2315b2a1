import { HubError } from "../errors.ts";
import { setUpCsv } from "../format/csv-options.ts";
import { createCsvScanner } from "../format/csv-scan.ts";
import { type Code, type CodeList, codeList, EVERY_OTHER } from "../mapping/code-list.ts";
import { isObject, type Json } from "../message/json.ts";
import type { Place } from "../message/place.ts";
import { didYouMean } from "./did-you-mean.ts";
import { keySpan, parseYaml, placeOf, type YamlFile } from "./yaml-file.ts";

/** Where code lists lie, from the project folder. */
export const CODES = "mappings/codes";
/** Names of lists and of their columns. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
/** Codes of one list; they all lie in memory. */
const MOST_ROWS = 100_000;

/** The files that may hold a list; the first one there is does. */
export function codeListPaths(name: string): readonly string[] {
  return NAME.test(name) ? [".csv", ".yaml"].map((ending) => `${CODES}/${name}${ending}`) : [];
}

/**
 * A code list from its file. CSV (comma or semicolon) has a header with the names of the columns. YAML has a map of
 * codes, each with one other code, or with a map of them by column; the codes themselves are the column `code`, a single
 * other is the column `value`.
 * @throws HubError TL_CONFIG_INVALID with the line
 */
export function parseCodeList(path: string, text: string): CodeList {
  const rows = path.endsWith(".yaml") ? yamlRows(path, text) : csvRows(path, text);
  const [header, ...rest] = rows;
  if (header === undefined) throw wrong("the list is empty", { file: path, line: 1, column: 1 });
  const columns = header.cells.map(String);
  const odd = columns.find((column, at) => !NAME.test(column) || columns.indexOf(column) !== at);
  if (odd !== undefined || columns.length < 2) {
    throw wrong(
      "a code list has a header of two or more different names (letters, digits, - and _)",
      header.place,
    );
  }
  if (rest.length > MOST_ROWS) throw wrong(`a code list has at most ${MOST_ROWS} codes`, header.place);
  refuseTwice(rest);
  return codeList(
    columns,
    rest.map(({ cells }) => cells),
  );
}

/** What is wrong with the columns a call names; undefined when nothing is. */
export function columnProblem(
  { columns }: CodeList,
  wanted: readonly (string | undefined)[],
): { readonly message: string; readonly cure: string } | undefined {
  const unknown = wanted.find((column) => column !== undefined && !columns.includes(column));
  if (unknown === undefined) return undefined;
  return { message: `the code list has no column ${unknown}`, cure: didYouMean(unknown, columns) };
}

interface Row {
  readonly cells: readonly Code[];
  readonly place: Place;
}

function csvRows(path: string, text: string): readonly Row[] {
  const semicolons = /^[^,\r\n]*;/.test(text);
  const scanner = createCsvScanner(setUpCsv({ delimiter: semicolons ? ";" : ",", trim: true }).dialect, 0);
  scanner.feed(Buffer.from(text), true);
  const rows: Row[] = [];
  let line = 1;
  for (let at = 0; ; at = scanner.after) {
    const found = scanner.next(at);
    const place = { file: path, line, column: 1 };
    if (found === "end") return rows;
    if (found !== "record" && found !== "skip") throw wrong("a quote is never closed", place);
    if (found === "record") {
      if (scanner.fault !== undefined) throw wrong(scanner.fault.message, place);
      const { cells } = scanner;
      const width = rows[0]?.cells.length ?? cells.length;
      if (cells.length !== width)
        throw wrong(`the row has ${cells.length} cells, the header ${width}`, place);
      if (cells[0] === "") throw wrong("the row has no code in its first column", place);
      rows.push({ cells: cells.map((cell) => (cell === "" ? undefined : cell)), place });
    }
    line += scanner.lines;
  }
}

function yamlRows(path: string, text: string): readonly Row[] {
  const file = parseYaml(path, text);
  const problem = file.problems[0];
  if (problem !== undefined) throw wrong(problem.message, placeOf(file, problem.span.start), problem.cure);
  if (!isObject(file.value)) throw wrong("a code list is a map of codes", placeOf(file, 0));
  const columns = new Set<string>();
  for (const others of Object.values(file.value)) {
    for (const column of isObject(others) ? Object.keys(others) : ["value"]) columns.add(column);
  }
  const header = { cells: ["code", ...columns], place: placeOf(file, 0) };
  return [
    header,
    ...Object.entries(file.value).map(([code, others]) => yamlRow(file, code, others, [...columns])),
  ];
}

function yamlRow(file: YamlFile, code: string, others: Json, columns: readonly string[]): Row {
  const place = placeOf(file, keySpan(file, [code]).start);
  const cells = columns.map((column) => {
    const cell = isObject(others) ? others[column] : column === "value" ? others : undefined;
    if (cell === undefined || cell === null) return undefined;
    if (typeof cell === "object") throw wrong("a code is a text, a number or true or false", place);
    return cell;
  });
  return { cells: [code, ...cells], place };
}

function refuseTwice(rows: readonly Row[]): void {
  const seen = new Set<string>();
  for (const { cells, place } of rows) {
    const code = String(cells[0]);
    if (seen.has(code)) throw wrong(`the code ${code} has a row already`, place);
    seen.add(code);
  }
}

function wrong(message: string, place: Place, cure?: string): HubError {
  const help = `The form of code lists is told in src/mapping/README.md; the row ${EVERY_OTHER} answers for all others.`;
  return new HubError("TL_CONFIG_INVALID", message, { place, cure: cure ?? help });
}
