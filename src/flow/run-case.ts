import type { Answers } from "../mapping/look-up.ts";
import type { Json } from "../message/json.ts";
import type { Case, RunCase } from "./cases.ts";
import { type CompiledFlow, type RecordInfo, recordBindings } from "./compile.ts";
import { fixtureAnswers, NO_FIXTURES } from "./look-up-fixtures.ts";

/** An instant that never changes, so that a case gives the same result tomorrow. */
const CASE_TIME = Date.UTC(2026, 0, 15, 12);

/**
 * Takes a case down a flow without a store: decode where it is text, then accepts, key, version, map, emits. With a
 * `route`, the result is what that route would send: nothing when its `when` does not hold.
 */
export function caseRunner(flow: CompiledFlow): RunCase {
  return async (input: Case) => {
    const prepared = flow.prepare(caseRecord(flow, input), recordInfo(input), caseAnswers(input));
    return input.route === undefined || prepared.routes.includes(input.route) ? prepared.mapped : undefined;
  };
}

/** The record of a case, decoded where it is text. */
export function caseRecord(flow: CompiledFlow, { in: input }: Case): Json {
  return typeof input === "string" ? flow.format.decode(Buffer.from(input)) : input;
}

/** What the mapping sees beside the record. */
export function caseBindings(input: Case): Readonly<Record<string, Json>> {
  return recordBindings(recordInfo(input));
}

/** What the look-ups of a case get. */
export function caseAnswers({ lookups }: Case): Answers {
  return fixtureAnswers(lookups ?? NO_FIXTURES);
}

function recordInfo({ headers }: Case): RecordInfo {
  return { receivedAt: CASE_TIME, headers: headers ?? null, file: null, row: null };
}
