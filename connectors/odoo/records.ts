import { HubError, isObject, type Json, type JsonObject } from "tieline/connector";
import { OdooFailure } from "./failure.ts";
import { askFields, type Field, type Fields, requireFields } from "./fields.ts";
import { MODELS } from "./models.ts";
import type { Odoo } from "./rpc.ts";
import type { ReadOptions } from "./settings.ts";
import { jsonOf } from "./value.ts";

/** Records referred to are read in pages of so many. */
const PAGE = 500;
/** Archived records are records; texts come as they were written. */
const CONTEXT: JsonObject = { active_test: false, lang: null };

/** A record as JSON: `id`, `write_date`, and the fields that are read. */
export interface OdooRecord extends JsonObject {
  readonly id: number;
  /** RFC 3339 in UTC, whole seconds. */
  readonly write_date: string;
}

/** The records of one model that a source reads. */
export interface Records {
  readonly model: string;
  /** Those that meet the conditions too, with what they refer to. @throws OdooFailure */
  find(
    conditions: readonly Json[],
    order: string,
    limit: number,
    signal: AbortSignal,
  ): Promise<readonly OdooRecord[]>;
  /** Ids after one, rising. @throws OdooFailure */
  idsAfter(id: number, limit: number, signal: AbortSignal): Promise<readonly number[]>;
  /** @throws OdooFailure */
  count(signal: AbortSignal): Promise<number>;
}

interface Plan {
  readonly names: readonly string[];
  readonly fields: Fields;
  readonly expanded: readonly {
    readonly name: string;
    readonly model: string;
    readonly names: readonly string[];
    readonly fields: Fields;
  }[];
}

/** @throws HubError TL_CONFIG_INVALID */
export function records(odoo: Odoo, options: ReadOptions): Records {
  const { model } = options;
  const usual = MODELS[model];
  if (usual === undefined && options.fields === undefined) {
    throw new HubError("TL_CONFIG_INVALID", `\`fields\` must name what is read of ${model}`, {
      cure: `Only ${Object.keys(MODELS).join(", ")} have fields that are read unless others are named.`,
    });
  }
  const domain = (options.domain ?? usual?.domain ?? []) as readonly Json[];
  let planning: Promise<Plan> | null = null;

  async function plan(signal: AbortSignal): Promise<Plan> {
    const fields = await askFields(odoo, model, signal);
    const asked = options.fields ?? usual?.fields.filter((name) => fields.has(name)) ?? [];
    requireFields(model, fields, asked);
    const names = [...new Set(["write_date", ...asked])];
    const expand = options.expand ?? (options.fields === undefined ? usual?.expand : undefined) ?? {};
    const expanded = Object.entries(expand).filter(
      ([name]) => options.expand !== undefined || names.includes(name),
    );
    return {
      names,
      fields,
      expanded: await Promise.all(expanded.map((one) => planOf(one, names, fields, signal))),
    };
  }

  async function planOf(
    [name, inner]: readonly [string, readonly string[]],
    names: readonly string[],
    fields: Fields,
    signal: AbortSignal,
  ): Promise<Plan["expanded"][number]> {
    const relation = fields.get(name)?.relation ?? "";
    if (!names.includes(name) || relation === "")
      throw new OdooFailure("settings", `${model} has no reference ${name} among the fields that are read`, {
        field: name,
      });
    const known = await askFields(odoo, relation, signal);
    const asked = options.expand === undefined ? inner.filter((one) => known.has(one)) : inner;
    requireFields(relation, known, asked);
    return { name, model: relation, names: asked, fields: known };
  }

  function planned(signal: AbortSignal): Promise<Plan> {
    planning ??= plan(signal).catch((error: unknown) => {
      planning = null;
      throw error;
    });
    return planning;
  }

  async function expand(
    rows: readonly JsonObject[],
    one: Plan["expanded"][number],
    signal: AbortSignal,
  ): Promise<JsonObject[]> {
    const ids = [...new Set(rows.flatMap((row) => idsOf(row[one.name])))];
    const found = new Map<Json, JsonObject>();
    for (let from = 0; from < ids.length; from += PAGE) {
      const kwargs = { fields: [...one.names], context: CONTEXT };
      const read = await odoo.call(one.model, "read", [ids.slice(from, from + PAGE)], { kwargs, signal });
      for (const row of rowsOf(read)) found.set(row["id"] ?? null, canonical(row, one.names, one.fields));
    }
    return rows.map((row) => ({ ...row, [one.name]: joined(row[one.name], found) }));
  }

  return {
    model,
    async find(conditions, order, limit, signal) {
      const { names, fields, expanded } = await planned(signal);
      const kwargs = {
        domain: [...conditions, ...domain],
        fields: [...names],
        order,
        limit,
        context: CONTEXT,
      };
      const answer = await odoo.call(model, "search_read", [], { kwargs, signal });
      let rows: JsonObject[] = rowsOf(answer).map((row) => canonical(row, names, fields));
      for (const one of expanded) rows = await expand(rows, one, signal);
      return rows.map(recordOf);
    },
    async idsAfter(id, limit, signal) {
      const kwargs = { order: "id", limit, context: CONTEXT };
      const found = await odoo.call(model, "search", [[["id", ">", id], ...domain]], { kwargs, signal });
      return Array.isArray(found) ? found.filter((one) => typeof one === "number") : [];
    },
    async count(signal) {
      return Number(
        await odoo.call(model, "search_count", [[...domain]], { kwargs: { context: CONTEXT }, signal }),
      );
    },
  };
}

const UNKNOWN: Field = { type: "char", places: undefined, relation: "" };

function canonical(row: JsonObject, names: readonly string[], fields: Fields): JsonObject {
  const values = names.map((name) => [name, jsonOf(row[name] ?? null, fields.get(name) ?? UNKNOWN)] as const);
  return { id: row["id"] ?? null, ...Object.fromEntries(values) };
}

function rowsOf(answer: Json): readonly JsonObject[] {
  return Array.isArray(answer) ? answer.filter(isObject) : [];
}

/** Ids that a field refers to: one of many2one, those of a list. */
function idsOf(value: Json | undefined): number[] {
  const all = Array.isArray(value) ? value : isObject(value) ? [value["id"] ?? null] : [];
  return all.filter((id) => typeof id === "number");
}

/** A reference with the fields of what it refers to; what is gone meanwhile is left out of a list. */
function joined(value: Json | undefined, found: ReadonlyMap<Json, JsonObject>): Json {
  if (Array.isArray(value)) return value.flatMap((id) => found.get(id) ?? []);
  return isObject(value) ? { ...value, ...found.get(value["id"] ?? null) } : null;
}

function recordOf(row: JsonObject): OdooRecord {
  const { id, write_date: at } = row;
  if (typeof id === "number" && typeof at === "string") return { ...row, id, write_date: at };
  throw new OdooFailure(
    "settings",
    "a record has no `id` or `write_date`: the model does not tell when it is changed",
  );
}
