import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { System } from "../../src/connector/contract.ts";
import { dropFolder } from "../../src/connector/drop-folder.ts";
import { messageId } from "../../src/message/id.ts";
import { PARKED_BY_HAND } from "../../src/message/parked-by-hand.ts";
import { flowDefinition, testEngine } from "./setup.ts";

const ME = { actor: "test", reason: null };

async function setup() {
  const inbox = await mkdtemp(join(tmpdir(), "tieline-acts-"));
  const context = { system: "pbx", now: () => Date.now() };
  const pbx: System = {
    sources: { notes: dropFolder({ inbox, pattern: "*.csv", stable: 0 }, context) },
    sinks: {},
    check: async () => undefined,
    close: async () => undefined,
  };
  const flow = await flowDefinition(
    "notes",
    {
      source: { system: "pbx", read: "notes", format: { csv: {} } },
      key: "id",
      onError: {
        retries: 2,
        backoff: { first: 20, last: 40 },
        data: "reject-row",
        missingReference: { policy: "wait", maxAge: 3_600_000 },
      },
    },
    `{ "id": id, "kind": "note", "customer": { "system": "erp", "id": customer } }`,
  );
  const engine = await testEngine([flow], { pbx });
  return {
    inbox,
    engine,
    books: () =>
      JSON.parse(engine.sql.get<{ books: string }>("SELECT books FROM file")?.books ?? "null") as unknown,
    async dispose() {
      await engine.dispose();
      await rm(inbox, { recursive: true });
    },
  };
}

test("who parks a message, and why, is in the audit log alone", async () => {
  const { inbox, engine, dispose } = await setup();
  try {
    await writeFile(join(inbox, "notes.csv"), "id,customer\nn-1,unknown\n");
    await engine.engine.runNow(ME, "notes");
    await engine.settled();
    const place = engine.sql.get<{ place: number }>("SELECT place FROM message")?.place ?? 0;
    await engine.engine.park({ actor: "ada", reason: "Mr Grey asked for it" }, messageId(place));
    const told = {
      message: engine.sql.get<{ failure: string }>("SELECT failure FROM message"),
      trail: engine.sql.all("SELECT step, detail FROM trail ORDER BY id"),
    };
    expect(told.message?.failure).toBe(JSON.stringify(PARKED_BY_HAND));
    // What it waited for is still told.
    expect(told.trail).toMatchObject([{ step: "waiting" }, { step: "parked", detail: "by a person" }]);
    expect(JSON.stringify(told)).not.toMatch(/ada|Grey/);
    expect(engine.sql.all("SELECT actor, reason FROM audit WHERE act = 'park'")).toEqual([
      { actor: "ada", reason: "Mr Grey asked for it" },
    ]);
  } finally {
    await dispose();
  }
});

test("the books of a file follow a row that a person parks and discards", async () => {
  const { inbox, engine, books, dispose } = await setup();
  try {
    await writeFile(join(inbox, "notes.csv"), "id,customer\nn-1,unknown\n");
    await engine.engine.runNow(ME, "notes");
    await engine.settled();
    expect(books()).toEqual({ "crm.interaction": { waiting: 1 } });
    const id = messageId(engine.sql.get<{ place: number }>("SELECT place FROM message")?.place ?? 0);
    await engine.engine.park(ME, id);
    expect(books()).toEqual({ "crm.interaction": { parked: 1 } });
    await engine.engine.discard(ME, id);
    expect(books()).toEqual({ "crm.interaction": { discarded: 1 } });
  } finally {
    await dispose();
  }
});
