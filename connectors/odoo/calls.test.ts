import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Exchange,
  HubError,
  type Json,
  type Outgoing,
  type PullSource,
  type Sink,
} from "tieline/connector";
import { afterEach, describe, expect, it } from "vitest";
import { type FakeOdoo, fakeOdoo, type OdooAnswer, type OdooCall } from "../../test/fakes/odoo.ts";
import odoo from "./index.ts";
import { openKnownIds } from "./known-ids.ts";
import { openOwnValues } from "./own-values.ts";

const PASSWORD = "the-password-nobody-may-see";
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const FIELDS = { name: { type: "char" }, active: { type: "boolean" }, write_date: { type: "datetime" } };

/** A system on a fake that knows its fields, and answers the rest as it is told. */
async function setup(
  answer: (call: OdooCall) => OdooAnswer | undefined,
  data?: string,
): Promise<{ fake: FakeOdoo; source: PullSource; sink: Sink; check: () => Promise<void> }> {
  const fake = await fakeOdoo((call) => (call.method === "fields_get" ? { result: FIELDS } : answer(call)));
  const system = odoo.open(
    {
      url: fake.url,
      database: "shop",
      user: "hub",
      password: PASSWORD,
      timeout: 2_000,
      read: { partners: { model: "res.partner", fields: ["name"] } },
      upsert: { partner: { model: "res.partner", fields: ["name"] } },
    },
    { system: "odoo", now: () => 0, ...(data === undefined ? {} : { data }) },
  );
  closing.push(() => fake.close());
  const source = system.sources["partners"];
  const sink = system.sinks["partner"];
  if (source?.kind !== "pull" || sink === undefined) throw new Error("no source or sink");
  return { fake, source, sink, check: () => system.check() };
}

const failureOf = (work: Promise<unknown>): Promise<HubError | undefined> =>
  work.then(
    () => undefined,
    (error: unknown) => (error instanceof HubError ? error : Promise.reject(error)),
  );
const send = (sink: Sink, body: Json): Promise<HubError | undefined> => {
  const delivery: Outgoing = { id: "m-1.odoo", sequence: 1, key: "K", body, attempt: 1 };
  return failureOf(sink.send(delivery, AbortSignal.timeout(10_000)));
};

describe("what is told of a call", () => {
  const told = async (answer: (call: OdooCall) => OdooAnswer | undefined, body: Json) => {
    const { sink } = await setup(answer);
    const all: Exchange[] = [];
    const delivery: Outgoing = { id: "m-1.odoo", sequence: 1, key: "K", body, attempt: 1 };
    await sink
      .send(delivery, AbortSignal.timeout(10_000), (one) => void all.push(one))
      .catch(() => undefined);
    return all;
  };

  it("has Odoo's own words where it refuses a record", async () => {
    const refusal = { ids: false, messages: [{ type: "error", record: 0, message: "name is too short" }] };
    const body = { id: "c1", name: "A" };
    expect(await told(({ method }) => (method === "load" ? { result: refusal } : undefined), body)).toEqual([
      {
        sent: { line: "res.partner.load c1" },
        answered: { line: "Odoo refused the record", body: { text: "name is too short", size: 17 } },
      },
    ]);
  });

  it("is nothing where nothing was sent", async () => {
    expect(await told(() => undefined, { id: "c1", name: ["a list"] })).toEqual([]);
  });
});

describe("an answer that is no result", () => {
  it.each<[string, OdooAnswer, string, string]>([
    [
      "a redirect",
      { status: 302, headers: { location: "http://127.0.0.1:1/" } },
      "TL_SOURCE_REFUSED",
      "TL_TARGET_ACCESS",
    ],
    ["no Odoo", { status: 404 }, "TL_SOURCE_REFUSED", "TL_TARGET_ACCESS"],
    ["a proxy that refuses", { status: 403 }, "TL_SOURCE_ACCESS", "TL_TARGET_ACCESS"],
    ["too many calls", { status: 429 }, "TL_SOURCE_UNAVAILABLE", "TL_TARGET_BUSY"],
    ["a failure without a reason", { status: 500 }, "TL_SOURCE_REFUSED", "TL_TARGET_FAILED"],
    ["a gateway", { status: 502 }, "TL_SOURCE_UNAVAILABLE", "TL_TARGET_UNAVAILABLE"],
    [
      "a page about maintenance",
      { status: 200, body: "<html>" },
      "TL_SOURCE_UNAVAILABLE",
      "TL_TARGET_UNAVAILABLE",
    ],
    ["silence", { hang: true }, "TL_SOURCE_UNAVAILABLE", "TL_TARGET_UNAVAILABLE"],
    ["no right", { exception: "odoo.exceptions.AccessError" }, "TL_SOURCE_ACCESS", "TL_TARGET_ACCESS"],
    [
      "a conflict",
      { exception: "psycopg2.errors.SerializationFailure" },
      "TL_SOURCE_UNAVAILABLE",
      "TL_TARGET_BUSY",
    ],
    ["a programming error", { exception: "builtins.TypeError" }, "TL_SOURCE_REFUSED", "TL_TARGET_FAILED"],
  ])("such as %s is told apart", async (_, answer, reading, writing) => {
    const { source, sink } = await setup(() => answer);
    const pulled = source.pull({ cursor: null, limit: 10, signal: new AbortController().signal });
    expect((await failureOf(pulled))?.code).toBe(reading);
    expect((await send(sink, { id: "c-1", name: "Ada" }))?.code).toBe(writing);
  });

  it("quotes neither the password nor what Odoo says of a record", async () => {
    const { sink } = await setup(() => ({
      exception: "odoo.exceptions.ValidationError",
      message: `Ada Lovelace ${PASSWORD}`,
    }));
    const failure = await send(sink, { id: "c-1", name: "Ada Lovelace" });
    expect(failure?.code).toBe("TL_TARGET_REFUSED");
    expect(`${failure?.message} ${JSON.stringify(failure)}`).not.toMatch(/Ada|the-password/);
  });
});

describe("records that go together", () => {
  /** Refuses a call with these names as `load` does, naming the rows or not. */
  function loads(bad: readonly string[], isNamed: boolean) {
    return ({ method, args }: OdooCall): OdooAnswer | undefined => {
      if (method === "read") return { result: [] };
      if (method !== "load") return undefined;
      const rows = args[1] as readonly (readonly string[])[];
      const wrong = rows.flatMap((row, record) => (bad.includes(row[1] ?? "") ? [record] : []));
      if (wrong.length === 0) return { result: { ids: rows.map((_, id) => id + 1), messages: [] } };
      const messages = wrong.map((record) => ({
        type: "error",
        message: "no",
        ...(isNamed ? { record } : {}),
      }));
      return { result: { ids: false, messages } };
    };
  }

  it.each([
    [true, "are written but for those that Odoo names", 4],
    [false, "are halved where Odoo names none", 20],
  ])("(named: %s) %s", async (isNamed, _, calls) => {
    const { fake, sink } = await setup(loads(["n3", "n17"], isNamed));
    const names = Array.from({ length: 32 }, (_unused, n) => `n${n}`);
    const ends = await Promise.all(names.map((name) => send(sink, { id: `c-${name}`, name })));
    expect(names.filter((_name, n) => ends[n] !== undefined)).toEqual(["n3", "n17"]);
    expect(ends[3]?.code).toBe("TL_TARGET_REFUSED");
    expect(fake.ledger.filter(({ method }) => method === "load").length).toBeLessThanOrEqual(calls);
  });

  it("are refused together, by one call, when it is no matter of a row", async () => {
    const message = "Unknown error during import: <class 'odoo.exceptions.AccessError'>";
    const { fake, sink } = await setup(({ method }) =>
      method === "load"
        ? { result: { ids: false, messages: [{ type: "error", record: 0, message }] } }
        : undefined,
    );
    const ends = await Promise.all(["a", "b", "c"].map((id) => send(sink, { id, name: id })));
    expect(ends.map((end) => end?.code)).toEqual(Array.from({ length: 3 }, () => "TL_TARGET_ACCESS"));
    expect(fake.ledger.filter(({ method }) => method === "load")).toHaveLength(1);
  });

  it("never leave the hub with a field that the settings do not name", async () => {
    const { fake, sink } = await setup(() => undefined);
    expect((await send(sink, { id: "c-1", name: "Ada", groups_id: "1" }))?.code).toBe("TL_TARGET_REFUSED");
    expect((await send(sink, { id: "base.user_root", name: "Ada" }))?.code).toBe("TL_TARGET_REFUSED");
    expect(fake.ledger.filter(({ method }) => method === "load")).toEqual([]);
  });
});

const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), "tieline-odoo-"));
  closing.push(() => rmSync(made, { recursive: true, force: true }));
  return made;
};

describe("a write whose answer the hub never saw", () => {
  const [us, them] = [7, 8];
  /** A partner that the hub's user made, whom somebody wrote last; the hub was told so, or died before. */
  async function read(lastBy: number, end: OdooAnswer): Promise<readonly string[]> {
    const data = folder();
    const { sink } = await setup(({ method }) => (method === "load" ? end : undefined), data);
    expect((await send(sink, { id: "c-1", name: "Ada" }))?.code).toMatch(/^TL_TARGET_/);
    const { source } = await setup(({ model, method, kwargs, args }) => {
      if (model === "ir.model.data") return { result: [{ res_id: 1, name: "c-1" }] };
      if (method === "search") return { result: JSON.stringify(args).includes(`${lastBy}`) ? [1] : [] };
      const isFirst = !JSON.stringify(kwargs).includes(">=");
      const row = { id: 1, name: "Ada", active: true, write_date: "2026-11-27 10:00:00" };
      return { result: isFirst ? [row] : [] };
    }, data);
    const { items } = await source.pull({ cursor: null, limit: 10, signal: new AbortController().signal });
    expect(items).toHaveLength(1);
    return (JSON.parse(Buffer.from(items[0]?.body ?? []).toString()) as { own: string[] }).own;
  }

  it("is the hub's own as long as the hub was the last to write, also after a restart", async () => {
    expect(await read(us, { hang: true })).toEqual(["name"]);
  });

  it("is somebody else's when they wrote after it", async () => {
    expect(await read(them, { hang: true })).toEqual([]);
  });

  it("is none when Odoo said that it wrote nothing", async () => {
    expect(await read(us, { result: { ids: false, messages: [] } })).toEqual([]);
  });
});

describe("what is kept in the data folder", () => {
  it("tells after a restart which records the hub was told of", () => {
    const path = join(folder(), "odoo", "partners.known");
    openKnownIds(path).add([1, 7, 8, 4_000]);
    const again = openKnownIds(path);
    again.remove([7]);
    const third = openKnownIds(path);
    expect([...third.between(0, Number.POSITIVE_INFINITY)]).toEqual([1, 8, 4_000]);
    expect(third.count).toBe(3);
    expect([...third.between(1, 8)]).toEqual([8]);
  });

  it("tells after a restart what the hub wrote, and forgets what somebody else has changed", () => {
    const path = join(folder(), "odoo", "own.jsonl");
    openOwnValues(path).wrote("res.partner", [{ id: 1, name: "Ada", email: "a@x" }], ["name", "email"]);
    const again = openOwnValues(path);
    expect(again.ownOf("res.partner", { id: 1, name: "Ada", email: "b@x" })).toEqual(["name"]);
    expect(openOwnValues(path).ownOf("res.partner", { id: 1, name: "Ada", email: "a@x" })).toEqual(["name"]);
    expect(openOwnValues(path).ownOf("res.partner", { id: 2, name: "Ada" })).toEqual([]);
  });
});
