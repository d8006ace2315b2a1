import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { HubError } from "../../errors.ts";
import { highestNumber, NUMBERED } from "./counter.ts";
import { openSql } from "./sql.ts";
import { DATABASE } from "./store.ts";

/**
 * How far a restored store's numbers jump. Messages accepted after the backup was made had places just above it; targets
 * may have seen them, so the new ones must not bear their names.
 */
const JUMP = 2 ** 32;

/**
 * Makes a store from the backup in `from`, in the empty folder `to`. It is a new epoch: places, deliveries and
 * customers are numbered on well above the old ones.
 * @throws HubError TL_NOT_FOUND when there is no backup, TL_STORE_FAILED when it is damaged
 */
export function restoreSqliteStore(from: string, to: string): void {
  const source = join(from, DATABASE);
  if (!existsSync(source)) {
    throw new HubError("TL_NOT_FOUND", `${from} holds no backup`, {
      cure: "Name the folder that `tieline backup` wrote.",
    });
  }
  copyFileSync(source, join(to, DATABASE));
  const sql = openSql(join(to, DATABASE), "writer");
  try {
    const check = sql.get<{ integrity_check: string }>("PRAGMA integrity_check(1)")?.integrity_check;
    if (check !== "ok")
      throw new HubError("TL_STORE_FAILED", `the backup is damaged: ${check ?? "no answer"}`);
    for (const name of Object.keys(NUMBERED) as (keyof typeof NUMBERED)[]) {
      const next = highestNumber(sql, name) + JUMP;
      sql.run("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", `floor.${name}`, String(next));
    }
  } finally {
    sql.close();
  }
}
