import type { FlowDefinition } from "../config/flow-definition.ts";
import type { ShadowFinding } from "../flow/shadow.ts";
import type { NewMessage } from "../store/message-table.ts";
import type { PackedRows } from "./pack-rows.ts";

/** What a mapper, a thread of its own, is opened with. */
export interface MapperStart {
  /** Where compiled mappings are kept. */
  readonly compiled: string;
  /** One evaluation of so many is compared with the reference; 0: none. */
  readonly shadow: number;
}

/** How the engine's end of a mapper looks. Lots come back in the order in which they were sent. */
export interface Mapper {
  send(message: ToMapper): void;
  /** Called with each message; with an error when the thread is gone, and then no more. */
  listen(take: (message: FromMapper) => void, gone: (error: unknown) => void): void;
  close(): Promise<void>;
}

/** Opens a mapper; undefined where there is none to be had. */
export type MapperDoor = (start: MapperStart) => Mapper | undefined;

export type ToMapper =
  /** Lots of this flow version will come. */
  | { readonly kind: "flow"; readonly version: number; readonly definition: FlowDefinition }
  | ({ readonly kind: "lot" } & LotToMap);

/** Messages of one flow version that are being stored, by column. */
export interface LotToMap {
  readonly number: number;
  readonly version: number;
  /** Milliseconds since 1970: when they were accepted. */
  readonly receivedAt: number;
  /** Their bodies, one after the other. */
  readonly bytes: ArrayBuffer;
  readonly lengths: Uint32Array;
  readonly keys: readonly (string | null)[];
  readonly headers: readonly NewMessage["headers"][];
  /** Whether nothing will be asked of a newcomer but what it comes to alone: most are not known. */
  readonly strangers: boolean;
}

export type FromMapper =
  /** It has started. */
  | { readonly kind: "ready" }
  | ({ readonly kind: "mapped" } & MappedLot)
  | { readonly kind: "shadow"; readonly finding: ShadowFinding };

export interface MappedLot {
  readonly number: number;
  /** Of as many messages as a turn had time for. */
  readonly rows: PackedRows;
  /** How long each took; seconds. */
  readonly took: Float64Array;
}
