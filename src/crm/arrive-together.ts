import type { CrmTables, Newcomers, Utf8Texts } from "../store/crm-tables.ts";
import type { CrmItem, CrmResult } from "./apply.ts";
import { arrived } from "./arrivals.ts";
import { contactPacker } from "./contact-columns.ts";
import type { Newcomer } from "./newcomer.ts";

/**
 * Stores newcomers by column, where they are all that a batch of messages has to write.
 * @param items of each newcomer, in their order
 * @returns what became of each; null when nothing was written, since they have too little in common
 */
export async function arriveTogether(
  items: readonly CrmItem[],
  newcomers: readonly Newcomer[],
  tables: CrmTables,
  now: number,
): Promise<readonly CrmResult[] | null> {
  const columns = columnsOf(items, newcomers);
  if (columns === null) return null;
  const ids = await tables.reserve(items.length, items.length);
  await tables.arrive(columns, ids, now);
  return newcomers.map((newcomer, at) => arrived(columns.system, newcomer, ids.customer + at));
}

function columnsOf(items: readonly CrmItem[], newcomers: readonly Newcomer[]): Newcomers | null {
  const [first] = items;
  if (first === undefined) return null;
  const { system, origin } = first;
  const { flowVersion } = origin;
  const places: number[] = [];
  for (const { system: from, origin: own } of items) {
    if (from !== system || own.flowVersion !== flowVersion || own.message === null || own.file !== null)
      return null;
    places.push(own.message);
  }
  const contacts = contactPacker();
  for (const [owner, newcomer] of newcomers.entries()) contacts.add(owner, newcomer.contacts);
  return {
    ...{ system, file: null, flowVersion, rows: places },
    at: items.map((item) => item.origin.at),
    externalIds: newcomers.map(({ externalId }) => externalId),
    versions: items.map(({ version }) => version),
    hashes: items.map(({ hash }) => hash),
    values: utf8(newcomers),
    names: newcomers.map(({ name }) => name),
    folded: newcomers.map(({ folded }) => folded),
    statuses: newcomers.map(({ status }) => status),
    contacts: contacts.pack(),
  };
}

function utf8(newcomers: readonly Newcomer[]): Utf8Texts {
  const texts = newcomers.map(({ values }) => (typeof values === "string" ? Buffer.from(values) : values));
  return { bytes: Buffer.concat(texts), lengths: texts.map(({ length }) => length) };
}
