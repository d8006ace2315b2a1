import { setTimeout as pause } from "node:timers/promises";
import type { LedgerEntry } from "../fakes/ledger.ts";
import { drained } from "./books.ts";
import { AT_ONCE, deliveryScene, joinVerdicts, killedInDelivery, perId } from "./delivery-scene.ts";
import { check, type Fault, type FaultRun, type Verdict } from "./fault.ts";

/** F03: the target has the request and holds its answer; the hub is killed in between. */
export const killInDelivery: Fault = {
  id: "F03",
  title: "kill -9 between request and answer",
  tries: "I1 I2 I3",
  async run(run) {
    return asksAgain(run);
  },
};

/** F04: the target has answered; the hub dies before it has written that down. */
export const killAfterDelivery: Fault = {
  id: "F04",
  title: "kill -9 between answer and record",
  tries: "I1 I2 I3",
  async run(run) {
    return joinVerdicts([await diesAfterAnswer(run, "dedupe"), await diesAfterAnswer(run, "sequence")]);
  },
};

async function asksAgain({ backend, note }: FaultRun): Promise<Verdict> {
  const scene = await killedInDelivery(backend, "dedupe");
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

function isSame(group: readonly LedgerEntry[]): boolean {
  return new Set(group.map(({ sha256, sequence, key }) => `${sha256} ${sequence} ${key}`)).size === 1;
}
