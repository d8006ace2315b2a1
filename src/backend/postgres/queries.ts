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
import type { ReadSql } from "./sql.ts";

/** The read port over connections that only read. */
export function postgresQueries(sql: ReadSql, close: () => Promise<void>): Queries {
  const idOf = async (flow: string): Promise<number> => (await flowNames(sql)).idOf(flow);
  return {
    messages: (filter, page) => wholePage(sql, filter, page),
    message: (place) => readMessage(sql, place),
    raw: (place, limit) => readRaw(sql, place, limit),
    files: (filter, page) => listFiles(sql, filter, page),
    file: (id) => findFile(sql, id),
    bundles: (filter, page) => listBundles(sql, filter, page),
    rejects: (file, page) => listRejects(sql, file, page),
    slots: async (flow, page) => listSlots(sql, await idOf(flow), page),
    books: async (flow, from, to) => readBooks(sql, await idOf(flow), from, to),
    traffic: (from, minutes) => readTraffic(sql, from, minutes),
    deliveryBody: (id, limit) => readDeliveryBody(sql, id, limit),
    attempts: (delivery, page) => readTries(sql, delivery, page),
    exchange: (attempt) => readExchange(sql, attempt),
    audit: (page) => listAudit(sql, page),
    alerts: (filter, page) => listAlerts(sql, filter, page),
    auditChain: (after, limit) => readChain(sql, after, limit),
    access: accessReads(sql),
    errorGroups: (filter) => readErrorGroups(sql, filter),
    versions: async (flow) => listVersions(sql, await idOf(flow)),
    texts: async (flow, hash) => readTexts(sql, await idOf(flow), hash),
    queuedLanes: () => readQueuedLanes(sql),
    pending: (now) => readPending(sql, now),
    unfinished: () => readUnfinished(sql),
    fileTotals: (since) => readFileTotals(sql, since),
    retention: (now) => readRetention(sql, now),
    isForgotten: (kind, number) => readForgotten(sql, kind, number),
    async ping() {
      await sql.get("SELECT name FROM flow LIMIT 1");
    },
    close,
  };
}

/** A filter that few messages meet, and no index serves, is followed this far for one page: half a million rows. */
const MOST_ROUNDS = 25;

/** Fills a page in several short rounds, so that none of them holds a connection for long. */
async function wholePage(sql: ReadSql, filter: MessageFilter, page: Page): Promise<Paged<MessageSummary>> {
  const items: MessageSummary[] = [];
  let before = page.before;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const found = await listMessages(sql, filter, { before, limit: page.limit - items.length });
    items.push(...found.items);
    before = found.next;
    if (before === null || items.length >= page.limit) break;
  }
  return { items, next: before };
}
