import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { HubError } from "../../errors.ts";
import type { Restored, RestoredFlow } from "../../store/restored.ts";
import { addAudit } from "./audit-table.ts";
import { highestNumber, NUMBERED } from "./counter.ts";
import { migrate } from "./migrate.ts";
import { openSql, type Sql } from "./sql.ts";
import { DATABASE } from "./store.ts";

/**
 * How far a restored store's numbers jump. Messages accepted after the backup was made had places just above it; targets
 * may have seen them, so the new ones must not bear their names.
 */
const JUMP = 2 ** 32;

/**
 * Makes a store from the backup in `from`, in the empty folder `to`. It is a new epoch: places, deliveries and
 * customers are numbered on well above the old ones. The audit log says so; what is given says where the gaps begin.
 * @throws HubError TL_NOT_FOUND when there is no backup, TL_STORE_FAILED when it is damaged
 */
export function restoreSqliteStore(from: string, to: string): Restored {
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
    const flows = lastOf(sql);
    migrate(sql);
    const note = { actor: "cli", act: "restore", target: from, detail: JSON.stringify(flows), reason: null };
    addAudit(sql, { at: Date.now(), ...note });
    const hashes = sql.all<{ known: string }>(
      "SELECT w.name || ' ' || f.sha256 AS known FROM file f JOIN flow w ON w.id = f.flow",
    );
    const known = new Set(hashes.map((row) => row.known));
    return { flows, knows: (flow, sha256) => known.has(`${flow} ${sha256}`) };
  } finally {
    sql.close();
  }
}

function lastOf(sql: Sql): readonly RestoredFlow[] {
  return sql
    .all<{ id: number; name: string }>("SELECT id, name FROM flow ORDER BY name")
    .map(({ id, name }) => ({
      flow: name,
      message:
        sql.get<NonNullable<RestoredFlow["message"]>>(
          "SELECT place, accepted_at AS at, event FROM message WHERE flow = ? AND replay = 0 ORDER BY place DESC LIMIT 1",
          id,
        ) ?? null,
      file:
        sql.get<NonNullable<RestoredFlow["file"]>>(
          "SELECT name, started_at AS at FROM file WHERE flow = ? ORDER BY id DESC LIMIT 1",
          id,
        ) ?? null,
    }));
}
