import type { Page } from "./api-shape.ts";
import type { HubClient, Query } from "./client.ts";

/** A search that finds nothing looks at this many pages before it asks to be continued. */
const PAGES = 20;

/**
 * Up to `limit` items of a list. The hub gives up on a page after a fixed number of rows looked at, so a short page is
 * continued here; what is not found then is never shown as "there is none": `next` says so.
 */
export async function readPage<Item>(
  hub: HubClient,
  path: string,
  query: Query,
  limit: number,
): Promise<Page<Item>> {
  const items: Item[] = [];
  let next: number | string | null = null;
  for (let page = 0; page < PAGES; page++) {
    const cursor = next ?? query["cursor"];
    const found: Page<Item> = await hub.get<Page<Item>>(path, {
      ...query,
      cursor,
      limit: limit - items.length,
    });
    items.push(...found.items);
    next = found.next;
    if (next === null || items.length >= limit) break;
  }
  return { items, next };
}

/** What stands below a list, or in its place. */
export function pageEnd(page: Page<unknown>, none: string): string {
  if (page.next === null) return page.items.length === 0 ? none : "";
  return page.items.length === 0
    ? `Nothing found so far; look further with --next ${page.next}`
    : `more: add --next ${page.next}`;
}
