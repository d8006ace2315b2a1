import { describe, expect, it } from "vitest";
import { describeConnector } from "../../test/conformance/connector.ts";
import { DbFailure, type DbFault } from "./db.ts";
import { faultOf, sourceFailure, targetFailure } from "./failure.ts";
import database from "./index.ts";
import { placeOf } from "./place.ts";
import type { DatabaseOptions } from "./settings.ts";
import { parseStatement } from "./statement.ts";
import { secondsBefore, utc } from "./utc.ts";

const URL_OF_NOBODY = "postgres://hub@127.0.0.1:1/shop";

describeConnector("database", database, {
  settings: () => ({
    url: URL_OF_NOBODY,
    password: "secret",
    read: { customers: { table: "crm.customer", id: "id", changed: "updated_at" } },
    outbox: { events: { table: "outbox", id: "id", body: "payload" } },
    upsert: { customer: { table: "customer", key: ["id"], columns: ["name"] } },
    run: { close: { statement: "UPDATE orders SET open = false WHERE id = :id", idempotent: true } },
  }),
  wrongSettings: [
    { password: "secret" },
    { url: "https://db.example/shop" },
    { url: URL_OF_NOBODY, read: { Upper: { table: "t", id: "id", changed: "c" } } },
    { url: URL_OF_NOBODY, read: { t: { table: "a.b.c", id: "id", changed: "c" } } },
    { url: URL_OF_NOBODY, upsert: { t: { table: "t", key: [], columns: [] } } },
    { url: URL_OF_NOBODY, run: { t: { statement: "SELECT 1" } } },
  ],
  pulls: ["customers", "events"],
  deadSinks: { customer: { id: "1", name: "x" }, close: { id: "1" } },
  unreachable: "TL_SOURCE_UNAVAILABLE",
});

describe("a database's place", () => {
  const place = (options: Partial<DatabaseOptions>) =>
    placeOf({ url: URL_OF_NOBODY, ...options }, "/project");
  const messageOf = (options: Partial<DatabaseOptions>): string => {
    try {
      place(options);
    } catch (error) {
      return error instanceof Error ? error.message : "";
    }
    return "taken";
  };

  it("is encrypted unless it is on this machine or said not to be", () => {
    expect(place({}).tls).toBeNull();
    expect(place({ url: "mysql://hub@db.example/shop" })).toMatchObject({
      kind: "mysql",
      tls: { authority: undefined },
    });
    expect(place({ url: "mysql://hub@db.example/shop", tls: "none" }).tls).toBeNull();
    expect(place({ tls: "verify", authority: "ca.pem" }).tls).toEqual({ authority: "/project/ca.pem" });
  });

  it("is refused where the URL holds a password, or lacks user or database", () => {
    expect(messageOf({ url: "postgres://hub:pw@db/shop" })).toBe("`url` must not hold a password");
    expect(messageOf({ url: "postgres://db/shop" })).toBe("`url` must name user, host and database");
    expect(messageOf({ url: "postgres://hub@db" })).toBe("`url` must name user, host and database");
    expect(messageOf({ authority: "ca.pem" })).toBe("`authority` has no meaning without TLS");
  });

  it("refuses two sources, or two sinks, of one name", () => {
    const both = {
      url: URL_OF_NOBODY,
      read: { a: { table: "t", id: "id", changed: "c" } },
      outbox: { a: { table: "o", id: "id" } },
    };
    expect(() => database.open(both, { system: "db", now: () => 0 })).toThrow("read and outbox both have a");
  });
});

describe("the names of a statement", () => {
  it.each([
    ["UPDATE t SET a = :a WHERE id = :id", ["a", "id"]],
    ["SELECT ':no', \":no\", `:no`, x::int /* :no */ -- :no", []],
    ["SELECT :a -- it's :no\n, :b", ["a", "b"]],
    ["CALL p(:a, ':''no', :a)", ["a", "a"]],
  ])("of %s", (text, names) => {
    const parsed = parseStatement(text);
    expect(parsed.names).toEqual(names);
    expect(
      parsed.texts.reduce(
        (sum, part, index) => `${sum}${index === 0 ? "" : `:${names[index - 1]}`}${part}`,
        "",
      ),
    ).toBe(text);
  });

  it.each(["SELECT 1; DELETE FROM t", "SELECT $$:a$$", "SELECT ?", String.raw`SELECT E'\':a'`])(
    "of %s are not looked for: it is refused",
    (text) => {
      expect(() => parseStatement(text)).toThrow("`statement` has");
    },
  );
});

describe("a failure of a database", () => {
  it.each<[string, DbFault]>([
    ["08006", "away"],
    ["57P01", "away"],
    ["57014", "busy"],
    ["53300", "busy"],
    ["40P01", "busy"],
    ["28P01", "access"],
    ["42501", "access"],
    ["3D000", "settings"],
    ["42P01", "settings"],
    ["22001", "data"],
    ["23505", "data"],
    ["HY000", "statement"],
  ])("with SQLSTATE %s is a matter of: %s", (state, fault) => {
    expect(faultOf(state)).toBe(fault);
  });

  it("is in doubt only where a second try would do something else", () => {
    const cut = new DbFailure("away", "the connection ended", true, null);
    expect(targetFailure(cut, false)).toMatchObject({ code: "TL_IN_DOUBT" });
    expect(targetFailure(cut, true)).toMatchObject({ code: "TL_TARGET_UNAVAILABLE" });
    expect(sourceFailure(cut)).toMatchObject({ code: "TL_SOURCE_UNAVAILABLE" });
  });
});

describe("a moment of a database", () => {
  it("is told in UTC, and anything else as it is", () => {
    expect(utc("2026-11-27 10:00:00.123456+00")).toBe("2026-11-27T10:00:00.123456Z");
    expect(utc("2026-11-27 10:00:00")).toBe("2026-11-27T10:00:00Z");
    expect(utc("infinity")).toBe("infinity");
  });

  it("has one before it, and a number has none", () => {
    expect(secondsBefore("2026-11-27T00:00:02.5Z", 5)).toBe("2026-11-26T23:59:57.500Z");
    expect(secondsBefore("12345", 5)).toBeUndefined();
  });
});
