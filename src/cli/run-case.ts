import type { Case, RunCase } from "../flow/cases.ts";
import type { CompiledFlow } from "../flow/compile.ts";

/** An instant that never changes, so that a case gives the same result tomorrow. */
const CASE_TIME = Date.UTC(2026, 0, 15, 12);

/**
 * Takes a case down a flow without a store: decode where it is text, then accepts, key, version, map, emits. With a
 * `route`, the result is what that route would send: nothing when its `when` does not hold.
 */
export function caseRunner(flow: CompiledFlow): RunCase {
  return async (input: Case) => {
    const value = typeof input.in === "string" ? flow.format.decode(Buffer.from(input.in)) : input.in;
    const prepared = flow.prepare(value, {
      receivedAt: CASE_TIME,
      headers: input.headers ?? null,
      file: null,
      row: null,
    });
    return input.route === undefined || prepared.routes.includes(input.route) ? prepared.mapped : undefined;
  };
}
