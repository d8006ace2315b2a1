import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { restoreSqliteStore } from "../../src/backend/sqlite/restore.ts";
import { openSqliteStore } from "../../src/backend/sqlite/store.ts";
import type { Store } from "../../src/store/store.ts";
import { describeAlertTable } from "../conformance/alert-table.ts";
import { describeRetention } from "../conformance/retention.ts";
import { describeStore, type StoreUnderTest } from "../conformance/store.ts";

const openUnderTest = async (): Promise<StoreUnderTest> => {
  const folder = await mkdtemp(join(tmpdir(), "tieline-store-"));
  let open: Store = openSqliteStore(folder);
  return {
    store: open,
    async reopen() {
      await open.close();
      open = openSqliteStore(folder);
      return open;
    },
    async dispose() {
      await open.close();
      await rm(folder, { recursive: true });
    },
  };
};

describeStore("sqlite", openUnderTest);
describeAlertTable("sqlite", openUnderTest);
describeRetention("sqlite", openUnderTest);

test("a data folder is held by one store at a time", async () => {
  const folder = await mkdtemp(join(tmpdir(), "tieline-store-"));
  const store = openSqliteStore(folder);
  expect(() => openSqliteStore(folder)).toThrow("another process holds the data folder");
  await store.close();
  await openSqliteStore(folder).close();
  await rm(folder, { recursive: true });
});

test("a restored store draws numbers well above those of the backup", async () => {
  const [from, to, of] = await Promise.all([1, 2, 3].map(() => mkdtemp(join(tmpdir(), "tieline-store-"))));
  const store = openSqliteStore(of as string);
  await store.transaction((tx) =>
    tx.audit.add({ at: 1, actor: "a", act: "b", target: "c", detail: null, reason: null }),
  );
  await store.backup(from as string);
  await store.close();
  restoreSqliteStore(from as string, to as string);
  const restored = openSqliteStore(to as string);
  const id = await restored.transaction((tx) =>
    tx.messages.insert([
      {
        flow: 1,
        flowVersion: 1,
        lane: 0,
        key: null,
        system: "s",
        acceptedAt: 1,
        body: null,
        contentType: null,
        headers: null,
        event: null,
        slice: null,
        cause: null,
        hops: 0,
        traceparent: null,
      },
    ]),
  );
  expect(id[0]).toBeGreaterThan(2 ** 32);
  await restored.close();
});
