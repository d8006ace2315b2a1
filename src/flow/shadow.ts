import type { FlowDefinition } from "../config/flow-definition.ts";
import { asHubError, type HubError } from "../errors.ts";
import type { Mapping } from "../mapping/mapping.ts";
import type { Json } from "../message/json.ts";
import { differences } from "./case-diff.ts";
import { versionHash } from "./version-hash.ts";

/** Compares what mappings make of some records with what the reference library makes of them. */
export interface Shadow {
  /** One evaluation of so many is compared, the first of each flow version among them; 0: none. */
  readonly every: number;
  report(finding: ShadowFinding): void;
}

/** One comparison. Never holds values of the record. */
export interface ShadowFinding {
  readonly flow: string;
  /** Path of the mapping. */
  readonly mapping: string;
  /** `error`: one of the two ran out of its limits, so there is nothing to compare. */
  readonly result: "same" | "different" | "error";
  /** Hash of the flow version, and JSON pointer of the first difference; null unless they differ. */
  readonly difference: { readonly version: string; readonly pointer: string } | null;
}

/**
 * The mapping's evaluation, now and then with a second one by the reference, which changes nothing of the first. Mappings
 * that ask for the time or for chance are never compared.
 * @param aside does work of which whoever answers look-ups takes no notice
 */
export function shadowed(
  mapping: Mapping,
  definition: FlowDefinition,
  shadow: Shadow | null,
  aside: (work: () => void) => void,
): Mapping["evaluate"] {
  if (shadow === null || shadow.every === 0) return mapping.evaluate;
  let left = 1;
  return (input, bindings) => {
    left -= 1;
    if (left > 0) return mapping.evaluate(input, bindings);
    // Asked when the first is to be compared, and not before: the answer takes the library and its syntax tree.
    if (!mapping.repeatable) {
      left = Number.POSITIVE_INFINITY;
      return mapping.evaluate(input, bindings);
    }
    left = shadow.every;
    const ours = outcomeOf(() => mapping.evaluate(input, bindings));
    aside(() => {
      const reference = outcomeOf(() => mapping.reference(input, bindings));
      shadow.report({ flow: definition.name, mapping: mapping.path, ...judge(ours, reference, definition) });
    });
    if ("error" in ours) throw ours.error;
    return ours.value;
  };
}

type Outcome = { readonly value: Json | undefined } | { readonly error: HubError };

function outcomeOf(evaluate: () => Json | undefined): Outcome {
  try {
    return { value: evaluate() };
  } catch (thrown) {
    return { error: asHubError(thrown) };
  }
}

function judge(
  ours: Outcome,
  reference: Outcome,
  { texts }: FlowDefinition,
): Pick<ShadowFinding, "result" | "difference"> {
  const pointer = firstDifference(ours, reference);
  if (pointer === null) return { result: "same", difference: null };
  if (isRunaway(ours) || isRunaway(reference)) return { result: "error", difference: null };
  return { result: "different", difference: { version: versionHash(texts), pointer } };
}

function firstDifference(ours: Outcome, reference: Outcome): string | null {
  if ("value" in ours && "value" in reference)
    return differences(reference.value, ours.value)[0]?.pointer ?? null;
  return "error" in ours && "error" in reference && kindOf(ours.error) === kindOf(reference.error)
    ? null
    : "";
}

/** The hub's code and, in front of the text, the library's own. */
function kindOf({ code, message }: HubError): string {
  return `${code} ${/^[A-Z]\d{4}(?=:)/.exec(message)?.[0] ?? ""}`;
}

function isRunaway(outcome: Outcome): boolean {
  return "error" in outcome && outcome.error.code === "TL_MAPPING_RUNAWAY";
}
