import type { MessageSelection, SelectedMessage } from "../../store/message-table.ts";
import { conditions } from "../rows/conditions.ts";
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
  const where = conditions<SqlValue>("?");
  if (selection.places !== undefined)
    where.add("m.place IN (SELECT value FROM json_each($?))", JSON.stringify(selection.places));
  if (selection.flow !== undefined) where.add("m.flow = $?", selection.flow);
  if (selection.key !== undefined) where.add("m.key = $?", selection.key);
  if (selection.file !== undefined) where.add("m.file = $?", selection.file);
  if (selection.since !== undefined) where.add("m.accepted_at >= $?", selection.since);
  if (selection.until !== undefined) where.add("m.accepted_at <= $?", selection.until);
  if (selection.code !== undefined) {
    where.add(
      `(m.failure ->> 'code' = $? OR m.place IN
        (SELECT message FROM delivery WHERE state <> 5 AND state = 4 AND failure ->> 'code' = $?))`,
      selection.code,
    );
  }
  if (selection.state !== undefined) where.add(STATE[selection.state]);
  return sql
    .all<SelectedColumns>(
      `SELECT m.place, m.flow, m.version, m.key, m.state, m.outcomes, m.file, m.accepted_at, m.replay, m.plan FROM message m
       WHERE ${where.text()} ORDER BY m.place LIMIT ${where.next()}`,
      ...where.values,
      limit,
    )
    .map(toSelected);
}
