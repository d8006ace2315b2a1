import { asHubError, type HubError } from "../errors.ts";
import type { Json } from "../message/json.ts";
import { type Difference, differences } from "./case-diff.ts";
import type { CompiledFlow, RecordInfo } from "./compile.ts";
import { fixtureAnswers, NO_FIXTURES } from "./look-up-fixtures.ts";

/** A record as a flow meets it. */
export interface Met {
  readonly value: Json;
  readonly info: RecordInfo;
}

/** What becomes of one record when the draft takes the place of the mapping that is in force. */
export interface Change {
  readonly kind: "same" | "changed" | "fails" | "works" | "fails-too";
  /** From the result in force (`expected`) to the draft's (`got`). */
  readonly differences: readonly Difference[];
  /** What the draft failed with. */
  readonly failure: HubError | null;
}

/** Look-ups find nobody on either side: what they would find is the store's matter, and the same for both. */
const NOBODY = fixtureAnswers(NO_FIXTURES);

/** Takes a record down both versions of a flow. It never throws for either. */
export function compareDrafts(now: CompiledFlow, draft: CompiledFlow, { value, info }: Met): Change {
  const before = outcomeOf(now, value, info);
  const after = outcomeOf(draft, value, info);
  if ("error" in after) {
    const kind = "error" in before ? "fails-too" : "fails";
    return { kind, differences: [], failure: after.error };
  }
  if ("error" in before) return { kind: "works", differences: [], failure: null };
  const found = [
    ...differences(before.mapped, after.mapped),
    ...differences(before.routes, after.routes, "/(routes)"),
  ];
  return { kind: found.length === 0 ? "same" : "changed", differences: found, failure: null };
}

type Outcome = { readonly mapped: Json; readonly routes: readonly string[] } | { readonly error: HubError };

function outcomeOf(flow: CompiledFlow, value: Json, info: RecordInfo): Outcome {
  try {
    const { mapped, routes } = flow.prepare(value, info, NOBODY);
    return { mapped, routes: [...routes] };
  } catch (thrown) {
    return { error: asHubError(thrown) };
  }
}
