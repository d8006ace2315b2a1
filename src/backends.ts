import { existsSync } from "node:fs";
import { join } from "node:path";
import { inProcessDispatcher } from "./backend/in-process/dispatcher.ts";
import type { DispatchSettings, StorageSettings } from "./config/hub-settings.ts";
import { partOf, type Role } from "./config/role.ts";
import { describeStorage } from "./config/storage.ts";
import type { Dispatcher, DispatchNews } from "./dispatch/dispatcher.ts";
import { HubError } from "./errors.ts";
import type { CrmReads } from "./store/crm-reads.ts";
import { type Moved, move } from "./store/move.ts";
import type { Queries } from "./store/queries.ts";
import type { Restored } from "./store/restored.ts";
import type { Store } from "./store/store.ts";

/** A store, and whether it was made just now. */
export interface OpenedStore {
  readonly store: Store;
  readonly fresh: boolean;
}

/** The read ports, for the front; `queries.close` closes both. */
export interface Reads {
  readonly queries: Queries;
  readonly crm: CrmReads;
}

/**
 * Opens the store the settings name, with the technology's code loaded only then.
 * @param forgotten called when other processes have given this one up, where there can be others
 * @param away called once when the store's server is not there: then it is waited for
 * @throws HubError TL_CONFIG_INVALID when it cannot have a role, TL_CONFLICT when another hub has it, TL_STORE_FAILED when it cannot be opened
 */
export async function openStore(
  storage: StorageSettings,
  role: Role,
  forgotten: (error: HubError) => void,
  away: (error: HubError) => void,
): Promise<OpenedStore> {
  if (storage.kind === "postgres") {
    const { openPostgresStore } = await import("./backend/postgres/store.ts");
    return openPostgresStore(storage, forgotten, away, partOf(role));
  }
  if (role !== "all")
    throw new HubError(
      "TL_CONFIG_INVALID",
      `an embedded store serves one process, which cannot be \`${role}\` only`,
      {
        cure: "Start it without --role, or set `storage` to a PostgreSQL that several processes share.",
      },
    );
  const { DATABASE, openSqliteStore } = await import("./backend/sqlite/store.ts");
  const fresh = !existsSync(join(storage.folder, DATABASE));
  return { store: openSqliteStore(storage.folder), fresh };
}

/** Loads what opens the read ports. To be called when the store has been opened, which makes the tables. */
export async function readsOf(storage: StorageSettings): Promise<() => Reads> {
  if (storage.kind === "postgres") {
    const { openPostgresReads } = await import("./backend/postgres/reads.ts");
    return () => openPostgresReads(storage);
  }
  const { openSqliteReads } = await import("./backend/sqlite/reads.ts");
  return () => openSqliteReads(storage.folder);
}

/**
 * Looks at a store that no hub has open.
 * @throws HubError TL_CONFLICT while one has
 */
export async function inspectStore(storage: StorageSettings): Promise<{
  readonly exists: boolean;
  readonly problems: readonly string[];
  readonly found: string;
}> {
  if (storage.kind === "postgres") {
    const { inspectPostgresStore } = await import("./backend/postgres/inspect.ts");
    return { ...(await inspectPostgresStore(storage)), problems: [] };
  }
  const { inspectSqliteStore } = await import("./backend/sqlite/inspect.ts");
  const report = inspectSqliteStore(storage.folder);
  return { ...report, found: "opens, and its own check finds nothing" };
}

/**
 * Makes the embedded store of the empty folder `to` from the backup in `from`.
 * @throws HubError TL_NOT_FOUND when there is no backup, TL_STORE_FAILED when it is damaged
 */
export async function restoreStore(from: string, to: string): Promise<Restored> {
  const { restoreSqliteStore } = await import("./backend/sqlite/restore.ts");
  return restoreSqliteStore(from, to);
}

/**
 * Moves the embedded store, which no hub has open, to another technology, messages in flight included.
 * @throws HubError TL_CONFLICT while a hub has one of the two, or when something is stored there already
 */
export async function moveStore(
  from: StorageSettings,
  to: StorageSettings,
  progress: (rows: number, of: number) => void,
): Promise<Moved> {
  if (from.kind !== "sqlite" || to.kind !== "postgres")
    throw new HubError("TL_USAGE", "a store is moved from SQLite to PostgreSQL", {
      cure: "For PostgreSQL to PostgreSQL use pg_dump and pg_restore; README.md says how, under Operate.",
    });
  const { openSqliteDeparture } = await import("./backend/sqlite/depart.ts");
  const { openPostgresArrival } = await import("./backend/postgres/arrive.ts");
  const departure = openSqliteDeparture(from.folder);
  try {
    const arrival = await openPostgresArrival(to);
    try {
      return await move(departure, arrival, describeStorage(to), progress);
    } finally {
      await arrival.close();
    }
  } finally {
    departure.close();
  }
}

/**
 * Opens the dispatcher the settings name, with the library's code loaded only then.
 * @param failed called with what the work threw that somebody was woken for
 * @throws HubError TL_CONFIG_INVALID when Redis is not fit to wake anybody, or refuses the hub
 */
export async function openDispatcher(
  dispatch: DispatchSettings,
  now: () => number,
  failed: (error: unknown) => void,
  news: DispatchNews,
): Promise<Dispatcher> {
  if (dispatch.kind === "in-process") return inProcessDispatcher(now, failed);
  const { openBullmqDispatcher } = await import("./backend/bullmq/dispatcher.ts");
  return openBullmqDispatcher(dispatch, { now, failed, news });
}

/**
 * Looks at what wakes workers, without changing it; says what was found.
 * @throws HubError TL_CONFIG_INVALID when a hub would refuse it, TL_DISPATCH_UNAVAILABLE when it would go on without
 */
export async function inspectDispatch(dispatch: DispatchSettings): Promise<string> {
  if (dispatch.kind === "in-process") return "nothing to look at";
  const { inspectRedis } = await import("./backend/bullmq/inspect.ts");
  return inspectRedis(dispatch);
}
