import type { MessageSelection, SelectedMessage } from "../../store/message-table.ts";
import { fromText, stateOf } from "./row.ts";
import type { Sql, SqlValue } from "./sql.ts";

interface Row {
  place: number;
  flow: number;
  version: number;
  key: string | null;
  state: number;
  outcomes: string | null;
  file: number | null;
  accepted_at: number;
}

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
    .all<Row>(
      `SELECT m.place, m.flow, m.version, m.key, m.state, m.outcomes, m.file, m.accepted_at FROM message m
       WHERE ${where.length === 0 ? "1" : where.join(" AND ")} ORDER BY m.place LIMIT ?`,
      ...values,
      limit,
    )
    .map((row) => ({
      place: row.place,
      flow: row.flow,
      flowVersion: row.version,
      key: row.key,
      state: stateOf(row.state),
      outcomes: fromText<Record<string, string>>(row.outcomes),
      file: row.file,
      acceptedAt: row.accepted_at,
    }));
}
