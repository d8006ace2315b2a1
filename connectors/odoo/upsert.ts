import {
  HubError,
  isObject,
  type JsonObject,
  type Outgoing,
  type Sent,
  type Sink,
  type Together,
  together,
} from "tieline/connector";
import { requireQuantity } from "./bound.ts";
import { columnOf } from "./columns.ts";
import { externalIds } from "./external-ids.ts";
import { OdooFailure, targetFailure, tellFailure } from "./failure.ts";
import { fieldsOfModels, requireFields } from "./fields.ts";
import { load } from "./load.ts";
import { loadEach } from "./load-each.ts";
import { type Message, messageOf } from "./message.ts";
import type { OwnValues } from "./own-values.ts";
import { planner } from "./plan.ts";
import type { Plan } from "./plan-record.ts";
import type { Odoo } from "./rpc.ts";
import type { UpsertOptions } from "./settings.ts";
import { jsonOf } from "./value.ts";

const BATCH = 50;
const MODULE = "tieline";
/** All that wait are planned together, and written with those that have the same columns. */
const ANY: readonly string[] = [];
/** The answer where Odoo holds all of it, so that nothing was sent. */
const UNCHANGED = "unchanged";

type Waiting = Together<{ readonly columns: readonly string[]; readonly message: Message }>;

/** A message that waits, and what is to be written of it. */
interface Work extends Pick<Waiting, "resolve" | "reject" | "message"> {
  readonly plan: Plan;
}

/**
 * Records that are made, or changed where they are, by Odoo's import. The external id names a record, so a second arrival
 * changes it to what it is. Deliveries that are under way at once share a call; one that Odoo refuses is told apart from
 * the others, so that each has a result of its own.
 * @throws HubError TL_CONFIG_INVALID
 */
export function upsert(odoo: Odoo, options: UpsertOptions, own: OwnValues): Sink {
  requireQuantity(options);
  const { model, module = MODULE, batch = BATCH, lines } = options;
  const names = externalIds(odoo, model, module);
  const fieldsOf = fieldsOfModels(odoo);
  const plan = planner(odoo, module, options, fieldsOf);

  async function write(group: readonly Waiting[]): Promise<void> {
    try {
      const plans = await plan(group.map(({ message }) => message));
      const alike = new Map<string, Work[]>();
      for (const [index, { message, resolve, reject }] of group.entries()) {
        const one = plans[index] as Plan | HubError;
        if (one instanceof HubError) {
          reject(one);
          continue;
        }
        const columns = one.columns.join("\n");
        alike.set(columns, [...(alike.get(columns) ?? []), { message, resolve, reject, plan: one }]);
      }
      await Promise.all([...alike.values()].map(writeAlike));
    } catch (error) {
      for (const one of group) one.reject(targetFailure(error));
    }
  }

  /** @param works all of the same columns */
  async function writeAlike(works: readonly Work[]): Promise<void> {
    try {
      const columns = works[0]?.plan.columns ?? [];
      const written = columns.length === 0 ? works : await loadAlike(works, columns);
      for (const work of written) await dropLines(work);
    } catch (error) {
      for (const work of works) work.reject(targetFailure(error));
    }
  }

  /** Gives those that are written; the others are told why they are not. */
  async function loadAlike(works: readonly Work[], columns: readonly string[]): Promise<readonly Work[]> {
    const named = columns.slice(1).map((name) => columnOf(name).field);
    const fields = [...new Set(named)].filter((field) => field !== lines?.field);
    const nameOf = ({ message: { name } }: Work) => name;
    own.begins(model, works.map(nameOf), fields);
    const ends = await loadEach(works, (some) =>
      load(
        odoo,
        model,
        module,
        columns,
        some.map(({ plan: { rows } }) => rows),
      ),
    );
    const [written, ids]: [Work[], number[]] = [[], []];
    for (const [work, end] of ends) {
      if ("id" in end) {
        written.push(work);
        ids.push(end.id);
        continue;
      }
      // What it says of the record itself, it says of one that it has not written.
      if (end.failure instanceof OdooFailure && end.failure.fault === "data")
        own.settled(model, [nameOf(work)]);
      work.reject(targetFailure(end.failure));
    }
    await remember(ids, fields);
    own.settled(model, written.map(nameOf));
    return written;
  }

  async function dropLines({ plan: { of, drop, rows }, resolve, reject }: Work): Promise<void> {
    try {
      if (of !== undefined && drop.length > 0 && lines !== undefined) {
        const commands = drop.map((line) => [2, line, 0]);
        await odoo.call(model, "write", [[of], { [lines.field]: commands }], { writes: true });
      }
      resolve({ answer: rows.length + drop.length === 0 ? UNCHANGED : "written" });
    } catch (error) {
      reject(targetFailure(error));
    }
  }

  /** Notes what the records hold now, by which they are known when they are read; unless somebody else was faster. */
  async function remember(ids: readonly number[], fields: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const known = await fieldsOf(model);
    const kwargs = { fields: [...fields, "write_uid"], context: { active_test: false, lang: null } };
    const answer = await odoo.call(model, "read", [[...ids]], { kwargs, writes: true });
    const uid = await odoo.uid();
    const rows = (Array.isArray(answer) ? answer.filter(isObject) : []).filter(
      ({ write_uid: writer }) => Array.isArray(writer) && writer[0] === uid,
    );
    const unknown = { type: "char", places: undefined, relation: "" };
    const values = (row: JsonObject) =>
      fields.map((field) => [field, jsonOf(row[field] ?? null, known.get(field) ?? unknown)] as const);
    own.wrote(
      model,
      rows.map((row) => ({ id: row["id"] ?? null, ...Object.fromEntries(values(row)) })),
      fields,
    );
  }

  async function takeAway({ by, name }: Message, signal: AbortSignal): Promise<Sent> {
    const how = options.gone ?? "archive";
    if (how === "refuse")
      throw new HubError(
        "TL_TARGET_REFUSED",
        "the message is a deletion, and `gone` of the sink refuses those",
      );
    const id = by === ".id" ? Number(name) : await names.recordOf(String(name), signal);
    if (id === undefined) return { answer: "there was none" };
    if (how === "archive") {
      requireFields(model, await fieldsOf(model, signal), ["active"]);
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

  return {
    idempotent: true,
    concurrency: batch,
    async send({ body }: Outgoing, signal, tell) {
      const message = messageOf(body, options);
      const { isDeletion, name } = message;
      const sent = { line: `${model}.${isDeletion ? (options.gone ?? "archive") : "load"} ${name}` };
      try {
        const done = await (isDeletion ? takeAway(message, signal) : add({ columns: ANY, message }));
        if (done.answer !== UNCHANGED) tell?.({ sent, answered: { line: done.answer } });
        return done;
      } catch (error) {
        tellFailure(tell, sent, error);
        throw targetFailure(error);
      }
    },
  };
}
