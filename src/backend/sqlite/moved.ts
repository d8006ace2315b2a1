import { HubError } from "../../errors.ts";
import type { Move } from "../../store/move.ts";
import type { Sql } from "./sql.ts";

const NAME = "moved";

/** Where the store was moved to; null while it is the one to work on. */
export function movedTo(sql: Sql): Move | null {
  const row = sql.get<{ value: string }>("SELECT value FROM meta WHERE name = ?", NAME);
  return row === undefined ? null : (JSON.parse(row.value) as Move);
}

export function setMoved(sql: Sql, move: Move | null): void {
  if (move === null) sql.run("DELETE FROM meta WHERE name = ?", NAME);
  else sql.run("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", NAME, JSON.stringify(move));
}

/** @throws HubError TL_CONFLICT when the store was moved: what is here has been, or will be, worked on there */
export function requireUnmoved(sql: Sql): void {
  const move = movedTo(sql);
  if (move === null) return;
  throw new HubError("TL_CONFLICT", `the store was moved to ${move.to}`, {
    cure: "Set `storage` in tieline.yaml to that place. If the move was cut off, run `tieline migrate` again: it finishes it.",
  });
}
