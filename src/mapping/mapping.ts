import type { Json } from "../message/json.ts";
import type { SourcePath } from "./lineage/trace.ts";

/** A part of a mapping that cannot be compiled. */
export interface Unsupported {
  readonly line: number;
  readonly column: number;
  readonly construct: string;
}

/** A compiled JSONata expression (jsonata.org). */
export interface Mapping {
  /** Path of the file, or `flow.yaml#key` for an expression inside one. */
  readonly path: string;
  readonly text: string;
  /** All of it runs as compiled code. */
  readonly native: boolean;
  /** What cannot be compiled; with any of it the whole mapping is interpreted. */
  readonly unsupported: readonly Unsupported[];
  /** Every place of the input that it reads, with the line and column; worked out when first asked for. */
  readonly paths: readonly SourcePath[];
  /**
   * Evaluates over one input. A result of "nothing" is undefined.
   * @throws HubError TL_MAPPING_FAILED or TL_MAPPING_RUNAWAY with line:column; never quotes values
   */
  evaluate(input: Json, bindings?: Readonly<Record<string, Json>>): Json | undefined;
  /** How it runs, for people: `native`, or `fallback` with the reasons. */
  explain(): string;
  /** The same by the library itself, within the same limits: what `evaluate` is compared with now and then. */
  reference(input: Json, bindings?: Readonly<Record<string, Json>>): Json | undefined;
  /** False when two evaluations of one input may differ: it asks for the time, or for chance. */
  readonly repeatable: boolean;
}

/** An expression that is only a path of names (`order.customer.id`) as a function; cheap enough for the front thread. */
export type PathGetter = (input: Json) => Json | undefined;
