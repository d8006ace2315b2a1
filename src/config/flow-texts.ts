import { HubError } from "../errors.ts";
import { parseCopybook } from "../format/copybook.ts";
import type { FixedLayout } from "../format/fixed-layout.ts";
import { parseJson } from "../format/json.ts";
import { isObject, type Json } from "../message/json.ts";
import type { Place } from "../message/place.ts";
import { checkStructure } from "./check-structure.ts";
import { expressionSpan } from "./expression-position.ts";
import type { Finding } from "./finding.ts";
import { readCodeLists } from "./flow-code-lists.ts";
import type { FlowContext } from "./flow-context.ts";
import { readProjectFile } from "./project-file.ts";
import { publishedStructure } from "./published-schema.ts";
import { createReporter } from "./reporter.ts";
import { schemaReferences } from "./schema-references.ts";
import { listAt, textAt, valueAt } from "./value-at.ts";
import { keySpan, type Path, parseYaml, placeOf, type YamlFile } from "./yaml-file.ts";

/** The files of one flow version. */
export interface FlowTexts {
  readonly texts: Readonly<Record<string, string>>;
  /** Path of the mapping from the project folder. */
  readonly map: string | null;
  readonly layout: FixedLayout | null;
  /** The text of the copybook. */
  readonly copybook: string | null;
}

/** Reads everything the flow names and everything that names in turn; `findings` also takes what is wrong inside them. */
export function readTexts(context: FlowContext, findings: Finding[]): FlowTexts {
  const { raw, report, name } = context;
  const texts: Record<string, string> = { [report.file.path]: report.file.text };
  const folder = `mappings/${name}`;
  const map = readNamed(["map"], folder, folder, context, texts);
  if (map !== undefined) checkMapping(map, context, texts);
  checkConditions(context, texts);
  for (const key of ["accepts", "emits"]) {
    const path = readNamed([key], "", "schemas", context, texts);
    if (path !== undefined) readSchema(path, context, texts, findings);
  }
  const at = ["source", "format", "fixed", "layout"];
  const copybook = readNamed(["source", "format", "cobol", "copybook"], folder, folder, context, texts);
  if (copybook !== undefined) checkCopybook(copybook, context, texts);
  const layout = textAt(raw, ...at) === undefined ? undefined : readNamed(at, "", "schemas", context, texts);
  return {
    texts,
    map: map ?? null,
    layout: layout === undefined ? null : readLayout(layout, texts[layout] ?? "", findings),
    copybook: copybook === undefined ? null : (texts[copybook] ?? null),
  };
}

function checkCopybook(path: string, { report }: FlowContext, texts: Record<string, string>): void {
  const text = texts[path] ?? "";
  try {
    parseCopybook(text);
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    reportInside(path, text, error, report);
  }
}

function readNamed(
  at: Path,
  base: string,
  below: string,
  { raw, dir, report }: FlowContext,
  texts: Record<string, string>,
): string | undefined {
  const written = textAt(raw, ...at);
  if (written === undefined || written === "") return undefined;
  const file = readProjectFile(dir, written, base, below);
  if ("problem" in file) {
    report.value(at, `${at.join(".")}: ${file.problem}`, file.cure);
    return undefined;
  }
  texts[file.path] = file.text;
  return file.path;
}

function checkMapping(path: string, context: FlowContext, texts: Record<string, string>): void {
  const { raw, env, report } = context;
  const text = texts[path] ?? "";
  const error = env.compileExpression(text, allowedBy(raw));
  if (error !== null) {
    reportInside(path, text, error, report);
    return;
  }
  readCodeLists(text, path, context, texts, (place, ...rest) => {
    report.elsewhere(place, text.split(/\r?\n/)[(place.line ?? 1) - 1] ?? null, ...rest);
  });
}

/** The code lists that the `when` of routes name; what else is wrong with them is told with the other expressions. */
function checkConditions(context: FlowContext, texts: Record<string, string>): void {
  const { raw, env, report } = context;
  for (const [index, route] of listAt(raw, "routes").entries()) {
    const text = textAt(route, "when");
    if (text === undefined || text === "" || env.compileExpression(text, allowedBy(raw)) !== null) continue;
    readCodeLists(text, report.file.path, context, texts, (place, message, ...rest) => {
      const span = expressionSpan(report.file, ["routes", index, "when"], place);
      report.span(span, `routes[${index + 1}].when: ${message}`, ...rest);
    });
  }
}

/** What a mapping or a condition of the flow may have. */
function allowedBy(raw: Json | undefined): { readonly lookUps: boolean; readonly allowFallback: boolean } {
  return { lookUps: true, allowFallback: valueAt(raw, "allowFallback") === true };
}

/** One schema file and those it refers to; each is looked at once. */
function readSchema(
  path: string,
  context: FlowContext,
  texts: Record<string, string>,
  findings: Finding[],
): void {
  const text = texts[path] ?? "";
  const before = findings.length;
  let schema: Json;
  try {
    schema = parseJson(Buffer.from(text));
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    reportInside(path, text, error, context.report);
    return;
  }
  for (const { at, path: target } of schemaReferences(schema, path)) {
    if (target !== null && Object.hasOwn(texts, target)) continue;
    const file = target === null ? FOREIGN : readProjectFile(context.dir, target, "", "schemas");
    if ("problem" in file) {
      const source = parseYaml(path, text);
      createReporter(source, findings).value(at, `$ref: ${file.problem}`, file.cure);
    } else {
      texts[file.path] = file.text;
      readSchema(file.path, context, texts, findings);
    }
  }
  if (findings.length > before) return;
  const error = context.env.compileSchema?.(text, path, (other) => texts[other]) ?? null;
  if (error !== null) reportInside(path, text, error, context.report);
}

const FOREIGN = {
  problem: "it leads to another machine, and schemas are never fetched",
  cure: "Copy that schema into schemas/ and name it by its path from this file.",
};

function readLayout(path: string, text: string, findings: Finding[]): FixedLayout | null {
  const file: YamlFile = parseYaml(path, text);
  const report = createReporter(file, findings);
  const before = findings.length;
  for (const { span, message, cure } of file.problems) report.span(span, message, cure);
  if (file.value !== undefined) checkStructure(publishedStructure("layout"), file.value, report);
  if (findings.length > before || !isObject(file.value)) return null;
  // `$schema` is for editors.
  const { $schema: _, ...layout } = file.value;
  return layout as unknown as FixedLayout;
}

/** An error inside a file of its own, which says a line and a column or, in JSON, a field. */
function reportInside(path: string, text: string, error: HubError, report: FlowContext["report"]): void {
  const { line = 1, column = 1 } =
    error.place?.line === undefined ? fieldPlace(path, text, error) : error.place;
  const excerpt = text.split(/\r?\n/)[line - 1] ?? null;
  report.elsewhere({ file: path, line, column }, excerpt, error.message, error.cure);
}

function fieldPlace(path: string, text: string, { place }: HubError): Place {
  if (place?.field === undefined || !path.endsWith(".json")) return {};
  const names = place.field.split("/").slice(1);
  const steps = names.map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));
  const file = parseYaml(path, text);
  return placeOf(
    file,
    keySpan(
      file,
      steps.map((step) => (/^[0-9]+$/.test(step) ? Number(step) : step)),
    ).start,
  );
}
