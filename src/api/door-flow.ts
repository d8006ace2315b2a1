import type { FlowDefinition } from "../config/flow-definition.ts";
import type { PushSource } from "../connector/contract.ts";
import { toKey } from "../flow/key.ts";
import type { Format } from "../format/format.ts";
import type { PathGetter } from "../mapping/mapping.ts";
import { ArrayOnPath, pathGetter } from "../mapping/path.ts";
import type { Json } from "../message/json.ts";
import type { ApiDeps, FlowEntry } from "./deps.ts";

/** One flow that senders call, with all that the door needs to judge an item. */
export interface DoorFlow {
  readonly id: number;
  readonly name: string;
  readonly version: number;
  readonly definition: FlowDefinition;
  readonly source: PushSource;
  /** Bytes. */
  readonly limit: number;
  readonly format: Format;
  /** Content types that were found to be right before, as they were written. */
  readonly knownTypes: Set<string>;
  /** Null: the engine must evaluate the expression. */
  readonly key: PathGetter | null;
  readonly event: PathGetter | null;
}

const LIMIT_BYTES = 1024 * 1024;

/**
 * The flows by `system/source`. Flows that do not read a push source, or have no version in force, are left out.
 * @param whose those that senders call, or those that the hub's own API fills
 */
export function doorFlows(
  deps: ApiDeps,
  entries: readonly FlowEntry[],
  whose: "senders" | "own" = "senders",
): ReadonlyMap<string, DoorFlow> {
  const flows = new Map<string, DoorFlow>();
  for (const entry of entries) {
    const { definition, status } = entry;
    if (definition === null || !("system" in definition.source) || status.version === null) continue;
    const { system, read } = definition.source;
    const source = deps.source(system, read);
    const address = `${system}/${read}`;
    if (source === undefined || flows.has(address) || (source.own === true) !== (whose === "own")) continue;
    const format = deps.openFormat(definition);
    flows.set(address, {
      id: status.id,
      name: status.name,
      version: status.version,
      definition,
      source,
      limit: Math.min(source.limit ?? LIMIT_BYTES, definition.limits.body),
      format,
      knownTypes: new Set(),
      key: definition.key === null ? null : pathGetter(definition.key),
      event: definition.event === null ? null : pathGetter(definition.event),
    });
  }
  return flows;
}

/**
 * The key that orders the item; undefined when only the engine can tell.
 * @throws HubError TL_KEY_MISSING
 */
export function keyOf(flow: DoorFlow, value: Json): string | null | undefined {
  if (flow.definition.key === null) return null;
  if (flow.key === null) return undefined;
  const found = read(flow.key, value);
  if (found === ENGINE) return undefined;
  return toKey(found, flow.definition.file);
}

/** The name of the happening, from the content; null: it has none; undefined when only the engine can tell. */
export function eventOf(flow: DoorFlow, value: Json): string | null | undefined {
  if (flow.event === null) return undefined;
  const found = read(flow.event, value);
  if (found === ENGINE) return undefined;
  // Empty texts would all name the same happening.
  return (typeof found === "string" && found !== "") || typeof found === "number" ? String(found) : null;
}

const ENGINE = Symbol("the engine must tell");

function read(getter: PathGetter, value: Json): Json | undefined | typeof ENGINE {
  try {
    return getter(value);
  } catch (error) {
    if (error instanceof ArrayOnPath) return ENGINE;
    throw error;
  }
}
