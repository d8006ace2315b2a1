import type { BundleFilter, BundleSummary, Page, Paged } from "../../store/queries.ts";
import { type BundleColumns, toBundle } from "../rows/bundle-row.ts";
import { conditions } from "../rows/conditions.ts";
import { cutPage, LAST } from "../rows/page.ts";
import { flowNames } from "./query-flows.ts";
import type { Sql, SqlValue } from "./sql.ts";

export function listBundles(sql: Sql, filter: BundleFilter, page: Page): Paged<BundleSummary> {
  const names = flowNames(sql);
  const where = conditions<SqlValue>("?");
  where.add("b.id < $?", page.before ?? LAST);
  if (filter.flow !== undefined) where.add("b.flow = $?", names.idOf(filter.flow));
  if (filter.state !== undefined) where.add("b.state = $?", filter.state);
  const rows = sql.all<BundleColumns & { target: string }>(
    `SELECT b.*, r.target FROM bundle b JOIN route r ON r.id = b.route WHERE ${where.text()}
     ORDER BY b.id DESC LIMIT ${where.next()}`,
    ...where.values,
    page.limit + 1,
  );
  const items = rows.map((row) => ({ ...toBundle(row), flow: names.nameOf(row.flow), to: row.target }));
  return cutPage(items, page.limit, (bundle) => bundle.id);
}
