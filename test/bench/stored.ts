import { join } from "node:path";
import type * as SqlModule from "../../src/backend/sqlite/sql.ts";
import { compiled } from "./compiled.ts";

/** One number out of the database of a hub that has stopped or was killed. */
export async function countStored(data: string, query: string): Promise<number> {
  const { openSql } = await compiled<typeof SqlModule>("src/backend/sqlite/sql");
  // As writer: after a kill the log must be read back in, which a reader may not do.
  const sql = openSql(join(data, "tieline.db"), "writer");
  try {
    return sql.get<{ n: number }>(query)?.n ?? 0;
  } finally {
    sql.close();
  }
}
