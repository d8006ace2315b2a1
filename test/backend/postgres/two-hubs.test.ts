import { setTimeout as pause } from "node:timers/promises";
import { expect, it } from "vitest";
import { ask, openPostgres, type TestServer } from "../../fakes/postgres.ts";
import { customerRows, drop } from "../../faults/drop.ts";
import { freePort, type HubProcess, startHubProcess } from "../../faults/hub-process.ts";
import type { Producers } from "../../faults/producer.ts";
import { drained, expectCustomers, moreAcked, rowsRead, within } from "./outcome.ts";
import { openScene } from "./scene.ts";

const ROWS = 10_000;
/** A little more than a lease. */
const FROZEN_MS = 36_000;

it("two hubs on one PostgreSQL share the work; one is killed, one stands still, and each effect comes once and in order", async () => {
  const server = await openPostgres();
  const scene = await openScene(server);
  const { place, project, senders, queries, env } = scene;
  const start = async (): Promise<HubProcess> => startHubProcess({ ...project, env, port: await freePort() });
  const hubs: [HubProcess, HubProcess] = [await start(), await start()];
  const owners = async (): Promise<string> =>
    String(
      await ask(
        server.url,
        `SELECT string_agg(n::text, ' ' ORDER BY owner) FROM (SELECT owner, count(*) AS n FROM ${place.schema}.lane
         WHERE lane < 256 GROUP BY owner) AS o`,
      ),
    );
  const sending = alternate(senders, () => hubs);
  try {
    await comesTo(owners, "128 128");
    await drop(project, "customers.csv", customerRows("c", ROWS));
    await moreAcked(senders, 100);
    await rowsRead(queries, ROWS / 5);

    await sending.only(1);
    await hubs[0].kill();
    await comesTo(owners, "256");
    await moreAcked(senders, 50);
    hubs[0] = await start();
    await comesTo(owners, "128 128");
    await sending.both();
    await moreAcked(senders, 100);

    await sending.only(0);
    const finished = await count(server, `SELECT count(*) FROM ${place.schema}.delivery WHERE state = 5`);
    process.kill(hubs[1].pid, "SIGSTOP");
    await pause(FROZEN_MS);
    await comesTo(owners, "256");
    await within(
      () => count(server, `SELECT count(*) FROM ${place.schema}.delivery WHERE state = 5`),
      finished + 50,
    );
    process.kill(hubs[1].pid, "SIGCONT");
    await comesTo(owners, "128 128");
    await sending.both();
    await moreAcked(senders, 100);

    await sending.end();
    await drained(server, place);
    for (const hub of hubs) expect(await hub.stop()).toBe(0);
    expect(await count(server, `SELECT count(*) FROM ${place.schema}.worker`)).toBe(0);

    await expectCustomers(ROWS, queries, server, place);
    await scene.expectAll();
  } finally {
    for (const hub of hubs) {
      if (hub.alive()) process.kill(hub.pid, "SIGCONT");
      await hub.kill();
    }
    await sending.end();
    await scene.close();
  }
}, 180_000);

/** Senders that change between the hubs again and again, so that a key comes to both. */
function alternate(senders: Producers, hubs: () => readonly HubProcess[]) {
  let targets = [0, 1];
  let round = 0;
  let open = true;
  const turning = setInterval(() => {
    round += 1;
  }, 200);
  const run = async (): Promise<void> => {
    while (open) {
      const mine = round;
      const hub = hubs()[targets[mine % targets.length] as number];
      await senders.run(hub?.url ?? "", () => open && round === mine);
    }
  };
  let running = run();
  const turnTo = async (to: number[]): Promise<void> => {
    open = false;
    await running;
    targets = to;
    open = true;
    running = run();
  };
  return {
    only: (hub: number) => turnTo([hub]),
    both: () => turnTo([0, 1]),
    async end() {
      clearInterval(turning);
      open = false;
      await running;
    },
  };
}

async function count(server: TestServer, text: string): Promise<number> {
  return Number(await ask(server.url, text));
}

async function comesTo(read: () => Promise<string>, wanted: string): Promise<void> {
  let found = await read();
  for (let looks = 0; looks < 400 && found !== wanted; looks++) {
    await pause(100);
    found = await read();
  }
  expect(found).toBe(wanted);
}
