import { randomBytes } from "node:crypto";
import { Client } from "pg";
import type { OdooOptions } from "../../connectors/odoo/settings.ts";
import type { Json } from "../../src/message/json.ts";

/** Where the peer is, and where its database is, as its start script tells. */
const URL_OF_PEER = process.env["TIELINE_PEER_URL"] ?? "";
const URL_OF_DATABASE = process.env["TIELINE_PEER_DATABASE"] ?? "";
/** The hub's own user; of a server on the loopback address that lives as long as the tests. */
const PASSWORD = "hub-password-of-the-tests";

/** People who work in Odoo: its administrator, beside the connector. */
export interface OdooPeople {
  /** For the connector: a user of its own, with no more rights than the README asks for. */
  readonly hub: Pick<OdooOptions, "url" | "database" | "user" | "password">;
  call<Result = Json>(model: string, method: string, args: readonly Json[], kwargs?: object): Promise<Result>;
  /** A statement in its database; the first value of the first row. */
  sql(text: string): Promise<unknown>;
}

/** Opens the peer's database, which takes Odoo seconds: files of cases share it, each with a hub's user of its own. */
export async function openOdoo(): Promise<OdooPeople> {
  const user = `hub-${randomBytes(4).toString("hex")}`;
  const database = new URL(URL_OF_DATABASE).pathname.slice(1);
  const call = async (model: string, method: string, args: readonly Json[], kwargs = {}): Promise<Json> =>
    rpc("object", "execute_kw", [database, 2, "admin", model, method, [...args], kwargs as Json]);
  const group = async (name: string): Promise<Json> => {
    const [module = "", id = ""] = name.split(".");
    const found = await call(
      "ir.model.data",
      "search_read",
      [
        [
          ["module", "=", module],
          ["name", "=", id],
        ],
      ],
      {
        fields: ["res_id"],
      },
    );
    return (found as unknown as readonly { readonly res_id: number }[])[0]?.res_id ?? 0;
  };
  const names = [
    ...["base.group_user", "base.group_partner_manager", "sales_team.group_sale_salesman_all_leads"],
    ...["account.group_account_invoice", "stock.group_stock_user", "hr.group_hr_user"],
  ];
  const groups = await Promise.all(names.map(group));
  await call(
    "res.users",
    "create",
    [
      {
        name: "Tieline",
        login: user,
        password: PASSWORD,
        email: `${user}@example.com`,
        groups_id: [[6, 0, groups]],
      },
    ],
    {
      context: { no_reset_password: true },
    },
  );
  return {
    hub: { url: URL_OF_PEER, database, user, password: PASSWORD },
    call: call as OdooPeople["call"],
    sql: query,
  };
}

async function rpc(service: string, method: string, args: readonly Json[]): Promise<Json> {
  const response = await fetch(new URL("/jsonrpc", URL_OF_PEER), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", method: "call", params: { service, method, args } }),
  });
  const { result, error } = (await response.json()) as {
    readonly result?: Json;
    readonly error?: { readonly data: { readonly name: string; readonly message: string } };
  };
  if (error !== undefined) throw new Error(`${error.data.name}: ${error.data.message}`);
  return result ?? null;
}

async function query(text: string): Promise<unknown> {
  const client = new Client({ connectionString: URL_OF_DATABASE });
  await client.connect();
  try {
    const { rows } = await client.query(text);
    return Object.values((rows[0] ?? {}) as object)[0];
  } finally {
    await client.end();
  }
}
