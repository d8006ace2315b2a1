import type { HubStarter } from "./start.ts";

/** What the entry hands to the commands, so that they need not know which technology keeps the data. */
export interface Ports {
  readonly startHub: HubStarter;
  /**
   * Makes the store of `to` (an empty data folder) from the backup in `from`.
   * @throws HubError when the backup is not whole
   */
  restoreStore(from: string, to: string): Promise<void>;
  /**
   * Looks at the store of a data folder without changing it.
   * @throws HubError TL_CONFLICT while a hub has the folder
   */
  inspectStore(folder: string): Promise<StoreReport>;
}

export interface StoreReport {
  /** False: there is no store yet; the first start makes it. */
  readonly exists: boolean;
  /** What the store's own check found; empty when it is whole. */
  readonly problems: readonly string[];
  readonly bytes: number;
}
