import { readdirSync } from "node:fs";
import { join } from "node:path";
import { HubError } from "../errors.ts";
import type { CodeList } from "../mapping/code-list.ts";
import { type LookUpCall, lookUpCalls } from "../mapping/look-up-calls.ts";
import type { Place } from "../message/place.ts";
import { CODES, codeListPaths, columnProblem, parseCodeList } from "./code-list-file.ts";
import { didYouMean } from "./did-you-mean.ts";
import type { Finding } from "./finding.ts";
import type { FlowContext } from "./flow-context.ts";
import { readProjectFile } from "./project-file.ts";

/** Tells what is wrong at a place of the expression. */
type Report = (place: Place, message: string, cure: string, severity?: Finding["severity"]) => void;

/** No cell of a code list holds it. */
const NO_CODE = "\0";

/**
 * Judges the look-ups of an expression, and reads the code lists they name into the texts of the flow version, so that
 * what is under way finishes on them. Other mistakes of the expression were told before.
 */
export function readCodeLists(
  text: string,
  path: string,
  { dir, report }: Pick<FlowContext, "dir" | "report">,
  texts: Record<string, string>,
  wrongAt: Report,
): void {
  for (const { code, place, tested } of callsOf(text, path, wrongAt)) {
    if (code === null) continue;
    const { list, to, from } = code;
    const there = codeListPaths(list).flatMap((file) => {
      const found = readProjectFile(dir, file, "", CODES);
      return "problem" in found ? [] : [found];
    });
    const [file, other] = there;
    if (file === undefined) {
      wrongAt(place, `there is no code list ${list} in ${CODES}`, didYouMean(list, listNames(dir)));
      continue;
    }
    if (other !== undefined) {
      wrongAt(place, `the code list ${list} is there twice`, `Remove ${file.path} or ${other.path}.`);
      continue;
    }
    const isNew = !Object.hasOwn(texts, file.path);
    texts[file.path] = file.text;
    const parsed = parsedList(file.path, file.text, isNew ? report : null);
    if (parsed === undefined) continue;
    const problem = columnProblem(parsed, [to, from]);
    if (problem !== undefined) wrongAt(place, problem.message, problem.cure);
    else if (!tested && parsed.find(NO_CODE, to, from) === undefined)
      wrongAt(place, `a code that ${file.path} has no row for gives nothing here`, FALLBACK, "warning");
  }
}

const FALLBACK = 'Say what counts then, `$code(…) ?? "…"` or `?? null`, or add a row `*` to the list.';

function callsOf(text: string, path: string, wrongAt: Report): readonly LookUpCall[] {
  try {
    return lookUpCalls(text, path);
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    wrongAt(error.place ?? {}, error.message, error.cure);
    return [];
  }
}

/** Reports what is wrong inside a list once, where the list is named first. */
function parsedList(path: string, text: string, report: FlowContext["report"] | null): CodeList | undefined {
  try {
    return parseCodeList(path, text);
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    const line = text.split(/\r?\n/)[(error.place?.line ?? 1) - 1] ?? null;
    report?.elsewhere(error.place ?? { file: path }, line, error.message, error.cure);
    return undefined;
  }
}

function listNames(dir: string): readonly string[] {
  try {
    return readdirSync(join(dir, CODES))
      .filter((name) => /\.(csv|yaml)$/.test(name))
      .map((name) => name.replace(/\.[a-z]+$/, ""))
      .sort();
  } catch {
    return [];
  }
}
