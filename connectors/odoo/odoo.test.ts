import { describe, expect, it } from "vitest";
import { describeConnector } from "../../test/conformance/connector.ts";
import { faultOf, OdooFailure, type OdooFault, sourceFailure, targetFailure } from "./failure.ts";
import odoo from "./index.ts";
import { cellOf, jsonOf } from "./value.ts";

const NOBODY = { url: "http://127.0.0.1:1", database: "shop", user: "hub", password: "secret" };

describeConnector("odoo", odoo, {
  settings: () => ({
    ...NOBODY,
    read: { partners: { model: "res.partner" }, leads: { model: "crm.lead", fields: ["name"] } },
    upsert: { partner: { model: "res.partner", fields: ["name", "country_id/id"] } },
    call: { confirm: { model: "sale.order", method: "action_confirm", done: [["state", "=", "sale"]] } },
  }),
  wrongSettings: [
    { url: "http://127.0.0.1:1", database: "shop", user: "hub" },
    { ...NOBODY, read: { Upper: { model: "res.partner" } } },
    { ...NOBODY, read: { a: { model: "res partner" } } },
    { ...NOBODY, read: { a: { model: "res.partner", mostGone: 2 } } },
    { ...NOBODY, upsert: { a: { model: "res.partner", fields: ["order_line/product_id/id"] } } },
    { ...NOBODY, call: { a: { model: "res.partner", method: "_private", done: [] } } },
  ],
  pulls: ["partners", "leads"],
  deadSinks: { partner: { id: "c-1", name: "Ada" }, confirm: { ".id": 7 } },
  unreachable: "TL_SOURCE_UNAVAILABLE",
});

describe("the place of an Odoo", () => {
  const opened = (over: object): string => {
    try {
      odoo.open({ ...NOBODY, ...over }, { system: "odoo", now: () => 0 });
    } catch (error) {
      return error instanceof Error ? error.message : "";
    }
    return "taken";
  };

  it("is told the password over TLS alone, unless it is on this machine", () => {
    expect(opened({ url: "https://odoo.example" })).toBe("taken");
    expect(opened({ url: "http://odoo.example" })).toBe(
      "`url` must begin with https://: a password is sent there",
    );
    expect(opened({ url: "https://hub:pw@odoo.example" })).toBe("`url` must not hold a user or password");
    expect(opened({ url: "https://odoo.example/web" })).toBe("`url` must be without a path");
  });

  it("needs the fields of a model that it does not know by itself", () => {
    expect(opened({ read: { leads: { model: "crm.lead" } } })).toBe(
      "`fields` must name what is read of crm.lead",
    );
  });

  it("has no two sinks of one name", () => {
    const both = {
      upsert: { a: { model: "res.partner", fields: ["name"] } },
      call: { a: { model: "res.partner", method: "unlink", done: [] } },
    };
    expect(opened(both)).toBe("upsert and call both have a");
  });
});

describe("a failure of Odoo", () => {
  it.each<[string, string, OdooFault]>([
    ["odoo.exceptions.AccessDenied", "", "access"],
    ["odoo.exceptions.AccessError", "", "access"],
    ["odoo.exceptions.ValidationError", "", "data"],
    ["odoo.exceptions.UserError", "", "data"],
    ["psycopg2.errors.SerializationFailure", "", "busy"],
    ["psycopg2.errors.AdminShutdown", "", "away"],
    ["psycopg2.OperationalError", "could not connect to server", "away"],
    ["psycopg2.OperationalError", 'FATAL:  database "shop" does not exist', "settings"],
    ["psycopg2.errors.UniqueViolation", "", "data"],
    ["builtins.ValueError", "", "server"],
  ])("%s (%s) is a matter of: %s", (name, message, fault) => {
    expect(faultOf(name, message)).toBe(fault);
  });

  it("means one thing to who reads and another to who writes", () => {
    const settings = new OdooFailure("settings", "no model");
    expect(sourceFailure(settings)).toMatchObject({ code: "TL_SOURCE_REFUSED" });
    expect(targetFailure(settings)).toMatchObject({ code: "TL_TARGET_ACCESS" });
    const data = new OdooFailure("data", "refused", { field: "vat" });
    expect(targetFailure(data)).toMatchObject({ code: "TL_TARGET_REFUSED", place: { field: "vat" } });
  });
});

describe("a value of Odoo", () => {
  const field = (type: string, places?: number) => ({ type, places, relation: "" });

  it("says what it means", () => {
    expect(jsonOf(false, field("boolean"))).toBe(false);
    expect(jsonOf(false, field("char"))).toBeNull();
    expect(jsonOf([7, "Ada"], field("many2one"))).toEqual({ id: 7, name: "Ada" });
    expect(jsonOf("2026-11-27 10:00:00", field("datetime"))).toBe("2026-11-27T10:00:00Z");
    expect(jsonOf("2026-11-27", field("date"))).toBe("2026-11-27");
  });

  it("is decimal text where it is an amount", () => {
    expect(jsonOf(42.57, field("monetary"))).toBe("42.57");
    expect(jsonOf(0.1 + 0.2, field("float", 2))).toBe("0.30");
    expect(jsonOf(3, field("float", 2))).toBe("3.00");
    expect(jsonOf(1e21, field("monetary"))).toMatch(/^1000000000000000000000(\.0+)?$/);
    expect(jsonOf(-0, field("float", 2))).toBe("0.00");
  });

  it("becomes a cell of an import, and null an empty one", () => {
    expect([null, true, false, 7, "x"].map((value) => cellOf(value, "char"))).toEqual([
      "",
      "1",
      "0",
      "7",
      "x",
    ]);
    expect(cellOf("2026-11-27T10:00:00.5+01:00", "datetime")).toBe("2026-11-27 09:00:00");
    expect(cellOf([], "char")).toBeUndefined();
  });
});
