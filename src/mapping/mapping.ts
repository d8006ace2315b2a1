import type { Json } from "../message/json.ts";

/** A compiled JSONata expression (jsonata.org). */
export interface Mapping {
  /** Path of the file, or `flow.yaml#key` for an expression inside one. */
  readonly path: string;
  readonly text: string;
  /**
   * Evaluates over one input. A result of "nothing" is undefined.
   * @throws HubError TL_MAPPING_FAILED or TL_MAPPING_RUNAWAY with line:column; never quotes values
   */
  evaluate(input: Json, bindings?: Readonly<Record<string, Json>>): Json | undefined;
}

/** An expression that is only a path of names (`order.customer.id`) as a function; cheap enough for the front thread. */
export type PathGetter = (input: Json) => Json | undefined;
