import type { AccessTable } from "./access-table.ts";
import type { AlertTable } from "./alert-table.ts";
import type { AuditTable } from "./audit-table.ts";
import type { BundleTable } from "./bundle-table.ts";
import type { CrmTables } from "./crm-tables.ts";
import type { CursorTable } from "./cursor-table.ts";
import type { DeliveryTable } from "./delivery-table.ts";
import type { FileTable } from "./file-table.ts";
import type { FlowTable } from "./flow-table.ts";
import type { LaneTable, Seat } from "./lane-table.ts";
import type { MessageTable } from "./message-table.ts";
import type { MuteTable } from "./mute-table.ts";
import type { RetentionTable } from "./retention-table.ts";
import type { SlotTable } from "./slot-table.ts";
import type { TallyTable } from "./tally-table.ts";

/**
 * The store port: the one truth about messages, deliveries, files, schedules and customers.
 * Everything else (dispatcher, caches, screens) may be lost and is made again from here.
 */
export interface Store {
  /**
   * Runs `work` alone and commits what it did, or, when it throws, undoes all of it. Resolved = it would survive a
   * power cut (fsync). No network call and no waiting for people happens inside.
   * @param sharing whether it may be committed together with another one; alone unless given
   * @throws HubError TL_STORE_FAILED when the commit fails, or whatever `work` throws
   */
  transaction<T>(work: (tx: Tx) => Promise<T>, sharing?: Sharing): Promise<T>;
  readonly seat: Seat;
  /** Copies the store to a new folder while it is in use; the copy is consistent. */
  backup(folder: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * How a transaction goes with others, in a store where each commit costs an fsync. One that `waits` is committed with
 * those that `join` it, when such are asked for right after its work is done. Each is undone for its own failure alone.
 * One that joins must not rest on what its store's user learns from the end of another.
 */
export type Sharing = "alone" | "waits" | "joins";

/** The tables as one transaction sees them. Valid until the transaction ends. */
export interface Tx {
  readonly messages: MessageTable;
  readonly deliveries: DeliveryTable;
  readonly flows: FlowTable;
  readonly files: FileTable;
  readonly bundles: BundleTable;
  readonly slots: SlotTable;
  readonly cursors: CursorTable;
  readonly tallies: TallyTable;
  readonly access: AccessTable;
  readonly audit: AuditTable;
  readonly alerts: AlertTable;
  readonly mutes: MuteTable;
  readonly retention: RetentionTable;
  readonly crm: CrmTables;
  readonly lanes: LaneTable;
}
