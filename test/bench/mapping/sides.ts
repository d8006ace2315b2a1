import jsonata from "jsonata";
import type { Json } from "../../../src/message/json.ts";
import { compiled } from "../compiled.ts";
import type { Kind } from "./kind.ts";

/** Everything that maps a record of one kind. */
export interface MappingSides {
  /** As published; asynchronous, as users of it have it. */
  readonly library: (record: object) => Promise<unknown>;
  /** The same library, guarded and made synchronous. */
  readonly reference: (record: object) => unknown;
  /** What the hub runs. */
  readonly compiled: (record: object) => unknown;
  /** The same with limits out of reach: what it costs to count towards them remains. */
  readonly unlimited: (record: object) => unknown;
  readonly byHand: (record: object) => unknown;
}

/** Seconds, so that a busy machine ends nothing. */
const LIMITS = { deadline: 5_000 };

export async function openSides(kind: Kind): Promise<MappingSides> {
  const { compileMapping } =
    await compiled<typeof import("../../../src/mapping/compile.ts")>("src/mapping/compile");
  const published = jsonata(kind.text);
  const mapping = compileMapping(kind.text, { path: kind.name, limits: LIMITS });
  const unlimited = compileMapping(kind.text, { path: kind.name, limits: NO_LIMITS });
  return {
    library: (record) => published.evaluate(record),
    reference: await openReference(kind.text),
    compiled: (record) => mapping.evaluate(record as Json),
    unlimited: (record) => unlimited.evaluate(record as Json),
    byHand: kind.byHand as (record: object) => unknown,
  };
}

const NONE = Number.POSITIVE_INFINITY;
const NO_LIMITS = { deadline: NONE, sequence: NONE, text: NONE, depth: NONE };

async function openReference(text: string): Promise<MappingSides["reference"]> {
  const { referenceEvaluation } =
    await compiled<typeof import("../../../src/mapping/reference.ts")>("src/mapping/reference");
  const { startWatch } = await compiled<typeof import("../../../src/mapping/watch.ts")>("src/mapping/watch");
  const { toPlainJson } =
    await compiled<typeof import("../../../src/mapping/border.ts")>("src/mapping/border");
  const { DEFAULT_LIMITS } =
    await compiled<typeof import("../../../src/mapping/limits.ts")>("src/mapping/limits");
  const { evaluate } = referenceEvaluation(text, "", {});
  const limits = { ...DEFAULT_LIMITS, ...LIMITS };
  return (record) => {
    startWatch(limits);
    return toPlainJson(evaluate(record as Json));
  };
}
