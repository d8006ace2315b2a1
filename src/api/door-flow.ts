import type { FlowDefinition } from "../config/flow-definition.ts";
import type { PushSource } from "../connector/contract.ts";
import { HubError } from "../errors.ts";
import { decodeText } from "../format/encoding.ts";
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
  readonly decode: (body: Uint8Array) => Json;
  readonly format: Format;
  /** Null: the engine must evaluate the expression. */
  readonly key: PathGetter | null;
  readonly event: PathGetter | null;
}

const LIMIT_BYTES = 1024 * 1024;

/** The flows by `system/source`. Flows that do not read a push source, or have no version in force, are left out. */
export function doorFlows(deps: ApiDeps, entries: readonly FlowEntry[]): ReadonlyMap<string, DoorFlow> {
  const flows = new Map<string, DoorFlow>();
  for (const entry of entries) {
    const { definition, status } = entry;
    if (definition === null || !("system" in definition.source) || status.version === null) continue;
    const { system, read } = definition.source;
    const source = deps.source(system, read);
    const address = `${system}/${read}`;
    if (source === undefined || flows.has(address)) continue;
    const format = deps.openFormat(definition);
    flows.set(address, {
      id: status.id,
      name: status.name,
      version: status.version,
      definition,
      source,
      limit: Math.min(source.limit ?? LIMIT_BYTES, definition.limits.body),
      format,
      decode: decoderOf(format),
      key: definition.key === null ? null : pathGetter(definition.key),
      event: definition.event === null ? null : pathGetter(definition.event),
    });
  }
  return flows;
}

function decoderOf(format: Format): (body: Uint8Array) => Json {
  if (/^utf-?8$/i.test(format.encoding)) return (body) => format.decode(body);
  return (body) => format.decode(decodeText(body, format.encoding));
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
  const key = asName(found);
  if (key === undefined) {
    throw new HubError("TL_KEY_MISSING", "`key` gives no text and no number", {
      place: { file: flow.definition.file },
    });
  }
  return key;
}

/** The name of the happening, from the content; null: it has none; undefined when only the engine can tell. */
export function eventOf(flow: DoorFlow, value: Json): string | null | undefined {
  if (flow.event === null) return undefined;
  const found = read(flow.event, value);
  return found === ENGINE ? undefined : (asName(found) ?? null);
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

function asName(value: Json | undefined): string | undefined {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}
