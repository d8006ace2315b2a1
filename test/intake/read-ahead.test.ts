import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openSqliteStore } from "../../src/backend/sqlite/store.ts";
import { applyToCrm } from "../../src/crm/apply-to-crm.ts";
import { compileFlow } from "../../src/flow/compile.ts";
import { liveFlow } from "../../src/flow/live-flow.ts";
import { readAhead } from "../../src/intake/read-ahead.ts";
import { readFile } from "../../src/intake/read-file.ts";
import type { FromReader, Reader, Reading, ToReader } from "../../src/intake/reader.ts";
import type { RowBatch, RowSource } from "../../src/intake/row-source.ts";
import type { FileRow } from "../../src/store/file-table.ts";
import type { Store } from "../../src/store/store.ts";
import { item } from "../crm/repository.ts";
import { flowDefinition } from "../flow/setup.ts";

const MAPPING = `{ "id": id, "name": { "full": name }, "notes": note = "-" ? null : note }`;

/** A reader in this thread; what crosses is cloned as between threads. */
function readerHere(reading: Reading): Reader {
  let take: (message: FromReader) => void = () => undefined;
  let gone: (error: unknown) => void = () => undefined;
  let hear: (message: ToReader) => void = () => undefined;
  setImmediate(() => {
    const port = {
      send: (message: FromReader) => {
        const crossed = structuredClone(message);
        setImmediate(() => take(crossed));
      },
      listen: (heard: typeof hear) => {
        hear = heard;
      },
    };
    readFile(reading, port).catch((error: unknown) => gone(error));
  });
  return {
    send: (message) => {
      const crossed = structuredClone(message);
      setImmediate(() => hear(crossed));
    },
    listen: (taken, ended) => {
      take = taken;
      gone = ended;
    },
    close: async () => undefined,
  };
}

async function withSource(
  rows: readonly string[],
  work: (store: Store, open: () => RowSource) => Promise<void>,
): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), "tieline-read-ahead-"));
  const path = join(dir, "1.csv");
  await writeFile(path, ["id,name,note", ...rows, ""].join("\n"));
  const definition = await flowDefinition(
    "customers",
    {
      source: { system: "shop", read: "customers", format: { csv: {} } },
      key: "id",
      carries: "state",
      routes: [{ to: "crm.customer", when: null, onPark: "skip" }],
    },
    MAPPING,
  );
  const version = { id: 1, flow: 1, hash: "", texts: definition.texts, deployedAt: 0 };
  const flow = liveFlow(version, compileFlow(definition), [{ id: 1, flow: 1, to: "crm.customer" } as never]);
  const store = openSqliteStore(dir);
  const file = { id: 1, name: "1.csv" } as FileRow;
  const reading = {
    ...{ definition, version: 1, path, name: "1.csv", skip: 0, size: 1 },
    compiled: dir,
    shadow: 0,
  };
  try {
    await work(store, () => readAhead(file, flow, readerHere(reading), { store, report: () => undefined }));
  } finally {
    await store.close();
    await rm(dir, { recursive: true });
  }
}

async function first(source: RowSource): Promise<RowBatch> {
  for (;;) {
    const next = await source.next();
    if (next === "later") continue;
    if ("error" in next) throw new Error("the file ended");
    return next;
  }
}

async function apply(store: Store, name: string, hash: string | null): Promise<void> {
  const customer = item("shop", { id: "1", name: { full: name }, notes: "kept" }, { hash });
  await store.transaction((tx) => applyToCrm([customer], tx.crm, 0));
}

test("what others write between the look at a row and its commit is noticed", () =>
  withSource(["1,Ann,-", "2,Bea,-"], async (store, open) => {
    const batch = await first(open());
    expect(await store.transaction((tx) => batch.holds(tx))).toBe(true);
    await apply(store, "Zoe", null);
    expect(await store.transaction((tx) => batch.holds(tx))).toBe(false);
    const again = await first(open());
    expect(await store.transaction((tx) => again.holds(tx))).toBe(true);
    // Somebody known: what clears must have crossed.
    const { result } = again.items[0] as { result: { mapped: unknown } };
    expect(result.mapped).toEqual({ id: "1", name: { full: "Ann" }, notes: null });
  }));

test("a row is unchanged when just so applied, and no longer when others change its record before it is committed", () =>
  withSource(["1,Ann,x", "2,Bea,x"], async (store, open) => {
    const before = await first(open());
    await apply(store, "Ann", before.items[0]?.hash ?? null);
    const batch = await first(open());
    expect(batch.items.map(({ result }) => result === "unchanged")).toEqual([true, false]);
    expect(await store.transaction((tx) => batch.holds(tx))).toBe(true);
    await apply(store, "Zoe", "another");
    expect(await store.transaction((tx) => batch.holds(tx))).toBe(false);
  }));

test("the second row of a record takes the long way, wherever the first stands on its way", () =>
  withSource([...Array.from({ length: 400 }, (_, n) => `${n},Ann,x`), "1,Bea,-"], async (_store, open) => {
    const source = open();
    const items = [];
    while (items.length < 401) items.push(...(await first(source)).items);
    const last = items[400]?.result as { mapped: unknown };
    expect(last.mapped).toEqual({ id: "1", name: { full: "Bea" }, notes: null });
  }));
