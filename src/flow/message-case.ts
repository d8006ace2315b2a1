import { asHubError, HubError } from "../errors.ts";
import { type Disguised, disguise } from "../message/disguise.ts";
import type { JsonObject } from "../message/json.ts";
import { type Case, type CaseResult, parseCases, runCases } from "./cases.ts";
import type { CompiledFlow } from "./compile.ts";
import type { Met } from "./map-alone.ts";
import { caseRunner } from "./run-case.ts";

/** A message as a case of its flow. */
export interface MessageCase {
  /** Name of its file, within the folder of cases. */
  readonly file: string;
  /** The file. */
  readonly text: string;
  readonly disguised: readonly Disguised[];
  /** Of a run with the version in force. */
  readonly result: CaseResult;
  /** The disguised record ends otherwise than the message did: its error is not the message's. */
  readonly differs: string | null;
}

/**
 * Makes a case of a message: its record with all that is personal made another, and what the version that the message
 * went by gives for that. Then the case is run with the version in force.
 * @param key secret by which values are disguised
 */
export async function caseOfMessage(
  name: string,
  met: Met,
  flows: { readonly own: CompiledFlow; readonly now: CompiledFlow },
  key: string,
): Promise<MessageCase> {
  const { own, now } = flows;
  const { disguised, value } = disguise(key, ownWords(own));
  const record = value(met.value);
  const headers =
    readsHeaders(own) && met.info.headers !== null ? value({ ...met.info.headers }, "(headers)") : null;
  const draft: JsonObject = { name, in: record, ...(headers === null ? {} : { headers }) };
  const expected = await ending(own, { ...draft, out: null });
  const text = `${JSON.stringify({ ...draft, ...expected }, null, 2)}\n`;
  const file = `${fileName(name)}.json`;
  const [one] = parseCases(text, file);
  const [result] = one === undefined ? [] : await runCases([one], caseRunner(now));
  if (result === undefined) throw new HubError("TL_INTERNAL", "a case came of it that is none");
  const before = await ending(own, {
    name,
    in: met.value,
    ...(headers === null ? {} : { headers }),
    out: null,
  });
  return { file, text, disguised, result, differs: differs(before, expected) };
}

/** What the flow gives, as a case says it. */
async function ending(flow: CompiledFlow, draft: JsonObject): Promise<JsonObject> {
  const [one] = parseCases(JSON.stringify(draft), "");
  try {
    const out = one === undefined ? undefined : await caseRunner(flow)(one as Case);
    if (out instanceof HubError) return { error: out.code };
    return { out: out ?? null };
  } catch (thrown) {
    return { error: asHubError(thrown).code };
  }
}

function differs(before: JsonObject, after: JsonObject): string | null {
  if (before["error"] === after["error"]) return null;
  return after["error"] === undefined
    ? `the message failed with ${String(before["error"])}, the disguised record does not`
    : `the disguised record fails with ${String(after["error"])}, the message did not`;
}

/** Texts that the flow itself spells out: codes and words of the mapping, its schemas and its code lists. */
function ownWords({ definition }: CompiledFlow): (text: string) => boolean {
  const words = new Set<string>();
  for (const text of Object.values(definition.texts)) {
    for (const [, double, single] of text.matchAll(/"([^"\\\n]{1,64})"|'([^'\\\n]{1,64})'/g))
      words.add(double ?? single ?? "");
  }
  return (text) => words.has(text);
}

function readsHeaders({ definition: { map, texts } }: CompiledFlow): boolean {
  return map !== null && /\bheaders\b/.test(texts[map] ?? "");
}

function fileName(name: string): string {
  const plain = name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 60);
  return plain === "" ? "case" : plain;
}
