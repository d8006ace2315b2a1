import { join } from "node:path";
import { setImmediate as otherWork } from "node:timers/promises";
import { HubError } from "../../errors.ts";
import type { MessageFilter, MessageSummary, Page, Paged, Queries } from "../../store/queries.ts";
import { accessReads } from "./access-table.ts";
import { listBundles } from "./query-bundles.ts";
import { readErrorGroups } from "./query-error-groups.ts";
import { findFile, listFiles, listRejects, readFileTotals } from "./query-files.ts";
import {
  flowNames,
  listAlerts,
  listAudit,
  listSlots,
  readBooks,
  readChain,
  readTraffic,
} from "./query-flows.ts";
import { readDeliveryBody, readExchange, readMessage, readRaw } from "./query-message.ts";
import { listMessages } from "./query-message-list.ts";
import { readPending, readQueuedLanes } from "./query-pending.ts";
import { readForgotten, readRetention } from "./query-retention.ts";
import { readTries } from "./query-tries.ts";
import { readUnfinished } from "./query-unfinished.ts";
import { listVersions, readTexts } from "./query-version.ts";
import { openSql, type Sql } from "./sql.ts";
import { DATABASE } from "./store.ts";

/**
 * Opens the read port on the embedded store's folder: a connection of its own that cannot write.
 * The store must have been opened before, which creates the tables.
 */
export function openSqliteQueries(folder: string): Queries {
  return sqliteQueries(openSql(join(folder, DATABASE), "reader"));
}

/** The read port over an open connection. */
export function sqliteQueries(sql: Sql): Queries {
  return {
    messages: (filter, page) => wholePage(sql, filter, page),
    message: async (place) => readMessage(sql, place),
    raw: async (place, limit) => readRaw(sql, place, limit),
    files: async (filter, page) => listFiles(sql, filter, page),
    file: async (id) => findFile(sql, id),
    bundles: async (filter, page) => listBundles(sql, filter, page),
    rejects: async (file, page) => listRejects(sql, file, page),
    slots: async (flow, page) => listSlots(sql, flowNames(sql).idOf(flow), page),
    books: async (flow, from, to) => readBooks(sql, flowNames(sql).idOf(flow), from, to),
    traffic: async (from, minutes) => readTraffic(sql, from, minutes),
    deliveryBody: async (id, limit) => readDeliveryBody(sql, id, limit),
    attempts: async (delivery, page) => readTries(sql, delivery, page),
    exchange: async (attempt) => readExchange(sql, attempt),
    audit: async (page) => listAudit(sql, page),
    alerts: async (filter, page) => listAlerts(sql, filter, page),
    auditChain: async (after, limit) => readChain(sql, after, limit),
    access: accessReads(sql),
    errorGroups: async (filter) => readErrorGroups(sql, filter),
    versions: async (flow) => listVersions(sql, flowNames(sql).idOf(flow)),
    texts: async (flow, hash) => readTexts(sql, flowNames(sql).idOf(flow), hash),
    queuedLanes: async () => readQueuedLanes(sql),
    pending: async (now) => readPending(sql, now),
    unfinished: async () => readUnfinished(sql),
    fileTotals: async (since) => readFileTotals(sql, since),
    retention: async (now) => readRetention(sql, now),
    isForgotten: async (kind, number) => readForgotten(sql, kind, number),
    async ping() {
      try {
        sql.get("SELECT name FROM flow LIMIT 1");
      } catch (error) {
        throw new HubError("TL_STORE_FAILED", "the store does not answer a read", { cause: error });
      }
    },
    async close() {
      sql.close();
    },
  };
}

/** A filter that few messages meet, and no index serves, is followed this far for one page: half a million rows. */
const MOST_ROUNDS = 25;

/** Fills a page in several short rounds, between which other requests get their turn. */
async function wholePage(sql: Sql, filter: MessageFilter, page: Page): Promise<Paged<MessageSummary>> {
  let found = listMessages(sql, filter, page);
  for (
    let round = 1;
    round < MOST_ROUNDS && found.next !== null && found.items.length < page.limit;
    round++
  ) {
    await otherWork();
    const more = listMessages(sql, filter, { before: found.next, limit: page.limit - found.items.length });
    found = { items: [...found.items, ...more.items], next: more.next };
  }
  return found;
}
