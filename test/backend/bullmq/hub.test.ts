import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { ask, openPostgres } from "../../fakes/postgres.ts";
import { customerRows, drop } from "../../faults/drop.ts";
import { freePort, startHubProcess } from "../../faults/hub-process.ts";
import { EVENT_HOOK, eventsFlow, makeProject } from "../../faults/project.ts";
import { drained, expectCustomers, moreAcked, rowsRead, within } from "../postgres/outcome.ts";
import { freshPlace } from "../postgres/place.ts";
import { openScene } from "../postgres/scene.ts";
import { freshRedis } from "./setup.ts";

const ROWS = 5_000;

it("a hub goes on accepting and finishing while its Redis is emptied, stands still and is gone", async () => {
  const server = await openPostgres();
  const scene = await openScene(server);
  const { place, project, senders, queries } = scene;
  // What Redis is ever told stands in its file.
  const folder = await mkdtemp(join(tmpdir(), "tieline-told-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const redis = await freshRedis({ requirepass: "hunter2", dir: folder, appendonly: "yes" });
  const hub = await startHubProcess({
    ...project,
    port: await freePort(),
    env: { ...scene.env, TIELINE_DISPATCH: `redis://:hunter2@127.0.0.1:${redis.port}` },
  });
  const said = (line: string): number => hub.output().split(line).length - 1;
  const finished = async (): Promise<number> =>
    Number(await ask(server.url, `SELECT count(*) FROM ${place.schema}.delivery WHERE state > 3`));
  /** More is accepted, and more of it takes effect. */
  const goesOn = async (): Promise<void> => {
    const before = await finished();
    await moreAcked(senders, 50);
    await within(finished, before + 50);
  };
  let open = true;
  try {
    const sending = senders.run(hub.url, () => open);
    await goesOn();
    for (let n = 0; n < 3; n++) {
      await redis.ask("FLUSHALL");
      await goesOn();
    }
    await redis.ask("CLIENT", "PAUSE", "1000", "ALL");
    await goesOn();
    expect(said("wake-ups are lost")).toBe(0);

    await redis.kill();
    await drop(project, "customers.csv", customerRows("c", ROWS));
    await goesOn();
    await within(async () => said("wake-ups are lost"), 1);
    await goesOn();
    await redis.start();
    await within(async () => said("wake-ups arrive again"), 1);
    await goesOn();
    await redis.kill();
    await goesOn();
    await rowsRead(queries, 1);
    open = false;
    await sending;
    await drained(server, place);
    expect(await hub.stop()).toBe(0);

    expect(said("wake-ups are lost")).toBe(2);
    expect(senders.refusals()).toBe(0);
    expect(hub.output()).not.toContain("hunter2");
    await expectCustomers(ROWS, queries, server, place);
    await scene.expectAll();
    await expectNothingTold(folder);
  } finally {
    open = false;
    await hub.kill();
    await scene.close();
  }
}, 120_000);

/** Redis was told of wake-ups, and of no customer, key or event. */
async function expectNothingTold(folder: string): Promise<void> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile());
  const texts = await Promise.all(
    files.map((entry) => readFile(join(entry.parentPath, entry.name), "latin1")),
  );
  const told = texts.join("\n");
  expect(told).toContain("bull:{tieline}:");
  expect(told).toContain("wake");
  expect(told).not.toMatch(/\bc-\d|customer|crm|example/i);
}

it("a hub that finds a Redis it cannot trust says what to change, and does not begin", async () => {
  const redis = await freshRedis({ "maxmemory-policy": "allkeys-lru" });
  const server = await openPostgres();
  const place = freshPlace(server);
  const project = await makeProject({ webhooks: { events: EVENT_HOOK }, flows: { events: eventsFlow() } });
  try {
    const hub = await startHubProcess({
      ...project,
      ...{ port: await freePort(), doomed: true },
      env: {
        ...project.env,
        TIELINE_STORAGE: `${server.url}?schema=${place.schema}`,
        TIELINE_DISPATCH: `redis://127.0.0.1:${redis.port}`,
      },
    });
    await hub.ended;
    await pause(50);
    expect(hub.output()).toContain("`maxmemory-policy` is allkeys-lru");
    expect(hub.output()).toContain("Set maxmemory-policy noeviction");
    // Nor has it taken the store.
    const schemas = `SELECT count(*) FROM information_schema.schemata WHERE schema_name = '${place.schema}'`;
    expect(Number(await ask(server.url, schemas))).toBe(0);
  } finally {
    await project.remove();
    await server.close();
  }
}, 60_000);
