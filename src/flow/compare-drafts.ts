import type { HubError } from "../errors.ts";
import { type Difference, differences } from "./case-diff.ts";
import type { CompiledFlow } from "./compile.ts";
import { type Met, mapAlone } from "./map-alone.ts";

/** What becomes of one record when the draft takes the place of the mapping that is in force. */
export interface Change {
  readonly kind: "same" | "changed" | "fails" | "works" | "fails-too";
  /** From the result in force (`expected`) to the draft's (`got`). */
  readonly differences: readonly Difference[];
  /** What the draft failed with. */
  readonly failure: HubError | null;
}

/** Takes a record down both versions of a flow. It never throws for either. */
export function compareDrafts(now: CompiledFlow, draft: CompiledFlow, met: Met): Change {
  const before = mapAlone(now, met);
  const after = mapAlone(draft, met);
  if ("error" in after) {
    const kind = "error" in before ? "fails-too" : "fails";
    return { kind, differences: [], failure: after.error };
  }
  if ("error" in before) return { kind: "works", differences: [], failure: null };
  const found = [
    ...differences(before.mapped, after.mapped),
    ...differences([...before.routes], [...after.routes], "/(routes)"),
  ];
  return { kind: found.length === 0 ? "same" : "changed", differences: found, failure: null };
}
