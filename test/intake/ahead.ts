import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteStore } from "../../src/backend/sqlite/store.ts";
import { compileFlow } from "../../src/flow/compile.ts";
import { type LiveFlow, liveFlow } from "../../src/flow/live-flow.ts";
import { readAhead } from "../../src/intake/read-ahead.ts";
import { readFile } from "../../src/intake/read-file.ts";
import type { FromReader, Reader, Reading, ToReader } from "../../src/intake/reader.ts";
import type { RowBatch, RowSource } from "../../src/intake/row-source.ts";
import type { FileRow } from "../../src/store/file-table.ts";
import type { Store } from "../../src/store/store.ts";
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

/** A file of these rows, with the columns id, name, note, and a store with nothing in it. */
export async function withSource(
  rows: readonly string[],
  work: (store: Store, open: () => RowSource, flow: LiveFlow, dir: string) => Promise<void>,
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
    await work(
      store,
      () => readAhead(file, flow, readerHere(reading), { store, report: () => undefined }),
      flow,
      dir,
    );
  } finally {
    await store.close();
    await rm(dir, { recursive: true });
  }
}

/** The next rows that are ready. */
export async function first(source: RowSource): Promise<RowBatch> {
  for (;;) {
    const next = await source.next();
    if (next === "later") continue;
    if ("error" in next) throw new Error("the file ended");
    return next;
  }
}
