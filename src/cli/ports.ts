import type { DispatchSettings, StorageSettings } from "../config/hub-settings.ts";
import type { Role } from "../config/role.ts";
import type { MappingContract } from "../config/strict/check-strict.ts";
import type { LookUpFixtures } from "../flow/look-up-fixtures.ts";
import type { Moved } from "../store/move.ts";
import type { Restored } from "../store/restored.ts";

/** What the entry hands to the commands, so that they need not know which technology keeps the data. */
export interface Ports {
  readonly startHub: HubStarter;
  /**
   * Makes the store of `to` (an empty data folder) from the backup in `from`. Gives what it knows last.
   * @throws HubError when the backup is not whole
   */
  restoreStore(from: string, to: string): Promise<Restored>;
  /**
   * Moves the embedded store to another technology.
   * @param progress called with the rows moved so far of so many
   * @throws HubError TL_CONFLICT while a hub has one of the two, or when something is stored there already
   */
  moveStore(
    from: StorageSettings,
    to: StorageSettings,
    progress: (rows: number, of: number) => void,
  ): Promise<Moved>;
  /**
   * Looks at a store without changing it.
   * @throws HubError TL_CONFLICT while a hub has it
   */
  inspectStore(storage: StorageSettings): Promise<StoreReport>;
  /**
   * Looks at what wakes workers, without changing it; says what was found.
   * @throws HubError TL_CONFIG_INVALID when a hub would refuse it, TL_DISPATCH_UNAVAILABLE when it would go on without
   */
  inspectDispatch(dispatch: DispatchSettings): Promise<string>;
  readonly serveMapping: MappingWorkbench;
}

/** Serves a page for work on one mapping, on this machine only; `url` carries the key to it. */
export type MappingWorkbench = (options: {
  /** Absolute: the only file that is ever written. */
  readonly file: string;
  readonly title: string;
  readonly contract: MappingContract & { readonly map: string };
  readonly samples: readonly {
    readonly name: string;
    readonly text: string;
    /** What look-ups answer when the mapping is tried on it; null: they find nobody. */
    readonly lookups: LookUpFixtures | null;
  }[];
  /** `$message.receivedAt`: milliseconds since 1970. */
  readonly receivedAt: number;
}) => Promise<{ readonly url: string; close(): Promise<void> }>;

export interface StoreReport {
  /** False: there is no store yet; the first start makes it. */
  readonly exists: boolean;
  /** What the store's own check found; empty when it is whole. */
  readonly problems: readonly string[];
  /** What is said of one that is whole. */
  readonly found: string;
}

/** Starts the hub in this process. */
export type HubStarter = (options: HubStart) => Promise<RunningHub>;

export interface HubStart {
  /** The project folder, absolute. */
  readonly dir: string;
  /** The data folder, absolute; undefined: the one of the environment or tieline.yaml. */
  readonly data?: string;
  /** `host:port`, as given; undefined: the one in tieline.yaml. */
  readonly listen?: string;
  readonly role: Role;
  /** Do not run the shipped examples on an empty data folder. */
  readonly empty: boolean;
  readonly version: string;
  /** Prints one line for the person who started it. */
  print(line: string): void;
  /** Aborted when the hub is to stop: one that still waits for its store then does not start. */
  readonly stop: AbortSignal;
}

export interface RunningHub {
  readonly url: string;
  /** Takes nothing new, finishes what is under way, closes. Resolves when all is closed. */
  stop(): Promise<void>;
  /** Resolves when the hub has stopped; rejects when it stopped because it cannot go on. */
  readonly done: Promise<void>;
}
