import { setTimeout as pause } from "node:timers/promises";
import type { LedgerEntry } from "../fakes/ledger.ts";
import { drained } from "./books.ts";
import { AT_ONCE, deliveryScene, HOLD_MS, joinVerdicts, killedInDelivery, perId } from "./delivery-scene.ts";
import { type Check, check, type Fault, type FaultRun, type Verdict } from "./fault.ts";

/** F05: a target that cannot tell a repetition, and hubs that die between request and record. */
export const inDoubt: Fault = {
  id: "F05",
  title: "kill -9 around a delivery to a target that knows no repetition",
  tries: "I1 I2 I3 I4",
  async run(run) {
    return joinVerdicts([await parksDoubt(run), await diesBeforeDoubt(run)]);
  },
};

async function parksDoubt({ backend, note }: FaultRun): Promise<Verdict> {
  const scene = await killedInDelivery(backend, "none");
  const second = await scene.start();
  await scene.send(second, ["d1", "d2"]);
  const drainMs = await drained(scene.store, 60_000);
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

async function diesBeforeDoubt({ backend, note }: FaultRun): Promise<Verdict> {
  const scene = await deliveryScene(backend, "none", 5);
  const first = await scene.start("after_deliver:exit");
  await scene.send(first, ["c1"]);
  await Promise.race([first.ended, pause(60_000)]);
  const died = !first.alive();
  await first.kill();
  const second = await scene.start();
  await scene.send(second, ["c1", "d1"]);
  const drainMs = await drained(scene.store, 60_000);
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
