import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import type { Command } from "commander";
import { asHubError, type Failure, HubError, toFailure } from "../errors.ts";
import { type CompiledFlow, compileFlow, type Prepared } from "../flow/compile.ts";
import { fixtureAnswers, NO_FIXTURES, readFixtures } from "../flow/look-up-fixtures.ts";
import { transcode } from "../format/encoding.ts";
import type { Row } from "../format/format.ts";
import type { Answers, Asked } from "../mapping/look-up.ts";
import type { Json } from "../message/json.ts";
import { describePlace } from "../message/place.ts";
import { plural } from "../message/units.ts";
import { parseJsonFile } from "../schema/json-text.ts";
import { issueText } from "./failure-text.ts";
import { flowsOf, inspect } from "./project-files.ts";
import { wholeNumber } from "./selection.ts";
import { addCommand, type CommonOptions, jsonText, projectFolder, type Session } from "./session.ts";
import { paint, printable, type Terminal } from "./terminal.ts";
import { type WritePreview, type Written, writePreview } from "./try-written.ts";

interface TryOptions extends CommonOptions {
  readonly row?: string;
  readonly limit: string;
  readonly lookups?: string;
}

/** What became of one record. */
interface Tried {
  readonly row: number;
  readonly line: number;
  readonly result?: Prepared;
  readonly error?: Failure;
  /** What sinks would write of it that write files. */
  readonly written?: readonly Written[];
}

export function addTry(program: Command, session: Session): void {
  addCommand(
    program,
    "try <flow> <file>",
    "Take one file through one flow and show what comes out; nothing is stored or sent",
    [
      "tieline try erp-customers mappings/erp-customers/samples/kunden-20261122.csv",
      "tieline try erp-customers kunden.csv --row 17",
      "tieline try billing-invoices invoice.json --lookups known-customers.json",
      "tieline try website-contact contact.json --json | jq '.records[].result.mapped'",
    ],
  )
    .option("--row <n>", "only this record, counted from 1")
    .option("--limit <n>", "how many records", "10")
    .option(
      "--lookups <file>",
      "what $xref and $customer answer, as `lookups` of a case; else they find nobody",
    )
    .action(async (name: string, file: string, options: TryOptions) => {
      await tryFile(session, name, file, options);
    });
}

async function tryFile(session: Session, name: string, file: string, options: TryOptions): Promise<void> {
  const { terminal } = session;
  const wanted = {
    row: options.row === undefined ? null : wholeNumber("--row", options.row),
    limit: wholeNumber("--limit", options.limit),
  };
  const inspection = await inspect(projectFolder(session, options), terminal.env);
  const [definition] = flowsOf(inspection, [name]);
  if (definition === undefined) return;
  const flow = compileFlow(definition);
  const preview = await writePreview(inspection.settings, definition.routes, () => terminal.now());
  const path = resolve(terminal.cwd, file);
  await stat(path);
  const answers = await readAnswers(terminal, options.lookups);
  const folder = await mkdtemp(join(tmpdir(), "tieline-try-"));
  try {
    const records = await tryRecords(flow, path, folder, wanted, answers, terminal.now());
    report(
      session,
      options,
      flow,
      records.map((one) => withWritten(one, preview)),
      wanted,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Reads the file as the hub would: to UTF-8 first, then record by record. A file that is wrong as a whole is an error. */
async function tryRecords(
  flow: CompiledFlow,
  path: string,
  folder: string,
  wanted: { readonly row: number | null; readonly limit: number },
  answers: Answers,
  now: number,
): Promise<readonly Tried[]> {
  const text = join(folder, "text");
  await transcode(path, flow.format.encoding, text);
  const tried: Tried[] = [];
  try {
    for await (const rows of flow.format.records(text)) {
      for (const row of rows) {
        if (wanted.row !== null && row.row !== wanted.row) continue;
        tried.push(tryRow(flow, row, basename(path), answers, now));
        if (tried.length >= wanted.limit || wanted.row !== null) return tried;
      }
    }
  } catch (thrown) {
    const error = asHubError(thrown);
    throw new HubError(error.code, error.message, {
      cure: error.cure,
      issues: error.issues,
      place: { ...error.place, file: basename(path) },
      cause: error,
    });
  }
  return tried;
}

async function readAnswers(terminal: Terminal, path: string | undefined): Promise<Answers> {
  if (path === undefined) return fixtureAnswers(NO_FIXTURES);
  const content = parseJsonFile(await readFile(resolve(terminal.cwd, path), "utf8"), path) as Json;
  const refuse = (field: string, message: string, cure?: string): never => {
    const place = { file: path, ...(field === "" ? {} : { field }) };
    throw new HubError("TL_USAGE", message, { place, ...(cure === undefined ? {} : { cure }) });
  };
  return fixtureAnswers(readFixtures(content, refuse));
}

function tryRow(flow: CompiledFlow, row: Row, file: string, answers: Answers, now: number): Tried {
  const at = { row: row.row, line: row.line };
  try {
    if (row.error !== undefined) throw row.error;
    const info = { receivedAt: now, headers: null, file, row: row.row };
    const result = flow.prepare(row.value as Json, info, answers);
    return { ...at, result };
  } catch (error) {
    return { ...at, error: toFailure(asHubError(error)) };
  }
}

function withWritten(one: Tried, preview: WritePreview): Tried {
  if (one.result === undefined) return one;
  const written = preview(one.result.mapped, one.result.routes, one.row);
  return written.length === 0 ? one : { ...one, written };
}

function report(
  session: Session,
  options: TryOptions,
  flow: CompiledFlow,
  tried: readonly Tried[],
  wanted: { readonly row: number | null },
): void {
  const { terminal } = session;
  const failed = tried.filter((one) => one.error !== undefined).length;
  if (wanted.row !== null && tried.length === 0) {
    throw new HubError("TL_NOT_FOUND", `the file has no record ${wanted.row}`, {
      cure: "Records count from 1, without the header.",
    });
  }
  if (failed > 0) session.exitCode = failed === tried.length ? 1 : 3;
  if (options.json === true) {
    terminal.out(jsonText({ flow: flow.definition.name, records: tried }));
    return;
  }
  for (const one of tried) terminal.out(recordText(terminal, flow, one));
  const summary = `${plural(tried.length, "record")}: ${tried.length - failed} mapped, ${failed} failed. Nothing was stored or sent.`;
  terminal.out(paint(terminal, failed === 0 ? "green" : "yellow", summary));
}

function recordText(terminal: Terminal, flow: CompiledFlow, one: Tried): string {
  const title = paint(terminal, "bold", `record ${one.row}`) + paint(terminal, "dim", `  line ${one.line}`);
  if (one.error !== undefined) {
    const { code, message, place, issues = [] } = one.error;
    const where = place === undefined ? "" : `  ${paint(terminal, "dim", printable(describePlace(place)))}`;
    const lines = [`${paint(terminal, "red", "✗")} ${title}  ${code}`, `    ${printable(message)}${where}`];
    return [...lines, ...issues.map((issue) => `    ${issueText(issue)}`), ""].join("\n");
  }
  const result = one.result as Prepared;
  const version = result.version === null ? "" : `   version ${printable(String(result.version))}`;
  const routes = flow.definition.routes.map(({ to }) =>
    result.routes.includes(to) ? to : paint(terminal, "dim", `${to} (filtered)`),
  );
  return [
    `${paint(terminal, "green", "✓")} ${title}`,
    `    key ${result.key === null ? "none" : printable(result.key)}${version}   to ${routes.join(", ")}`,
    ...result.asked.map(askedText),
    ...jsonText(result.mapped)
      .split("\n")
      .map((line) => `    ${line}`),
    ...(one.written ?? []).flatMap((written) => writtenText(terminal, written)),
    "",
  ].join("\n");
}

function writtenText(terminal: Terminal, { to, name, content = "", error }: Written): readonly string[] {
  if (error !== undefined) {
    const refusal = `${to} would refuse it: ${printable(error.message)}`;
    return [`    ${paint(terminal, "red", refusal)}`, `    ${printable(error.cure ?? "")}`];
  }
  const title =
    name === undefined ? `${to} would write, among others` : `${to} would write ${printable(name)}`;
  const lines = content.trimEnd().split(/\r?\n/);
  return [`    ${paint(terminal, "dim", title)}`, ...lines.map((line) => `      ${printable(line)}`)];
}

/** `looked up $xref("erp", "0000010001", "billing"): "B-5"` */
function askedText({ lookUp, answer }: Asked): string {
  const given = [lookUp.system, lookUp.id, ...(lookUp.kind === "xref" ? [lookUp.to] : [])];
  const call = `$${lookUp.kind}(${given.map((text) => JSON.stringify(text)).join(", ")})`;
  const found =
    answer === undefined ? "nobody" : lookUp.kind === "xref" ? JSON.stringify(answer) : "a customer";
  return `    looked up ${printable(call)}: ${printable(found)}`;
}
