import { setTimeout as pause } from "node:timers/promises";
import type { LedgerEntry } from "../fakes/ledger.ts";
import { drained } from "./books.ts";
import { deliveryScene, perId, sumTables } from "./delivery-scene.ts";
import { type Check, check, type Fault, type FaultRun, type Verdict } from "./fault.ts";

/** As many as the sender of a route has under way at once. */
const AT_ONCE = ["c1", "c2", "c3", "c4"];
const HOLD_MS = 1000;
const KILL_AFTER_MS = 500;

/** F03: the target has the request and holds its answer; the hub is killed in between. */
export const killInDelivery: Fault = {
  id: "F03",
  title: "kill -9 between request and answer",
  tries: "I1 I2 I3",
  async run(run) {
    return join([await asksAgain(run), await parksDoubt(run)]);
  },
};

/** F04: the target has answered; the hub dies before it has written that down. */
export const killAfterDelivery: Fault = {
  id: "F04",
  title: "kill -9 between answer and record",
  tries: "I1 I2 I3",
  async run(run) {
    return join([
      await diesAfterAnswer(run, "dedupe"),
      await diesAfterAnswer(run, "sequence"),
      await diesBeforeDoubt(run),
    ]);
  },
};

async function asksAgain({ backend, note }: FaultRun): Promise<Verdict> {
  const scene = await deliveryScene(backend, "dedupe", HOLD_MS);
  const first = await scene.start();
  await scene.send(first, AT_ONCE);
  await scene.send(first, AT_ONCE);
  await pause(KILL_AFTER_MS);
  await first.kill();
  const second = await scene.start();
  const drainMs = await drained(scene.store);
  await second.stop();
  const requests = scene.requests();
  const table = await scene.judge(drainMs);
  const twice = [...perId(requests).values()].filter((group) => group.length === 2);
  note(`idempotent target: ${requests.length} requests, ${twice.length} ids twice`);
  await scene.close();
  return {
    table,
    checks: [
      check(
        "idempotent: what was under way was requested twice",
        twice.length === AT_ONCE.length,
        twice.length,
      ),
      check("idempotent: nothing more than twice", requests.length === 3 * AT_ONCE.length, requests.length),
      check("idempotent: the second request is the first again", twice.every(isSame)),
      check(
        "idempotent: one effect each",
        twice.every((group) => group.filter(({ effect }) => effect).length === 1),
      ),
    ],
  };
}

async function parksDoubt({ backend, note }: FaultRun): Promise<Verdict> {
  const scene = await deliveryScene(backend, "none", HOLD_MS);
  const first = await scene.start();
  await scene.send(first, AT_ONCE);
  await scene.send(first, AT_ONCE);
  await pause(KILL_AFTER_MS);
  await first.kill();
  const second = await scene.start();
  await scene.send(second, ["d1", "d2"]);
  const drainMs = await drained(scene.store, 60_000, AT_ONCE.length);
  await pause(HOLD_MS);
  await second.stop();
  const table = await scene.judge(drainMs);
  const verdict = {
    table,
    checks: doubtChecks(scene.requests(), (await scene.books()).deliveries, AT_ONCE.length),
  };
  note(`target that is not idempotent: ${scene.requests().length} requests`);
  await scene.close();
  return verdict;
}

async function diesAfterAnswer(
  { backend, size, note }: FaultRun,
  mode: "dedupe" | "sequence",
): Promise<Verdict> {
  const scene = await deliveryScene(backend, mode, 5);
  const places = [1, 5, 9].slice(0, size(3, 1));
  let deaths = 0;
  for (const nth of places) {
    const hub = await scene.start(`after_deliver:exit:${nth}`);
    for (let turn = 0; turn < 20 && hub.alive(); turn++) await scene.send(hub, AT_ONCE);
    await Promise.race([hub.ended, pause(60_000)]);
    if (!hub.alive()) deaths += 1;
    await hub.kill();
  }
  const last = await scene.start();
  await scene.send(last, AT_ONCE);
  const drainMs = await drained(scene.store);
  await last.stop();
  const table = await scene.judge(drainMs);
  const repeated = [...perId(scene.requests()).values()].filter((group) => group.length > 1);
  note(`target that tells by ${mode}: ${scene.requests().length} requests, ${repeated.length} ids again`);
  await scene.close();
  return {
    table,
    checks: [
      check(`${mode}: each hub died at its fail point`, deaths === places.length, deaths),
      check(
        `${mode}: what was answered and not recorded was sent again`,
        repeated.length >= deaths,
        repeated.length,
      ),
      check(`${mode}: each repetition is the first request again`, repeated.every(isSame)),
    ],
  };
}

async function diesBeforeDoubt({ backend, note }: FaultRun): Promise<Verdict> {
  const scene = await deliveryScene(backend, "none", 5);
  const first = await scene.start("after_deliver:exit");
  await scene.send(first, ["c1"]);
  await Promise.race([first.ended, pause(60_000)]);
  const died = !first.alive();
  await first.kill();
  const second = await scene.start();
  await scene.send(second, ["c1", "d1"]);
  const drainMs = await drained(scene.store, 60_000, 1);
  await second.stop();
  const checks = doubtChecks(scene.requests(), (await scene.books()).deliveries, 1);
  const table = await scene.judge(drainMs);
  note(`target that is not idempotent: ${scene.requests().length} requests`);
  await scene.close();
  return { table, checks: [check("not idempotent: the hub died at its fail point", died), ...checks] };
}

/** Never silently sent twice: what is in doubt is parked, what follows it is held, and others pass. */
function doubtChecks(
  requests: readonly LedgerEntry[],
  deliveries: readonly { readonly state: string; readonly failure: { readonly code: string } | null }[],
  doubtful: number,
): Check[] {
  const parked = deliveries.filter(({ state }) => state === "parked");
  const held = deliveries.filter(({ state }) => state === "held").length;
  const repeated = [...perId(requests).values()].filter((group) => group.length > 1).length;
  return [
    check("not idempotent: nothing is sent twice", repeated === 0, `${repeated} ids again`),
    check(
      "not idempotent: what was in doubt is parked",
      parked.length === doubtful,
      `${parked.length} of ${doubtful}`,
    ),
    check(
      "not idempotent: it is parked as TL_IN_DOUBT",
      parked.every(({ failure }) => failure?.code === "TL_IN_DOUBT"),
    ),
    check("not idempotent: its followers wait behind it", held === doubtful, `${held} of ${doubtful}`),
  ];
}

function isSame(group: readonly LedgerEntry[]): boolean {
  return new Set(group.map(({ sha256, sequence, key }) => `${sha256} ${sequence} ${key}`)).size === 1;
}

function join(verdicts: readonly Verdict[]): Verdict {
  return {
    table: sumTables(verdicts.map(({ table }) => table)),
    checks: verdicts.flatMap(({ checks }) => checks),
  };
}
