import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openSqliteStore } from "../../src/backend/sqlite/store.ts";
import type { FlowDefinition } from "../../src/config/flow-definition.ts";
import type { Outgoing, Sink, System } from "../../src/connector/contract.ts";
import { loadConnectors } from "../../src/connector/registry.ts";
import type { CrmItem } from "../../src/crm/apply.ts";
import { applyToCrm } from "../../src/crm/apply-to-crm.ts";
import { asHubError, type HubError } from "../../src/errors.ts";
import { answerAll, attempt, type Turn } from "../../src/flow/answer-all.ts";
import { askStore } from "../../src/flow/ask-store.ts";
import { compileFlow, type Prepared, type RecordInfo } from "../../src/flow/compile.ts";
import type { Answers } from "../../src/mapping/look-up.ts";
import { Unanswered } from "../../src/mapping/look-up-desk.ts";
import type { Json } from "../../src/message/json.ts";
import type { Store } from "../../src/store/store.ts";
import { flowDefinition, type TestEngine, testEngine } from "./setup.ts";

const ALONE: RecordInfo = { receivedAt: 0, headers: null, file: null, row: null };
const ENDLESS: Turn = { isOver: () => false, again: () => undefined };

/** A store with customers 1 to `count` of the ERP, each linked to billing's, that counts what it is asked. */
async function countingStore(count: number): Promise<{
  readonly store: Pick<Store, "transaction">;
  readonly asked: { crossReference: number; recordsOf: number };
  dispose(): Promise<void>;
}> {
  const folder = await mkdtemp(join(tmpdir(), "tieline-look-up-"));
  const store = openSqliteStore(folder);
  const record = (system: string, body: Json, at: number): CrmItem => ({
    entity: "customer",
    system,
    record: body,
    version: null,
    hash: null,
    origin: { message: at, file: null, row: null, flowVersion: 1, at },
    allowStale: false,
    missingReference: "fail",
  });
  const items = Array.from({ length: count }, (_, n) => [
    record("erp", { id: `${n + 1}`, name: { full: `Name ${n + 1}` } }, n),
    record("billing", { id: `B${n + 1}`, links: [{ system: "erp", id: `${n + 1}` }] }, n),
  ]).flat();
  await store.transaction((tx) => applyToCrm(items, tx.crm, 1));
  const asked = { crossReference: 0, recordsOf: 0 };
  return {
    asked,
    store: {
      transaction: (work) =>
        store.transaction((tx) => {
          const crm: typeof tx.crm = {
            ...tx.crm,
            crossReference(questions) {
              asked.crossReference += 1;
              return tx.crm.crossReference(questions);
            },
            recordsOf(customers) {
              asked.recordsOf += 1;
              return tx.crm.recordsOf(customers);
            },
          };
          return work({ ...tx, crm });
        }),
    },
    async dispose() {
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** The results of records that cross one flow as a batch. */
async function batch(
  mapping: string,
  records: readonly Json[],
  store: Pick<Store, "transaction">,
  turn = ENDLESS,
): Promise<readonly (Prepared | HubError)[]> {
  const flow = compileFlow(
    await flowDefinition("f", { key: null, limits: { deadline: 2_000, body: 1 } }, mapping),
  );
  const run = (index: number, answers: Answers): Prepared | HubError => {
    try {
      return flow.prepare(records[index] as Json, ALONE, answers);
    } catch (error) {
      if (error instanceof Unanswered) throw error;
      return asHubError(error);
    }
  };
  const first = records.map((_, index) => attempt((answers) => run(index, answers)));
  return await answerAll(first, { run, fail: (_, error) => error }, askStore(store), turn);
}

function mapped(results: readonly (Prepared | HubError)[]): readonly unknown[] {
  return results.map((result) => ("mapped" in result ? result.mapped : `${result.code}: ${result.message}`));
}

describe("a batch of records that look things up", () => {
  const ids = (count: number): { id: string }[] =>
    Array.from({ length: count }, (_, n) => ({ id: `${n + 1}` }));

  test("500 records that each look up three things, one after the other, cost three queries", async () => {
    const { store, asked, dispose } = await countingStore(500);
    const chain = `(
      $hub := $xref("erp", id);
      $billing := $xref("crm", $hub, "billing");
      { "hub": $hub, "billing": $billing, "erp": $xref("billing", $billing, "erp") }
    )`;
    const results = mapped(await batch(chain, ids(500), store));
    expect(results).toHaveLength(500);
    expect(results[499]).toMatchObject({ billing: "B500", erp: "500" });
    expect(asked).toEqual({ crossReference: 3, recordsOf: 0 });
    await dispose();
  });

  test("500 records whose look-ups do not need each other cost one query of each kind", async () => {
    const { store, asked, dispose } = await countingStore(500);
    const independent = `{ "hub": $xref("erp", id), "billing": $xref("erp", id, "billing"),
      "name": $customer("erp", id).name.full, "list": [[1..3].$xref("erp", $, "billing")] }`;
    const results = mapped(await batch(independent, ids(500), store));
    expect(results[41]).toEqual({ hub: "c-42", billing: "B42", name: "Name 42", list: ["B1", "B2", "B3"] });
    expect(asked).toEqual({ crossReference: 1, recordsOf: 1 });
    await dispose();
  });

  test("records that ask nothing cost no query, and one that fails leaves the others alone", async () => {
    const { store, asked, dispose } = await countingStore(2);
    const mapping = 'id = "0" ? $error("no id") : id = "x" ? "as is" : $xref("erp", id)';
    expect(mapped(await batch(mapping, [{ id: "x" }, { id: "x" }], store))).toEqual(["as is", "as is"]);
    expect(asked.crossReference).toBe(0);
    const mixed = mapped(await batch(mapping, [{ id: "0" }, { id: "2" }, { id: "x" }, { id: "9" }], store));
    expect(mixed).toEqual([
      "TL_MAPPING_FAILED: D3137: the mapping refused the record by $error: no id",
      "c-2",
      "as is",
      "TL_MAPPING_FAILED: the mapping gives nothing for this record",
    ]);
    await dispose();
  });

  test("a mapping that follows look-ups without end is stopped, with the place of its first one", async () => {
    const { store, asked, dispose } = await countingStore(40);
    const text = `($next := function($n){ $exists($xref("erp", $n)) ? $next($n + 1) : $n }; $next(id))`;
    const [one, two] = await batch(text, [{ id: 1 }, { id: 38 }], store);
    expect(one).toMatchObject({
      code: "TL_MAPPING_RUNAWAY",
      message: "the mapping asks on and on: after 16 answers, each look-up needs one more",
      place: { file: "map.jsonata", line: 1, column: 33 },
    });
    expect(two).toMatchObject({ mapped: 41 });
    expect(asked.crossReference).toBe(16);
    await dispose();
  });

  test("when the time is up the batch is cut, and at least one record gets through", async () => {
    const { store, dispose } = await countingStore(9);
    let looks = 0;
    const turn: Turn = { isOver: () => ++looks > 3, again: () => undefined };
    const results = mapped(await batch('$xref("erp", id)', ids(9), store, turn));
    expect(results).toEqual(["c-1", "c-2", "c-3", "c-4"]);
    const late = { isOver: () => true, again: () => undefined };
    expect(mapped(await batch('$xref("crm", $xref("erp", id), "erp")', ids(9), store, late))).toEqual(["1"]);
    await dispose();
  });

  test("a batch that asks more than one query may is cut", async () => {
    const { store, dispose } = await countingStore(1);
    const results = await batch('{ "n": $count([[1..100].$customer("erp", $ + $$.id)]) }', idsOf(30), store);
    expect(results.length).toBeGreaterThan(5);
    expect(results.length).toBeLessThan(30);
    await dispose();
  });

  const idsOf = (count: number): { id: number }[] =>
    Array.from({ length: count }, (_, n) => ({ id: n * 100 }));
});

describe("look-ups on the path", () => {
  const CUSTOMERS = {
    routes: [{ to: "crm.customer", when: null, onPark: "block" }],
    key: "id",
    publish: false,
  } as const;
  const WAIT = {
    retries: 2,
    backoff: { first: 20, last: 40 },
    data: "park",
    missingReference: { policy: "wait", maxAge: 60_000 },
  } as const;

  function target(): { readonly system: System; readonly got: Json[] } {
    const got: Json[] = [];
    const sink: Sink = {
      idempotent: true,
      async send(delivery: Outgoing) {
        got.push(delivery.body);
        return { answer: "200" };
      },
    };
    return {
      got,
      system: { sources: {}, sinks: { notes: sink }, check: async () => {}, close: async () => {} },
    };
  }

  async function within(engine: TestEngine, work: (engine: TestEngine) => Promise<void>): Promise<void> {
    try {
      await work(engine);
    } finally {
      await engine.dispose();
    }
  }

  test("a message sees customers committed before it, and a replay looks again", async () => {
    const { system, got } = target();
    const customers = await flowDefinition("customers", CUSTOMERS, '{ "id": id, "name": { "full": name } }');
    const notes = await flowDefinition(
      "notes",
      { key: "id", routes: [{ to: "out.notes", when: '$exists($xref("shop", customer))', onPark: "skip" }] },
      '{ "customer": customer, "hub": $xref("shop", customer), "name": $customer("shop", customer).name.full }',
    );
    await within(await testEngine([customers, notes], { out: system }), async (engine) => {
      const early = await engine.post("notes", { id: "n1", customer: "7" });
      await engine.settled();
      expect(engine.sql.get("SELECT outcomes FROM message")).toEqual({
        outcomes: '{"out.notes":"filtered"}',
      });
      await engine.post("customers", { id: "7", name: "Ann" });
      await engine.settled();
      await engine.engine.replay(
        { actor: "t", reason: null },
        { messages: [early] },
        { version: "current", routes: [], allowStale: false },
      );
      await engine.settled();
      expect(got).toEqual([{ customer: "7", hub: "c-1", name: "Ann" }]);
    });
  });

  test("a result that its schema refuses for want of a customer waits for the customer", async () => {
    const { system, got } = target();
    const customers = await flowDefinition("customers", CUSTOMERS, '{ "id": id, "name": { "full": name } }');
    const schema =
      '{ "type": "object", "required": ["hub", "n"], "properties": { "n": { "type": "number" } } }';
    const notes = await flowDefinition(
      "notes",
      { key: "id", onError: WAIT, routes: [{ to: "out.notes", when: null, onPark: "skip" }] },
      '{ "n": n, "hub": $xref("shop", customer) }',
    );
    const checked = {
      ...notes,
      emits: "note.schema.json",
      texts: { ...notes.texts, "note.schema.json": schema },
    };
    const stored: FlowDefinition = {
      ...checked,
      texts: { ...checked.texts, definition: JSON.stringify(checked) },
    };
    await within(await testEngine([customers, stored], { out: system }), async (engine) => {
      await engine.post("notes", { id: "n1", customer: "7", n: 1 });
      await engine.settled();
      const waiting = engine.sql.get<{ state: number; failure: string }>(
        "SELECT state, failure FROM message",
      );
      expect(JSON.parse(waiting?.failure ?? "")).toMatchObject({
        code: "TL_REFERENCE_MISSING",
        place: { file: "map.jsonata", line: 1, column: 18 },
        message: expect.stringMatching(/breaks note\.schema\.json.* \$xref found nobody$/),
      });
      expect(waiting?.state).toBe(1);
      await engine.post("customers", { id: "7", name: "Ann" });
      await expect.poll(() => got, { timeout: 10_000 }).toEqual([{ n: 1, hub: "c-1" }]);
      await engine.post("notes", { id: "n2", customer: "7", n: "one" });
      await engine.settled();
      const parked = engine.sql.get<{ failure: string }>(
        "SELECT failure FROM message ORDER BY place DESC LIMIT 1",
      );
      expect(JSON.parse(parked?.failure ?? "")).toMatchObject({ code: "TL_EMITS_FAILED" });
    });
  });

  test("a row is unchanged only as long as what it looked up is", async () => {
    const inbox = await mkdtemp(join(tmpdir(), "tieline-inbox-"));
    const erp = (await loadConnectors())["erp"];
    const files = { customers: { inbox, pattern: "*.csv", stable: 0 } };
    const { system, got } = target();
    const customers = await flowDefinition("customers", CUSTOMERS, '{ "id": id, "status": status }');
    const rows = await flowDefinition(
      "rows",
      {
        source: { system: "erp", read: "customers", format: { csv: {} } },
        key: "id",
        carries: "state",
        publish: false,
        routes: [
          { to: "crm.customer", when: null, onPark: "skip" },
          { to: "out.notes", when: null, onPark: "skip" },
        ],
      },
      'owner ? { "id": id, "attributes": { "owner": $customer("shop", owner).status } } : { "id": id }',
    );
    const systems = {
      erp: erp?.open({ files }, { system: "erp", now: () => Date.now() }) as System,
      out: system,
    };
    await within(await testEngine([customers, rows], systems), async (engine) => {
      await engine.post("customers", { id: "7", status: "active" });
      await engine.settled();
      let blanks = "";
      const drop = async (name: string): Promise<unknown> => {
        // The same bytes in a file are a duplicate as a whole.
        blanks += "\n";
        await writeFile(join(inbox, name), `id,owner\n1,7\n2,\n${blanks}`);
        await engine.engine.runNow({ actor: "t", reason: null }, "rows");
        await expect
          .poll(() => engine.sql.get("SELECT 1 FROM file WHERE name = ? AND state = 'done'", name))
          .toBeDefined();
        await engine.settled();
        const file = engine.sql.get<{ books: string }>("SELECT books FROM file WHERE name = ?", name);
        return (JSON.parse(file?.books ?? "") as Record<string, unknown>)["crm.customer"];
      };
      expect(await drop("a.csv")).toEqual({ applied: 2 });
      expect(got).toHaveLength(2);
      expect(await drop("b.csv")).toEqual({ unchanged: 2 });
      expect(got).toHaveLength(2);
      await engine.post("customers", { id: "7", status: "blocked" });
      await engine.settled();
      expect(await drop("c.csv")).toEqual({ applied: 1, unchanged: 1 });
      expect(got.at(-1)).toEqual({ id: "1", attributes: { owner: "blocked" } });
    });
    await rm(inbox, { recursive: true });
  });

  test("what is under way finishes on the code list it came in under", async () => {
    const { system, got } = target();
    const withList = async (list: string): Promise<FlowDefinition> => {
      const made = await flowDefinition(
        "notes",
        { key: "id", routes: [{ to: "out.notes", when: null, onPark: "skip" }] },
        '{ "country": $code("country", land) }',
      );
      const texts = { ...made.texts, "mappings/codes/country.csv": list };
      return { ...made, texts: { ...texts, definition: JSON.stringify({ ...made, texts }) } };
    };
    const before = await withList("erp,iso\nD,DE\n");
    await within(await testEngine([before], { out: system }), async (engine) => {
      const { version } = engine.flow("notes");
      await engine.engine.pause({ actor: "t", reason: null }, "notes", "deliver");
      await engine.post("notes", { id: "1", land: "D" });
      await engine.restart([await withList("erp,iso\nD,GERMANY\n")]);
      expect(engine.flow("notes").version).not.toBe(version);
      await engine.post("notes", { id: "2", land: "D" });
      await engine.engine.resume({ actor: "t", reason: null }, "notes", "deliver");
      await engine.settled();
      expect(got).toEqual([{ country: "DE" }, { country: "GERMANY" }]);
      const { counters } = await engine.engine.status();
      expect(counters['mapping_shadow{flow="notes",result="same"}']).toBe(2);
    });
  });

  test("a flow version that lacks a code list it names cannot be compiled", async () => {
    const lacking = await flowDefinition("notes", {}, '$code("country", land)');
    expect(() => compileFlow(lacking)).toThrow("the flow version lacks the code list country");
  });
});
