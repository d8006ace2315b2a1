import {
  HubError,
  isObject,
  type JsonObject,
  type Outgoing,
  type Sink,
  type Together,
  together,
} from "tieline/connector";
import { type Db, DbFailure, type DbValue } from "./db.ts";
import { targetFailure, tellFailure } from "./failure.ts";
import type { UpsertOptions } from "./settings.ts";
import { bound } from "./values.ts";

const BATCH = 50;

type Waiting = Together<{
  readonly row: JsonObject;
  /** The columns it has, in the order of the settings. */
  readonly columns: readonly string[];
}>;

/**
 * Rows that are inserted, or changed where they are. Deliveries that are under way at once share a statement; when it
 * fails by one of them, it is halved until that one is alone, so that each has a result of its own.
 */
export function upsert(db: Db, options: UpsertOptions): Sink {
  const batch = options.batch ?? BATCH;
  const allowed = [...options.key, ...options.columns];
  let kinds: Awaited<ReturnType<Db["kinds"]>> | null = null;

  async function write(group: readonly Waiting[]): Promise<void> {
    try {
      await insert(group);
      for (const one of group) one.resolve({ answer: "written" });
    } catch (error) {
      const isOfOneRow =
        error instanceof DbFailure && (error.fault === "data" || error.fault === "statement");
      if (group.length === 1 || !isOfOneRow) {
        for (const one of group) one.reject(targetFailure(error, true));
        return;
      }
      const half = Math.ceil(group.length / 2);
      await write(group.slice(0, half));
      await write(group.slice(half));
    }
  }

  async function insert(group: readonly Waiting[]): Promise<void> {
    kinds ??= await db.kinds(options.table);
    const known = kinds;
    const columns = group[0]?.columns ?? [];
    const values: DbValue[] = [];
    const rows = group.map(({ row }) => {
      const places = columns.map((column) => {
        const value = bound(row[column] ?? null);
        values.push(known.get(column) === "moment" && typeof value === "string" ? db.moment(value) : value);
        return db.place(values.length);
      });
      return `(${places.join(", ")})`;
    });
    const names = columns.map(db.name).join(", ");
    const changed = columns.filter((column) => !options.key.includes(column));
    const head = `INSERT INTO ${db.name(options.table)} (${names}) VALUES`;
    await db.query(`${head} ${rows.join(", ")} ${db.orUpdate(options.key, changed)}`, values);
  }

  const add = together(write);
  return {
    idempotent: true,
    concurrency: batch,
    async send({ body }: Outgoing, _signal, tell) {
      const row = rowOf(body, options.key, allowed);
      const columns = allowed.filter((column) => Object.hasOwn(row, column));
      const sent = { line: `INSERT INTO ${options.table} (${columns.join(", ")}), or UPDATE` };
      try {
        const done = await add({ row, columns });
        tell?.({ sent, answered: { line: done.answer } });
        return done;
      } catch (error) {
        tellFailure(tell, sent, error);
        throw error;
      }
    },
  };
}

/** @throws HubError TL_TARGET_REFUSED when it lacks its key, or has a field that no column is named for */
function rowOf(body: Outgoing["body"], key: readonly string[], allowed: readonly string[]): JsonObject {
  if (!isObject(body))
    throw new HubError("TL_TARGET_REFUSED", "the message is not an object, so it is no row");
  for (const column of key) {
    if (body[column] === undefined || body[column] === null) {
      throw new HubError("TL_TARGET_REFUSED", `the message has no ${column}, which is of the key`, {
        place: { field: column },
      });
    }
  }
  for (const field of Object.keys(body)) {
    if (allowed.includes(field)) continue;
    throw new HubError("TL_TARGET_REFUSED", "the message has a field for which no column is named", {
      place: { field },
      cure: "Leave it out in the mapping, or name it in `columns` of the sink.",
    });
  }
  return body;
}
