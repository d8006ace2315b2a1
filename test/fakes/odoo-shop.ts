import { isObject, type Json, type JsonObject } from "../../src/message/json.ts";
import type { OdooAnswer, OdooCall } from "./odoo.ts";

/** Orders with lines, their customers and products, as Odoo keeps them: by model and number. */
export interface OdooShop {
  readonly tables: Readonly<Record<Model, Map<number, JsonObject>>>;
  /** Adds a record. @param name its external id with the module */
  add(model: Model, values: JsonObject, name?: string): number;
  /** The lines of an order in the order in which they were made. */
  linesOf(order: number): readonly JsonObject[];
  /** Answers a call; undefined: none that a shop knows. */
  answer(call: OdooCall): OdooAnswer | undefined;
}

type Model = "res.partner" | "product.product" | "account.tax" | "sale.order" | "sale.order.line";

const FIELDS: Readonly<Record<string, JsonObject>> = {
  "res.partner": { name: { type: "char" }, ref: { type: "char" } },
  "product.product": { default_code: { type: "char" }, barcode: { type: "char" } },
  "account.tax": { name: { type: "char" } },
  "sale.order": {
    partner_id: { type: "many2one", relation: "res.partner" },
    client_order_ref: { type: "char" },
    order_line: { type: "one2many", relation: "sale.order.line" },
    state: { type: "selection" },
    write_uid: { type: "many2one", relation: "res.users" },
  },
  "sale.order.line": {
    product_id: { type: "many2one", relation: "product.product" },
    product_uom_qty: { type: "float", digits: [16, 2] },
    price_unit: { type: "float", digits: [16, 2] },
    discount: { type: "float", digits: [16, 2] },
    tax_id: { type: "many2many", relation: "account.tax" },
  },
};
/** What Odoo works out for a line that does not say it. */
const PRICED: JsonObject = { product_uom_qty: 1, price_unit: 9.99, discount: 0, tax_id: [] };
const USER = 7;

class Refused extends Error {}

/** A shop for `fakeOdoo`: it takes orders as Odoo's import does, all of a call or nothing. */
export function odooShop(): OdooShop {
  const tables = Object.fromEntries(
    Object.keys(FIELDS).map((model) => [model, new Map()]),
  ) as unknown as Record<Model, Map<number, JsonObject>>;
  const names = new Map<string, { readonly model: string; readonly id: number }>();
  let last = 0;

  function add(model: Model, values: JsonObject, name?: string): number {
    last += 1;
    tables[model].set(last, { id: last, ...values });
    if (name !== undefined) names.set(name, { model, id: last });
    return last;
  }

  const linesOf = (order: number) =>
    [...tables["sale.order.line"].values()].filter((line) => line["order_id"] === order);

  function rowOf(model: Model, row: JsonObject, fields: readonly string[]): JsonObject {
    const shown = fields.map((field) => {
      const { type } = (FIELDS[model]?.[field] ?? {}) as JsonObject;
      const value = row[field] ?? false;
      if (field === "order_line") return [field, linesOf(Number(row["id"])).map(({ id }) => id ?? 0)];
      return [field, type === "many2one" && value !== false ? [value, "name"] : value];
    });
    return { id: row["id"] ?? 0, ...(Object.fromEntries(shown) as JsonObject) };
  }

  function search(model: string, domain: readonly Json[]): JsonObject[] {
    const rows =
      model === "ir.model.data"
        ? [...names].map(([name, of]): JsonObject => {
            const [module = "", ...rest] = name.split(".");
            return { module, name: rest.join("."), model: of.model, res_id: of.id };
          })
        : [...tables[model as Model].values()];
    return rows.filter((row) =>
      (domain as readonly [string, string, Json][]).every(([field, operator, value]) =>
        operator === "in" ? (value as Json[]).includes(row[field] ?? false) : row[field] === value,
      ),
    );
  }

  /** One cell of an order or a line. @throws Refused */
  function held(model: Model, field: string, cell: string): Json {
    const { type } = (FIELDS[model]?.[field] ?? {}) as JsonObject;
    if (cell === "") return false;
    if (type === "many2one") return Number(cell);
    if (type === "many2many") return cell.split(",").map(Number);
    return type === "float" ? Number(cell) : cell;
  }

  function valuesOf(model: Model, columns: readonly string[], row: readonly string[]): JsonObject {
    const cells = columns.map((column, index) => [column.split("/", 1)[0] ?? "", row[index] ?? ""] as const);
    return Object.fromEntries(
      cells
        .filter(([name]) => !["id", ".id"].includes(name))
        .map(([name, cell]) => [name, held(model, name, cell)]),
    );
  }

  function change(model: Model, id: number, values: JsonObject): number {
    const before = tables[model].get(id);
    if (before === undefined) throw new Refused();
    tables[model].set(id, { ...before, ...values, write_uid: USER });
    return id;
  }

  function put(model: Model, name: string, values: JsonObject, first: JsonObject): number {
    return change(model, names.get(name)?.id ?? add(model, first, name), values);
  }

  /** @throws Refused as a check of Odoo's own would */
  function takeOrder(columns: readonly string[], rows: readonly (readonly string[])[]): number {
    const isOfLine = (column: string): boolean => column.startsWith("order_line/");
    const [own, of] = [columns.filter((one) => !isOfLine(one)), columns.filter(isOfLine)];
    const [head = []] = rows;
    const [named = ""] = head;
    const values = valuesOf("sale.order", own, head);
    const order =
      own[0] === ".id"
        ? change("sale.order", Number(named), values)
        : put("sale.order", named, values, { state: "draft" });
    if (of.length === 0) return order;
    for (const row of rows) {
      const [name = "", ...cells] = row.slice(own.length);
      const values = valuesOf(
        "sale.order.line",
        of.slice(1).map((one) => one.slice(11)),
        cells,
      );
      if (values["product_id"] === false || Number(values["discount"] ?? 0) > 100) throw new Refused();
      put("sale.order.line", name, { ...values, order_id: order }, PRICED);
    }
    return order;
  }

  function load([columns, matrix]: readonly Json[]): Json {
    const before = [structuredClone(tables), new Map(names)] as const;
    const all: string[][][] = [];
    for (const row of matrix as string[][]) {
      if ((row[0] ?? "") === "") all.at(-1)?.push(row);
      else all.push([row]);
    }
    const [ids, messages]: [number[], JsonObject[]] = [[], []];
    for (const [record, rows] of all.entries()) {
      try {
        ids.push(takeOrder(columns as string[], rows));
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        messages.push({ type: "error", record, message: "no" });
      }
    }
    if (messages.length === 0) return { ids, messages };
    for (const [model, rows] of Object.entries(before[0])) tables[model as Model] = rows;
    names.clear();
    for (const [name, of] of before[1]) names.set(name, of);
    return { ids: false, messages };
  }

  /** A write with commands that delete lines. */
  function drop([[order = 0], values]: readonly [readonly number[], JsonObject]): OdooAnswer {
    const commands = values["order_line"] as [number, number, number][];
    if (["sale", "done"].includes(String(tables["sale.order"].get(order)?.["state"])))
      return { exception: "odoo.exceptions.UserError" };
    for (const [, line] of commands) {
      tables["sale.order.line"].delete(line);
      for (const [name, { id }] of names) if (id === line) names.delete(name);
    }
    return { result: true };
  }

  return {
    tables,
    add,
    linesOf,
    answer({ model, method, args, kwargs }) {
      const { domain = [], fields = [] } = kwargs;
      switch (method) {
        case "fields_get":
          return { result: FIELDS[model] ?? {} };
        case "search_read": {
          const found = search(model, domain as Json[]);
          const isData = model === "ir.model.data";
          return {
            result: isData ? found : found.map((row) => rowOf(model as Model, row, fields as string[])),
          };
        }
        case "read": {
          const found = search(model, [["id", "in", args[0] ?? []]]);
          return { result: found.map((row) => rowOf(model as Model, row, fields as string[])) };
        }
        case "load":
          return { result: load(args) };
        case "write":
          return isObject(args[1] ?? null) ? drop(args as unknown as [number[], JsonObject]) : undefined;
        default:
          return undefined;
      }
    },
  };
}
