import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSqliteStore } from "../../src/backend/sqlite/store.ts";
import { USUAL_RETENTION } from "../../src/config/read-retention.ts";
import { retention, SWEEP_MS } from "../../src/intake/retention.ts";
import type { NewFile } from "../../src/store/file-table.ts";
import type { Store } from "../../src/store/store.ts";
import { message } from "../conformance/store.ts";

const DAY = 86_400_000;
const NOW = 1_000 * DAY;

let folder: string;
let store: Store;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "retention-"));
  store = openSqliteStore(folder);
});

afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

function setup(flows: Readonly<Record<string, number | null>> = {}) {
  const told: string[] = [];
  const clock = { now: NOW };
  const sweeper = retention({
    ...{ store, data: folder, settings: { ...USUAL_RETENTION, flows } },
    now: () => clock.now,
    clock: () => performance.now(),
    forgotten: (kind, n) => told.push(`${kind} ${n}`),
  });
  return { sweeper, told, clock };
}

/** Messages of a flow that were finished so many days ago. */
async function finished(flow: string, ...days: readonly number[]): Promise<readonly number[]> {
  return store.transaction(async (tx) => {
    await tx.flows.deploy(flow, "h", { "flow.yaml": flow }, ["crm.customer"], 1);
    const id = (await tx.flows.all()).find((one) => one.name === flow)?.id ?? 0;
    const ended = { state: "done", outcomes: { "*": "applied" } } as const;
    return tx.messages.insert(
      days.map((ago) => ({ ...message("k"), ...ended, flow: id, acceptedAt: NOW - ago * DAY })),
    );
  });
}

async function left(places: readonly number[]): Promise<readonly number[]> {
  const found = await store.transaction((tx) => Promise.all(places.map((place) => tx.messages.get(place))));
  return found.flatMap((one) => (one === undefined ? [] : [one.place]));
}

function file(day: string, change: Partial<NewFile> = {}): NewFile {
  mkdirSync(join(folder, "archive", day), { recursive: true });
  const archive = join("archive", day, "a.csv");
  for (const path of [archive, `${archive}.utf8`]) writeFileSync(join(folder, path), "x");
  return {
    ...{ flow: 1, flowVersion: 1, name: "a.csv", size: 1, modified: 1, sha256: day, textSize: 1 },
    ...{ archive, text: `${archive}.utf8`, state: "rejected", failure: null, duplicateOf: null },
    ...{ startedAt: NOW - 400 * DAY, ...change },
  };
}

describe("a sweep", () => {
  it("forgets what is older than the rule of its flow, however much it is", async () => {
    const { sweeper, told } = setup({ short: DAY, forever: null });
    const many = await finished("usual", ...Array.from({ length: 250 }, () => 91), 89);
    const short = await finished("short", 2, 0);
    const forever = await finished("forever", 999);
    await sweeper.tick();
    expect(await left([...many, ...short, ...forever])).toEqual([many.at(-1), short[1], forever[0]]);
    expect(told).toEqual(["messages 1", "messages 100", "messages 100", "messages 50"]);
  });

  it("forgets a flow's messages also when the flow is gone", async () => {
    const { sweeper } = setup();
    const places = await finished("gone", 91);
    await store.transaction((tx) => tx.flows.withdraw(1));
    await sweeper.tick();
    expect(await left(places)).toEqual([]);
  });

  it("removes the copies of files it forgets, and the folder of a day that is empty then", async () => {
    const { sweeper, told } = setup();
    await store.transaction(async (tx) => {
      for (const one of [file("old"), file("new", { startedAt: NOW }), file("newest")]) {
        const id = await tx.files.insert(one);
        await tx.files.settled(id);
        await tx.files.reported(id);
      }
    });
    await sweeper.tick();
    expect(readdirSync(join(folder, "archive")).sort()).toEqual(["new", "newest"]);
    expect(readdirSync(join(folder, "archive", "newest"))).toHaveLength(2);
    expect(told).toEqual(["files 1"]);
    expect(await store.transaction((tx) => tx.files.get(1))).toBeUndefined();
  });

  it("is made once an hour, whoever of the store's processes makes it", async () => {
    const first = setup();
    await first.sweeper.tick();
    const places = await finished("usual", 91);
    const other = setup();
    other.clock.now = NOW + SWEEP_MS - 1;
    await other.sweeper.tick();
    expect(await left(places)).toEqual(places);
    other.clock.now = NOW + SWEEP_MS;
    await other.sweeper.tick();
    expect(await left(places)).toEqual([]);
    const last = await store.transaction((tx) => tx.retention.lastSweep());
    expect(last).toBe(NOW + SWEEP_MS);
  });

  it("ends between two steps when the hub stops", async () => {
    const { sweeper } = setup();
    const places = await finished("usual", ...Array.from({ length: 500 }, () => 91));
    const sweep = sweeper.tick();
    await sweeper.close();
    await sweep;
    expect((await left(places)).length).toBeGreaterThan(0);
    expect(await store.transaction((tx) => tx.retention.lastSweep())).toBeNull();
  });
});
