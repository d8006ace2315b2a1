import { asHubError, type HubError } from "../errors.ts";
import type { Json } from "../message/json.ts";
import type { CompiledFlow, Prepared, RecordInfo } from "./compile.ts";
import { fixtureAnswers, NO_FIXTURES } from "./look-up-fixtures.ts";

/** A record as a flow meets it. */
export interface Met {
  readonly value: Json;
  readonly info: RecordInfo;
}

/** Look-ups find nobody: what they would find is the store's matter, and may be another answer by now. */
const NOBODY = fixtureAnswers(NO_FIXTURES);

/** Takes a record down a flow without a store, up to its routes. It never throws. */
export function mapAlone(flow: CompiledFlow, { value, info }: Met): Prepared | { readonly error: HubError } {
  try {
    return flow.prepare(value, info, NOBODY);
  } catch (thrown) {
    return { error: asHubError(thrown) };
  }
}
