import {
  HubError,
  isObject,
  type Json,
  type JsonObject,
  type Outgoing,
  type Sent,
  type Sink,
  type Together,
  together,
} from "tieline/connector";
import { EXTERNAL_ID, externalIds } from "./external-ids.ts";
import { OdooFailure, targetFailure, tellFailure } from "./failure.ts";
import { askFields, type Fields, requireFields } from "./fields.ts";
import { load } from "./load.ts";
import type { OwnValues, RecordName } from "./own-values.ts";
import type { Odoo } from "./rpc.ts";
import type { UpsertOptions } from "./settings.ts";
import { cellOf, jsonOf } from "./value.ts";

const BATCH = 50;
const MODULE = "tieline";

/** By what a message names its record: a name that the hub gives, or Odoo's own number. */
type NamedBy = "id" | ".id";

type Waiting = Together<{
  /** `id` or `.id` first, then those it has of the settings' columns, in their order. */
  readonly columns: readonly string[];
  readonly cells: readonly string[];
}>;

/**
 * Records that are made, or changed where they are, by Odoo's import. The external id names a record, so a second arrival
 * changes it to what it is. Deliveries that are under way at once share a call; one that Odoo refuses is told apart from
 * the others, so that each has a result of its own.
 */
export function upsert(odoo: Odoo, options: UpsertOptions, own: OwnValues): Sink {
  const { model, module = MODULE, batch = BATCH, fields: allowed } = options;
  const names = externalIds(odoo, model, module);
  let asking: Promise<Fields> | null = null;

  function fieldsOf(signal?: AbortSignal): Promise<Fields> {
    asking ??= askFields(odoo, model, signal)
      .then((known) => {
        requireFields(model, known, allowed.map(fieldOf));
        return known;
      })
      .catch((error: unknown) => {
        asking = null;
        throw error;
      });
    return asking;
  }

  async function write(group: readonly Waiting[]): Promise<void> {
    try {
      const columns = group[0]?.columns ?? [];
      const rows = group.map(({ cells }) => cells);
      own.begins(model, group.map(nameOf), columns.slice(1).map(fieldOf));
      const { ids, refused } = await load(odoo, model, module, columns, rows);
      if (ids !== null) {
        await remember(ids, columns.slice(1));
        own.settled(model, group.map(nameOf));
        for (const one of group) one.resolve({ answer: "written" });
        return;
      }
      await writeApart(group, refused);
    } catch (error) {
      for (const one of group) one.reject(targetFailure(error));
    }
  }

  /** How the first cell names the record, without the module. */
  function nameOf({ columns: [by], cells: [cell = ""] }: Waiting): RecordName {
    return by === "id" ? cell.slice(module.length + 1) : Number(cell);
  }

  /** Nothing of the group is written: those that Odoo named are tried alone, the others together; else it is halved. */
  async function writeApart(
    group: readonly Waiting[],
    refused: ReadonlyMap<number, OdooFailure>,
  ): Promise<void> {
    const [first] = refused.values();
    if (group.length === 1) {
      own.settled(model, group.map(nameOf));
      group[0]?.reject(
        targetFailure(first ?? new OdooFailure("data", "Odoo refused the record and did not say why")),
      );
      return;
    }
    const bad = group.filter((_, index) => refused.has(index));
    if (bad.length === 0 || bad.length === group.length) {
      const half = Math.ceil(group.length / 2);
      await write(group.slice(0, half));
      await write(group.slice(half));
      return;
    }
    await write(group.filter((_, index) => !refused.has(index)));
    for (const one of bad) await write([one]);
  }

  /** Notes what the records hold now, by which they are known when they are read; unless somebody else was faster. */
  async function remember(ids: readonly number[], columns: readonly string[]): Promise<void> {
    const written = [...new Set(columns.map(fieldOf))];
    const known = await fieldsOf();
    const kwargs = { fields: [...written, "write_uid"], context: { active_test: false, lang: null } };
    const answer = await odoo.call(model, "read", [[...ids]], { kwargs, writes: true });
    const uid = await odoo.uid();
    const rows = (Array.isArray(answer) ? answer.filter(isObject) : []).filter(
      ({ write_uid: writer }) => Array.isArray(writer) && writer[0] === uid,
    );
    const unknown = { type: "char", places: undefined, relation: "" };
    const values = (row: JsonObject) =>
      written.map((field) => [field, jsonOf(row[field] ?? null, known.get(field) ?? unknown)] as const);
    own.wrote(
      model,
      rows.map((row) => ({ id: row["id"] ?? null, ...Object.fromEntries(values(row)) })),
      written,
    );
  }

  async function takeAway(row: JsonObject, by: NamedBy, signal: AbortSignal): Promise<Sent> {
    const how = options.gone ?? "archive";
    if (how === "refuse")
      throw new HubError(
        "TL_TARGET_REFUSED",
        "the message is a deletion, and `gone` of the sink refuses those",
      );
    const named = row[by];
    const id = by === ".id" ? Number(named) : await names.recordOf(String(named), signal);
    if (id === undefined) return { answer: "there was none" };
    if (how === "archive") {
      requireFields(model, await fieldsOf(signal), ["active"]);
      await odoo.call(model, "write", [[id], { active: false }], { signal, writes: true });
      return { answer: "archived" };
    }
    const there = await odoo.call(model, "search_count", [[["id", "=", id]]], {
      kwargs: { context: { active_test: false } },
      signal,
    });
    if (there === 0) return { answer: "there was none" };
    await odoo.call(model, "unlink", [[id]], { signal, writes: true });
    return { answer: "deleted" };
  }

  const add = together(write);

  async function writeOne(row: JsonObject, by: NamedBy, signal: AbortSignal): Promise<Sent> {
    const known = await fieldsOf(signal);
    const columns = allowed.filter((column) => Object.hasOwn(row, column));
    const cells = columns.map((column) => cellFor(row[column] ?? null, column, known));
    const first = by === "id" ? `${module}.${row["id"]}` : String(row[".id"]);
    return add({ columns: [by, ...columns], cells: [first, ...cells] });
  }

  return {
    idempotent: true,
    concurrency: batch,
    async send({ body }: Outgoing, signal, tell) {
      const { row, by } = rowOf(body, allowed);
      const isGone = row["op"] === "delete";
      const sent = { line: `${model}.${isGone ? (options.gone ?? "archive") : "load"} ${row[by]}` };
      try {
        const done = isGone ? await takeAway(row, by, signal) : await writeOne(row, by, signal);
        tell?.({ sent, answered: { line: done.answer } });
        return done;
      } catch (error) {
        tellFailure(tell, sent, error);
        throw targetFailure(error);
      }
    },
  };
}

/** The field of a column: `country_id/id` writes `country_id`. */
function fieldOf(column: string): string {
  return column.split("/", 1)[0] ?? column;
}

function cellFor(value: Json, column: string, known: Fields): string {
  const cell = cellOf(value, known.get(column)?.type);
  if (cell !== undefined) return cell;
  throw new HubError("TL_TARGET_REFUSED", "a value is a list or an object, and a column holds neither", {
    place: { field: column },
    cure: "Give a text, a number, true, false or null in the mapping.",
  });
}

/** @throws HubError TL_TARGET_REFUSED when it lacks its id, or has a field that no column is named for */
function rowOf(body: Json, allowed: readonly string[]): { readonly row: JsonObject; readonly by: NamedBy } {
  if (!isObject(body))
    throw new HubError("TL_TARGET_REFUSED", "the message is not an object, so it is no record");
  const by: NamedBy = Object.hasOwn(body, ".id") ? ".id" : "id";
  const named = body[by];
  const isNamed =
    by === "id"
      ? typeof named === "string" && EXTERNAL_ID.test(named)
      : Number.isSafeInteger(Number(named ?? "none"));
  if (!isNamed) {
    throw new HubError("TL_TARGET_REFUSED", `the message has no ${by} that names a record`, {
      place: { field: by },
      cure: "Give `id`, a name of letters, digits, dash and underscore, or `.id`, the number of a record in Odoo.",
    });
  }
  for (const field of Object.keys(body)) {
    if (field === by || field === "op" || allowed.includes(field)) continue;
    throw new HubError("TL_TARGET_REFUSED", "the message has a field for which no column is named", {
      place: { field },
      cure: "Leave it out in the mapping, or name it in `fields` of the sink.",
    });
  }
  return { row: body, by };
}
