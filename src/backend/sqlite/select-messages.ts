import type { MessageSelection, SelectedMessage } from "../../store/message-table.ts";
import { type SelectedColumns, toSelected } from "../rows/message-row.ts";
import type { Sql, SqlValue } from "./sql.ts";

/** A parked message is found by its own state or by that of one of its deliveries. */
const STATE: Readonly<Record<NonNullable<MessageSelection["state"]>, string>> = {
  parked: "(m.state = 4 OR m.place IN (SELECT message FROM delivery WHERE state = 4 AND state <> 5))",
  rejected: "(m.state = 5 AND m.outcomes LIKE '%\"rejected\"%')",
  done: "m.state = 5",
};

export function selectMessages(
  sql: Sql,
  selection: MessageSelection,
  limit: number,
): readonly SelectedMessage[] {
  const where: string[] = [];
  const values: SqlValue[] = [];
  const condition = (text: string, value: SqlValue | undefined): void => {
    if (value === undefined) return;
    where.push(text);
    values.push(value);
  };
  if (selection.places !== undefined) {
    condition("m.place IN (SELECT value FROM json_each(?))", JSON.stringify(selection.places));
  }
  condition("m.flow = ?", selection.flow);
  condition("m.key = ?", selection.key);
  condition("m.file = ?", selection.file);
  condition("m.accepted_at >= ?", selection.since);
  condition("m.accepted_at <= ?", selection.until);
  if (selection.code !== undefined) {
    where.push(
      `(m.failure ->> 'code' = ? OR m.place IN
        (SELECT message FROM delivery WHERE state <> 5 AND state = 4 AND failure ->> 'code' = ?))`,
    );
    values.push(selection.code, selection.code);
  }
  if (selection.state !== undefined) where.push(STATE[selection.state]);
  return sql
    .all<SelectedColumns>(
      `SELECT m.place, m.flow, m.version, m.key, m.state, m.outcomes, m.file, m.accepted_at, m.replay, m.plan FROM message m
       WHERE ${where.length === 0 ? "1" : where.join(" AND ")} ORDER BY m.place LIMIT ?`,
      ...values,
      limit,
    )
    .map(toSelected);
}
