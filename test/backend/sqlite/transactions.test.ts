import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openSql, type Sql } from "../../../src/backend/sqlite/sql.ts";
import { DATABASE, openSqliteStore } from "../../../src/backend/sqlite/store.ts";
import type { Store, Tx } from "../../../src/store/store.ts";

async function withStore(work: (store: Store, stored: () => string[]) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "tieline-transactions-"));
  const store = openSqliteStore(folder);
  const reader: Sql = openSql(join(folder, DATABASE), "reader");
  try {
    await work(store, () =>
      reader.all<{ act: string }>("SELECT act FROM audit ORDER BY id").map(({ act }) => act),
    );
  } finally {
    reader.close();
    await store.close();
    await rm(folder, { recursive: true });
  }
}

const note = (tx: Tx, act: string): Promise<void> =>
  tx.audit.add({ at: 1, actor: "a", act, target: "c", detail: null, reason: null });

test("one that waits is committed with those that join it, and with nothing else", () =>
  withStore(async (store, stored) => {
    const seen: string[][] = [];
    const told: string[] = [];
    const ask = (act: string, sharing: "waits" | "joins" | "alone") =>
      store
        .transaction(async (tx) => {
          seen.push(stored());
          await note(tx, act);
        }, sharing)
        .then(() => told.push(act));
    await Promise.all([
      ask("settled", "waits"),
      ask("accepted", "joins"),
      ask("second", "joins"),
      ask("act", "alone"),
    ]);
    const together = ["settled", "accepted", "second"];
    expect(seen).toEqual([[], [], [], together]);
    expect(told).toEqual([...together, "act"]);
    expect(stored()).toEqual([...together, "act"]);
  }));

test("one that waits finds company in what comes right after its work", () =>
  withStore(async (store, stored) => {
    let joined: Promise<string[]> | undefined;
    await store.transaction(async (tx) => {
      await note(tx, "settled");
      setImmediate(() => {
        joined = store.transaction(async () => stored(), "joins");
      });
    }, "waits");
    expect(await joined).toEqual([]);
    expect(stored()).toEqual(["settled"]);
  }));

test("one that waits alone is committed alone", () =>
  withStore(async (store, stored) => {
    await store.transaction((tx) => note(tx, "settled"), "waits");
    expect(stored()).toEqual(["settled"]);
  }));

test("what fails while it joins undoes nothing but itself", () =>
  withStore(async (store, stored) => {
    const settled = store.transaction((tx) => note(tx, "settled"), "waits");
    const failing = store.transaction(async (tx) => {
      await note(tx, "half");
      throw new Error("no");
    }, "joins");
    const accepted = store.transaction((tx) => note(tx, "accepted"), "joins");
    await expect(failing).rejects.toThrow("no");
    await Promise.all([settled, accepted]);
    expect(stored()).toEqual(["settled", "accepted"]);
  }));

test("nothing joins what has failed", () =>
  withStore(async (store, stored) => {
    const failing = store.transaction(async (tx) => {
      await note(tx, "half");
      throw new Error("no");
    }, "waits");
    const accepted = store.transaction((tx) => note(tx, "accepted"), "joins");
    await expect(failing).rejects.toThrow("no");
    await accepted;
    expect(stored()).toEqual(["accepted"]);
  }));
