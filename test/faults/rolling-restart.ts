import { setTimeout as pause } from "node:timers/promises";
import { drained } from "./books.ts";
import { joinVerdicts } from "./delivery-scene.ts";
import { check, type Fault, type FaultRun, type Verdict } from "./fault.ts";
import { fleetRestarts } from "./fleet-restart.ts";
import { judgeEvents } from "./judge.ts";
import { mappedAs, versionsRight } from "./kill-deploy.ts";
import { refusalsText, underLoad } from "./load-scene.ts";
import { type Posted, post } from "./producer.ts";
import { EVENT_HOOK, eventsFlow } from "./project.ts";
import { setStage } from "./stage.ts";
import { until } from "./wait.ts";

/** The longest that an orderly stop may take; milliseconds. */
const DRAIN = 25_000;

/** F36: hubs are stopped in an orderly way under load, one and three that share a store; a mapping changes, and changes back, while messages wait. */
export const rollingRestart: Fault = {
  id: "F36",
  title: "orderly restarts under load, of one hub and of three; a mapping changes while messages are queued",
  tries: "I1 I2 I3",
  async run(run) {
    const alone = [await restarts(run), await changes(run)];
    // A store that several hubs may share.
    return joinVerdicts(run.backend.technology === "postgres" ? [...alone, await fleetRestarts(run)] : alone);
  },
};

async function restarts(run: FaultRun): Promise<Verdict> {
  return underLoad(run, { delay: 20 }, async (scene) => {
    const codes: (number | null)[] = [];
    const took: number[] = [];
    for (let n = 0; n < run.size(10, 2); n++) {
      await pause(run.random.int(1_500));
      const started = performance.now();
      codes.push(await scene.hub().stop());
      took.push(performance.now() - started);
      run.note(`stopped with ${codes.at(-1)} after ${took.at(-1)?.toFixed(0)} ms`);
      await scene.restart();
      await scene.applied(20);
    }
    const odd = [...scene.senders.refusedWith.keys()].filter((status) => status !== 0 && status !== 503);
    // Read once: more arrive while it lasts.
    const requests = scene.target.requests();
    const again = requests.length - new Set(requests.map(({ id }) => id)).size;
    return [
      check(
        "each hub ends with exit code 0",
        codes.every((code) => code === 0),
        codes.join(" "),
      ),
      check(
        "within 25 s",
        took.every((ms) => ms < DRAIN),
        `at most ${Math.max(...took).toFixed(0)} ms`,
      ),
      check("senders meet 503 or nobody", odd.length === 0, refusalsText(scene.senders)),
      check("nothing is sent twice for it", again === 0, again),
    ];
  });
}

async function changes(run: FaultRun): Promise<Verdict> {
  const stage = await setStage(run.backend, {
    webhooks: { events: EVENT_HOOK },
    flows: { events: eventsFlow() },
  });
  const hub = await stage.start();
  const acked: Posted[] = [];
  const each = run.size(1_000, 50);
  await hub.post("/api/v1/flows/events/pause", { what: "deliver" });
  const versions = new Set<number>();
  // Text 0, 1, 0 again, 2: what is rolled back is the text of before.
  for (const text of [0, 1, 0, 2]) {
    if (versions.size > 0) await deployed(text);
    versions.add(text);
    for (let n = 0; n < each; n++) {
      const at = acked.length;
      const posted = await post(hub.url, {
        id: `c${at % 20}-${1 + Math.floor(at / 20)}`,
        customer: `c${at % 20}`,
        n: at,
      });
      if (posted !== null) acked.push(posted);
    }
  }
  await hub.post("/api/v1/flows/events/resume", { what: "deliver" });
  const drainMs = await drained(stage.store);
  const code = await hub.stop();
  const table = await judgeEvents(stage.store, acked, null, drainMs);
  const { wrong, records } = await versionsRight(stage.store);
  const counts = [0, 1, 2].map((text) => records.filter((one) => one.text === text).length);
  await stage.remove();
  run.note(
    `${acked.length} messages queued under texts 0 1 0 2: ${counts.join(", ")} were mapped with 0, 1, 2`,
  );
  return {
    table,
    checks: [
      check("each message was mapped with the text it was accepted under", wrong === 0, `${wrong} otherwise`),
      check(
        "also after a text was rolled back",
        counts.join() === [2 * each, each, each].join(),
        counts.join(", "),
      ),
      check("the hub stops with exit code 0", code === 0, code ?? ""),
    ],
  };

  async function deployed(text: number): Promise<void> {
    const inForce = async () =>
      (await stage.store.all<{ version: number }>("SELECT version FROM flow WHERE name = 'events'"))[0]
        ?.version;
    const before = await inForce();
    await stage.write("mappings/events/map.jsonata", text === 0 ? (eventsFlow().map ?? "") : mappedAs(text));
    await until(async () => (await inForce()) !== before);
  }
}
