import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { BundleSink } from "../../src/connector/contract.ts";
import { fileSink } from "../../src/connector/file-sink.ts";
import type { FileSinkOptions } from "../../src/connector/file-sink-settings.ts";
import { HubError } from "../../src/errors.ts";
import type { Sender } from "../../src/flow/deliver.ts";
import { type Queue, queueOf } from "../flow/sender-setup.ts";

const COLUMNS = ["id", "kind", "subject", "text"];
const SLOT = /^notes-events\.\d{8}T020000Z\.1\.csv$/;

const NOTES = {
  ...{ name: "notes-{id}.csv", header: "H{sequence:9}", trailer: "T{rows:6}" },
  format: { csv: { columns: COLUMNS, encoding: "windows-1252", newline: "lf" as const } },
};
const ORDERS = { name: "{id}.edi" };

/** A queue, a folder its route writes to, and a clock that people set. */
async function setup(
  count: number,
  keys: readonly string[],
  work: (under: Under) => Promise<void>,
  format?: FileSinkOptions["format"],
) {
  const folder = mkdtempSync(join(tmpdir(), "tieline-bundle-"));
  const queue = await queueOf(count, keys);
  let now = Date.now();
  const options: FileSinkOptions = { folder, ...(format === undefined ? NOTES : { ...ORDERS, format }) };
  const { bundle } = fileSink(undefined, options, { system: "desk", now: () => now });
  if (bundle === undefined) throw new Error("no bundles");
  try {
    await work({
      ...{ queue, bundle, folder },
      start: (sink = bundle, rows = 10_000) =>
        queue.bundler(sink, { cron: "0 2 * * *", zone: "UTC", rows }, () => now),
      dayLater: () => {
        now += 24 * 3_600_000;
      },
      files: () => readdirSync(folder).filter((name) => !name.startsWith(".")),
      read: (name) => readFileSync(join(folder, name), "utf8"),
    });
  } finally {
    await queue.dispose();
    rmSync(folder, { recursive: true });
  }
}

interface Under {
  readonly queue: Queue;
  readonly bundle: BundleSink;
  readonly folder: string;
  start(sink?: BundleSink, rows?: number): Sender;
  dayLater(): void;
  files(): string[];
  read(name: string): string;
}

/** A file is written, and the hub is gone before it knows. @returns the file's name and content; it is not there any more */
async function dying({
  bundle,
  folder,
  start,
  files,
  read,
}: Pick<Under, "bundle" | "folder" | "start" | "files" | "read">): Promise<readonly string[]> {
  const written: string[] = [];
  const bundler = start({
    ...bundle,
    async send(all, signal) {
      await bundle.send(all, signal);
      const [name = ""] = files();
      written.push(name, read(name));
      rmSync(join(folder, name));
      return new Promise(() => undefined);
    },
  });
  void bundler.pump();
  await expect.poll(() => written.length, { timeout: 20_000 }).toBe(2);
  return written;
}

const open = (queue: Queue): Promise<number> =>
  queue.store.transaction(async (tx) => (await tx.deliveries.open()).reduce((sum, { n }) => sum + n, 0));

test("what gathered goes as one file at the slot, in order, and a row that fits in none does not hold it", () =>
  setup(600, ["a", "b", "Ж"], async ({ queue, start, dayLater, files, read }) => {
    const bundler = start();
    await bundler.pump();
    expect(files()).toEqual([]);
    dayLater();
    bundler.resume();
    await bundler.pump();
    const [name = "", ...others] = files();
    expect(others).toEqual([]);
    expect(name).toMatch(SLOT);
    const lines = read(name).trimEnd().split("\n");
    expect(lines[0]).toMatch(/^H\d{9}$/);
    expect(lines[1]).toBe(COLUMNS.join(","));
    expect(lines.at(-1)).toBe("T000400");
    const ids = lines.slice(2, -1).map((line) => Number(/^e(\d+),/.exec(line)?.[1]));
    expect(ids).toEqual(Array.from({ length: 600 }, (_, n) => n).filter((n) => n % 3 !== 2));
    const first = await queue.store.transaction((tx) => tx.deliveries.ofMessage(1));
    expect(first[0]?.state).toBe("done");
    const bad = await queue.store.transaction((tx) => tx.deliveries.ofMessage(3));
    expect(bad[0]?.state).toBe("parked");
    const behind = await queue.store.transaction((tx) => tx.deliveries.ofMessage(6));
    expect(behind[0]?.state).toBe("held");
    expect(await open(queue)).toBe(200);
    bundler.resume();
    await bundler.pump();
    expect(files()).toEqual([name]);
    await bundler.close();
  }));

test("after a crash the same bytes go under the same name, whatever came meanwhile, and the rest in the next file", () =>
  setup(300, ["a", "b"], async ({ queue, bundle, folder, start, dayLater, files, read }) => {
    dayLater();
    const written = await dying({ bundle, folder, start, files, read });
    await queue.more([{ key: "a", body: { id: "late", kind: "note", subject: "a", text: "x" } }]);
    const next = start();
    await next.pump();
    expect(files()).toEqual([written[0]]);
    expect(read(written[0] ?? "")).toBe(written[1]);
    expect(await open(queue)).toBe(1);
    dayLater();
    next.resume();
    await next.pump();
    expect(files()).toHaveLength(2);
    expect(read(files()[1] ?? "")).toContain("\nlate,note,a,x\nT000001\n");
    expect(await open(queue)).toBe(0);
    await next.close();
  }));

test("a file holds no more than it may: the parts of a slot follow each other, and a full one does not wait for it", () =>
  setup(250, ["a"], async ({ queue, start, dayLater, files, read }) => {
    const bundler = start(undefined, 100);
    await bundler.pump();
    const rows = (): string[] => files().map((name) => read(name).trimEnd().split("\n").at(-1) ?? "");
    expect(rows()).toEqual(["T000100", "T000100"]);
    expect(await open(queue)).toBe(50);
    dayLater();
    bundler.resume();
    await bundler.pump();
    expect(rows()).toEqual(["T000100", "T000100", "T000050"]);
    expect(files().map((name) => /\.(\d)\.csv$/.exec(name)?.[1])).toEqual(["1", "2", "3"]);
    await bundler.close();
  }));

test("a system that is away is waited for, and what no delivery is to blame for stops the route", () =>
  setup(10, ["a"], async ({ queue, bundle, start, dayLater, files }) => {
    dayLater();
    const failures = [new HubError("TL_TARGET_UNAVAILABLE", "away"), new HubError("TL_TARGET_REFUSED", "no")];
    const bundler = start({
      ...bundle,
      async send(all, signal) {
        const failure = failures.shift();
        if (failure !== undefined) throw failure;
        return bundle.send(all, signal);
      },
    });
    await bundler.pump();
    expect(bundler.state).toMatchObject({ stopped: null, waitingUntil: expect.any(Number) });
    bundler.resume();
    await bundler.pump();
    expect(bundler.state.stopped).toBe("TL_TARGET_REFUSED: no");
    expect(await open(queue)).toBe(10);
    bundler.resume();
    await bundler.pump();
    expect(files()).toHaveLength(1);
    expect(await open(queue)).toBe(0);
    await bundler.close();
  }));

const INTERCHANGE = { sender: "HUB", recipient: "ACME" };
const ORDER = (number: number) => ({
  message: { type: "ORDERS", version: "D", release: "96A", agency: "UN" },
  segments: [{ tag: "BGM", e1: "220", e2: `O${number}` }],
});

test("an interchange of many has its numbers from what is stored: it is the same when it is written again", () =>
  setup(
    3,
    ["a"],
    async ({ queue, bundle, folder, start, dayLater, files, read }) => {
      // The three notes of the queue are no messages.
      await queue.more([1, 2].map((number) => ({ key: `k${number}`, body: ORDER(number) })));
      await queue.more([{ key: "k3", body: { ...ORDER(3), interchange: { recipient: "OTHER" } } }]);
      dayLater();
      const written = await dying({ bundle, folder, start, files, read });
      const next = start();
      await next.pump();
      expect(files()).toEqual([written[0]]);
      const text = read(written[0] ?? "");
      expect(text).toBe(written[1]);
      const segments = text.split("'");
      // The second of the two orders is the fifth delivery; the slot was at two in the night.
      expect(segments[1]).toMatch(/^UNB\+UNOC:3\+HUB\+ACME\+\d{6}:0200\+5$/);
      expect(segments.filter((one) => one.startsWith("BGM"))).toEqual(["BGM+220+O1", "BGM+220+O2"]);
      expect(segments.slice(-3)).toEqual(["UNT+3+2", "UNZ+2+5", ""]);
      const parked = await queue.store.transaction((tx) => tx.deliveries.ofMessage(1));
      expect(parked.filter(({ state }) => state === "parked")).toHaveLength(2);
      await next.close();
    },
    { edifact: { interchange: INTERCHANGE } },
  ));
