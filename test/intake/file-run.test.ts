import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openSql } from "../../src/backend/sqlite/sql.ts";
import { DATABASE } from "../../src/backend/sqlite/store.ts";
import { dropFolder } from "../../src/connector/drop-folder.ts";
import type { ReaderDoor } from "../../src/intake/reader.ts";
import { readerDoor } from "../../src/reader-host.ts";
import { flowDefinition, type TestEngine, testEngine } from "../flow/setup.ts";

/** As the program is built; every file is worth a reader. */
const READER = new URL("../../dist/src/reader-thread.js", import.meta.url);
const anyFile = (program: URL): ReaderDoor => readerDoor(program, 0, 2);

const CUSTOMER = `{ "id": id, "type": "person", "name": { "full": name } }`;

interface Drop {
  readonly engine: TestEngine;
  /** Drops a file and resolves when it is finished. */
  load(name: string, rows: readonly string[]): Promise<void>;
  offer(name: string, rows: readonly string[]): Promise<void>;
  books(): readonly Record<string, Record<string, number>>[];
  /** Name and revision by external id. */
  customers(): ReadonlyMap<string, string>;
}

async function withDrop(
  guard: { readonly rows: number } | null,
  openReader: ReaderDoor,
  work: (drop: Drop) => Promise<void>,
) {
  const dir = await mkdtemp(join(tmpdir(), "tieline-file-run-"));
  const inbox = join(dir, "inbox");
  await mkdir(inbox);
  const context = { system: "shop", now: () => Date.now() };
  const source = dropFolder({ inbox, pattern: "*.csv", stable: 0 }, context);
  const system = {
    sources: { customers: source },
    sinks: {},
    check: async () => undefined,
    close: async () => undefined,
  };
  const flow = await flowDefinition(
    "customers",
    {
      source: { system: "shop", read: "customers", format: { csv: {} } },
      key: "id",
      carries: "state",
      emits: "customer.schema.json",
      routes: [{ to: "crm.customer", when: null, onPark: "skip" }],
      guard: { rejected: guard },
      onError: {
        retries: 2,
        backoff: { first: 20, last: 40 },
        data: "reject-row",
        missingReference: { policy: "park", maxAge: 0 },
      },
    },
    CUSTOMER,
  );
  const engine = await testEngine([flow], { shop: system }, openReader);
  const offer = async (name: string, rows: readonly string[]): Promise<void> => {
    await writeFile(join(inbox, name), ["id,name", ...rows, ""].join("\n"));
    await engine.engine.runNow({ actor: "test", reason: null }, "customers");
  };
  try {
    await work({
      engine,
      offer,
      async load(name, rows) {
        await offer(name, rows);
        await engine.settled();
      },
      books: () =>
        engine.sql
          .all<{ books: string }>("SELECT books FROM file ORDER BY id")
          .map((file) => JSON.parse(file.books) as Record<string, Record<string, number>>),
      customers: () =>
        new Map(
          engine.sql
            .all<{ id: string; name: string; revision: number }>(
              `SELECT r.external_id AS id, c.name, c.revision FROM source_record r JOIN customer c ON c.id = r.customer`,
            )
            .map(({ id, name, revision }) => [id, `${name} ${revision}`]),
        ),
    });
  } finally {
    await engine.dispose();
    await rm(dir, { recursive: true });
  }
}

function people(n: number, name = "Ann"): string[] {
  return Array.from({ length: n }, (_, index) => `${index},${name}`);
}

describe.each([
  { where: "in the engine's thread", door: (): ReaderDoor => () => undefined },
  { where: "ahead of the engine, in a thread of their own", door: () => anyFile(READER) },
])("rows that are mapped $where", ({ door }) => {
  test("rows of a record in neighbouring chunks take effect in their order, also when one goes back to what it was", () =>
    withDrop(null, door(), async (drop) => {
      await drop.load("1.csv", people(2000));
      const rows = people(2000);
      // The last row of a chunk and the first of the next, whatever the size of the chunks.
      const twice = rows.flatMap((row, index) => [`${index},Bea`, row]);
      await drop.load("2.csv", twice);
      expect(drop.books()[1]).toEqual({ "crm.customer": { applied: 4000 } });
      expect(new Set(drop.customers().values())).toEqual(new Set(["Ann 3"]));
      await drop.load("3.csv", people(2001));
      expect(drop.books()[2]).toEqual({ "crm.customer": { unchanged: 2000, applied: 1 } });
      const { counters } = await drop.engine.engine.status();
      expect(counters).toMatchObject({
        'file_rows{flow="customers",result="applied"}': 6001,
        'file_rows{flow="customers",result="unchanged"}': 2000,
      });
    }));

  test("a chunk that cannot be committed is read again, and no row is lost or taken twice", () =>
    withDrop(null, door(), async (drop) => {
      const writer = openSql(join(drop.engine.data, DATABASE), "writer");
      writer.script(`CREATE TRIGGER full BEFORE UPDATE OF file_rows ON file WHEN NEW.file_rows > 1200
      BEGIN SELECT RAISE(ABORT, 'full'); END`);
      await drop.offer("1.csv", people(3000));
      await until(() => drop.customers().size > 0);
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(drop.customers().size).toBeLessThanOrEqual(1200);
      writer.script("DROP TRIGGER full");
      writer.close();
      await drop.engine.settled();
      expect(drop.books()[0]).toEqual({ "crm.customer": { applied: 3000 } });
      expect(drop.customers().size).toBe(3000);
    }));

  test("a guard that trips on a chunk keeps the next one out", () =>
    withDrop({ rows: 1 }, door(), async (drop) => {
      await drop.load("1.csv", ["only an id", ...people(3000)]);
      const [file] = drop.engine.sql.all<{ state: string; rows: number }>(
        "SELECT state, file_rows AS rows FROM file",
      );
      expect(file?.state).toBe("stopped");
      expect(file?.rows).toBeLessThan(3000);
      expect(drop.customers().size).toBe((file?.rows ?? 0) - 1);
    }));

  test("every row has one outcome, and a bad one says where it stands", () =>
    withDrop(null, door(), async (drop) => {
      await drop.load("1.csv", [...people(700), "only an id", ",Nobody", ...people(1500)]);
      expect(drop.books()[0]).toEqual({ "crm.customer": { applied: 1500, unchanged: 700, rejected: 2 } });
      const failures = drop.engine.sql.all<{ row: number; line: number; failure: string }>(
        "SELECT file_row AS row, file_line AS line, failure FROM message WHERE failure IS NOT NULL ORDER BY file_row",
      );
      expect(failures.map(({ row, line }) => [row, line])).toEqual([
        [701, 702],
        [702, 703],
      ]);
      expect(failures.map(({ failure }) => JSON.parse(failure).code)).toEqual([
        "TL_DECODE_FAILED",
        "TL_KEY_MISSING",
      ]);
    }));
});

test("a file whose thread dies is read in the engine's", () =>
  withDrop(null, anyFile(new URL("data:text/javascript,process.exit(1)")), async (drop) => {
    await drop.load("1.csv", people(2000));
    expect(drop.books()[0]).toEqual({ "crm.customer": { applied: 2000 } });
  }));

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 5));
}
