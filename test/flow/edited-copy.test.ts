import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import type { Outgoing, System } from "../../src/connector/contract.ts";
import { flowDefinition, type TestEngine, testEngine } from "./setup.ts";

const NOTE = `{ "id": id, "kind": "note", "subject": customer, "text": $string(n) }`;
const OUT = { to: "out.notes", when: null, onPark: "block" } as const;
const ME = { actor: "ada", reason: "a typing error" };

interface Setting {
  readonly engine: TestEngine;
  readonly got: readonly Outgoing[];
}

async function withNotes(work: (setting: Setting) => Promise<void>): Promise<void> {
  const got: Outgoing[] = [];
  const out: System = {
    sources: {},
    sinks: {
      notes: {
        idempotent: true,
        async send(delivery) {
          got.push(delivery);
          return { answer: "200" };
        },
      },
    },
    check: async () => undefined,
    close: async () => undefined,
  };
  const engine = await testEngine([await flowDefinition("events", { routes: [OUT] }, NOTE)], { out });
  try {
    await work({ engine, got });
  } finally {
    await engine.dispose();
  }
}

const edit = (value: object, allowStale = false) => ({
  body: Buffer.from(JSON.stringify(value)),
  allowStale,
});
const textOf = ({ body }: Outgoing): string => (body as { text: string }).text;
const sha = (text: string): string => createHash("sha256").update(text).digest("hex");

test("an edited copy is a new message that names the original, which stays as it was", () =>
  withNotes(async ({ engine, got }) => {
    const first = await engine.post("events", { id: "a1", customer: "a", n: 1 });
    await engine.settled();
    const before = engine.sql.all("SELECT * FROM message WHERE place = 1");
    const copy = await engine.engine.replayEdited(ME, first, edit({ id: "a1", customer: "a", n: 7 }));
    await engine.settled();
    expect(copy).toBe("m-2");
    expect(got.map(textOf)).toEqual(["1", "7"]);
    expect(engine.sql.all("SELECT * FROM message WHERE place = 1")).toEqual(before);
    expect(engine.sql.all("SELECT cause, key, state FROM message WHERE place = 2")).toEqual([
      { cause: 1, key: "a", state: 5 },
    ]);
    expect(engine.sql.all("SELECT detail FROM trail WHERE message = 2")).toEqual([
      { detail: "replay of m-1, edited by ada" },
    ]);
  }));

test("the audit log keeps hashes of both bodies and nothing of what is in them", () =>
  withNotes(async ({ engine }) => {
    const value = { id: "a1", customer: "a", n: 1 };
    const first = await engine.post("events", value);
    const changed = { ...value, secret: "Ada Lovelace" };
    await engine.engine.replayEdited(ME, first, edit(changed));
    const row = engine.sql.get<{ act: string; target: string; detail: string; reason: string }>(
      "SELECT act, target, detail, reason FROM audit ORDER BY id DESC LIMIT 1",
    );
    expect(row).toMatchObject({ act: "replay-edited", target: first, reason: "a typing error" });
    expect(JSON.parse(row?.detail ?? "")).toEqual({
      ...{ copy: "m-2", bytes: JSON.stringify(changed).length, allowStale: false },
      ...{ before: sha(JSON.stringify(value)), after: sha(JSON.stringify(changed)) },
    });
    expect(JSON.stringify(row)).not.toContain("Lovelace");
  }));

test("a copy takes effect after what came of its key since, and only when somebody says so", () =>
  withNotes(async ({ engine, got }) => {
    const first = await engine.post("events", { id: "a1", customer: "a", n: 1 });
    await engine.post("events", { id: "a2", customer: "a", n: 2 });
    await engine.settled();
    const value = { id: "a1", customer: "a", n: 9 };
    await expect(engine.engine.replayEdited(ME, first, edit(value))).rejects.toMatchObject({
      ...{ code: "TL_CONFLICT", message: "m-2, newer of this key, has been applied since" },
    });
    expect(engine.sql.get("SELECT count(*) AS n FROM message")).toEqual({ n: 2 });
    await engine.engine.replayEdited(ME, first, edit(value, true));
    await engine.settled();
    expect(got.map(textOf)).toEqual(["1", "2", "9"]);
  }));

test("a body that the flow cannot decode, or that has no key, is refused before anything is stored", () =>
  withNotes(async ({ engine }) => {
    const first = await engine.post("events", { id: "a1", customer: "a", n: 1 });
    const broken = { body: Buffer.from('{"id":'), allowStale: false };
    await expect(engine.engine.replayEdited(ME, first, broken)).rejects.toMatchObject({
      code: "TL_DECODE_FAILED",
    });
    await expect(engine.engine.replayEdited(ME, first, edit({ id: "a1" }))).rejects.toMatchObject({
      code: "TL_KEY_MISSING",
    });
    await expect(engine.engine.replayEdited(ME, "m-99", edit({}))).rejects.toMatchObject({
      code: "TL_NOT_FOUND",
    });
    expect(engine.sql.get("SELECT count(*) AS n FROM message")).toEqual({ n: 1 });
    expect(engine.sql.get("SELECT count(*) AS n FROM audit WHERE act = 'replay-edited'")).toEqual({ n: 0 });
  }));

test("a copy counts as accepted in the books", () =>
  withNotes(async ({ engine }) => {
    const first = await engine.post("events", { id: "a1", customer: "a", n: 1 });
    await engine.engine.replayEdited(ME, first, edit({ id: "a1", customer: "a", n: 3 }));
    await engine.settled();
    expect(
      engine.sql.all(
        "SELECT outcome, sum(n) AS n FROM tally GROUP BY outcome HAVING sum(n) <> 0 ORDER BY outcome",
      ),
    ).toEqual([
      { outcome: "accepted", n: 2 },
      { outcome: "applied", n: 2 },
    ]);
  }));
