import type { CollectedItem, Json, Pulled, PullSource } from "tieline/connector";
import { HubError } from "tieline/connector";
import type { Db, DbRow } from "./db.ts";
import { sourceFailure } from "./failure.ts";
import type { OutboxOptions } from "./settings.ts";

interface Batch extends Pulled {
  readonly ids: readonly string[];
}

/**
 * A table to which the system writes what it has to tell, in the transaction that did it. Rows are taken away, or marked,
 * after the hub has stored them; so there is no place to remember, and rows that come to light late are not missed.
 */
export function outbox(db: Db, options: OutboxOptions): PullSource {
  const { table, id, body, mark, every } = options;
  const name = db.name(table);
  const open = mark === undefined ? "" : ` WHERE ${db.name(mark)} IS NULL`;

  let kinds: Awaited<ReturnType<Db["kinds"]>> | null = null;

  async function asked<Result>(work: Promise<Result>): Promise<Result> {
    return work.catch((error: unknown) => {
      throw sourceFailure(error);
    });
  }

  return {
    kind: "pull",
    ...(every === undefined ? {} : { every }),
    async pull({ limit, signal }): Promise<Batch> {
      const text = `SELECT * FROM ${name}${open} ORDER BY ${db.name(id)} LIMIT ${limit}`;
      const rows = await asked(db.query(text, [], signal));
      const ids = rows.map((row) => idOf(row[id]));
      return {
        items: rows.map((row, index) => itemOf(row, ids[index] ?? "", body)),
        cursor: null,
        more: rows.length === limit,
        ids,
      };
    },
    async settle(pulled) {
      const { ids } = pulled as Batch;
      if (ids.length === 0) return;
      kinds ??= await asked(db.kinds(table));
      const kind = kinds.get(id);
      const places = ids.map((one, index) => db.comparedPlace(index + 1, one, kind));
      const which = `${db.name(id)} IN (${places.join(", ")})`;
      const act =
        mark === undefined
          ? `DELETE FROM ${name}`
          : `UPDATE ${name} SET ${db.name(mark)} = ${db.presentMoment}`;
      await asked(db.query(`${act} WHERE ${which}`, ids));
    },
  };
}

function itemOf(row: DbRow, id: string, body: string | undefined): CollectedItem {
  const event = `outbox:${id}`;
  if (body === undefined) return { body: Buffer.from(JSON.stringify(row)), event };
  const content = row[body];
  if (typeof content === "string") return { body: Buffer.from(content), event };
  if (content !== null && content !== undefined) return { body: Buffer.from(JSON.stringify(content)), event };
  const wrong = new HubError("TL_DECODE_FAILED", `the column ${body} of the row is empty`, {
    place: { field: body },
  });
  return { body: Buffer.from(JSON.stringify(row)), event, wrong };
}

function idOf(value: Json | undefined): string {
  if (typeof value === "string" || typeof value === "number") return String(value);
  throw new HubError("TL_SOURCE_REFUSED", "`id` of a row is neither a number nor a text", {
    cure: "Name the column that numbers the rows.",
  });
}
