import { setTimeout as pause } from "node:timers/promises";
import { countedAgainst, underWay } from "./books.ts";
import { flowName } from "./crossing-judge.ts";
import type { CrossingScene } from "./crossing-scene.ts";
import { type Check, check } from "./fault.ts";
import { type FlowState, flowStates } from "./flow-states.ts";
import { CUSTOMERS } from "./line-scene.ts";
import { post } from "./producer.ts";
import { until } from "./wait.ts";

/** Longest wait for a cut that is counted in bytes; milliseconds. */
const CUT_MS = 3_000;
const SLOW_MS = 500;
const PAGE =
  "HTTP/1.1 503 Service Unavailable\r\ncontent-type: text/html\r\n\r\n<html>Back at nine o'clock</html>\r\n";

/** F20: the line is cut in the middle of what is on it, again and again, then the peer is away. */
export async function lineAway(scene: CrossingScene): Promise<readonly Check[]> {
  const { run, kind, crossing, stage, put, carried, hub } = scene;
  const { line } = crossing;
  await put(1);
  await carried();
  const rounds = run.size(4, 2);
  let hits = 0;
  for (let round = 0; round < rounds; round += 1) {
    const bytes = 1 + run.random.int(kind.bytes);
    const cut = line.cutAfter(bytes, round % 2 === 0 ? "answer" : "request").then(() => {
      hits += 1;
    });
    await put(2);
    await Promise.race([cut, pause(CUT_MS)]);
    line.cut();
    await pause(run.random.int(300));
    line.mend();
    run.note(`carried ${Math.round(await carried())} ms after a cut`);
  }
  line.cut();
  await put(2);
  await pause(run.size(8_000, 3_000));
  const counted = await countedAgainst(stage.store);
  const source = (await flowState(scene))?.source;
  const isHub = hub().alive();
  line.mend();
  return [
    check("the line was cut in the middle of what was on it", hits > 0, `${hits} of ${rounds} times`),
    check("no attempt is counted against a note while it is away", counted === 0, counted),
    check("the hub stays up", isHub),
    ...(source === null || source === undefined
      ? []
      : [
          check(
            "I4: the flow says why it waits",
            source.failure?.code === "TL_SOURCE_UNAVAILABLE",
            source.failure?.code ?? source.state,
          ),
        ]),
  ];
}

/** F21: nothing more passes on the connections that are open, and nobody is told. */
export async function lineSilent(scene: CrossingScene): Promise<readonly Check[]> {
  const { kind, crossing, put, carried } = scene;
  await put(1);
  await carried();
  const { line } = crossing;
  const before = line.made();
  line.hush(0);
  const began = performance.now();
  await put(1);
  await carried();
  await until(() => line.made() > before, kind.deadAfter * 1_000);
  const took = performance.now() - began;
  return [
    check(
      `I8: the dead line is given up, and all is carried, within ${kind.deadAfter} s`,
      line.made() > before && took < kind.deadAfter * 1_000,
      `${(took / 1_000).toFixed(1)} s`,
    ),
  ];
}

/** F22: all that passes is late; those who have nothing to do with the peer must not feel it. */
export async function lineSlow(scene: CrossingScene): Promise<readonly Check[]> {
  const { kind, crossing, stage, put, carried, missing, hub } = scene;
  await put(1);
  await carried();
  crossing.line.slow(kind.slow ?? SLOW_MS);
  await put(1);
  const others = CUSTOMERS.flatMap((name) => [1, 2].map((n) => ({ id: `o${name}-${n}`, customer: name, n })));
  for (const other of others) await post(hub().url, other);
  const waiting = (await missing()) + (await underWay(stage.store));
  const applied = async (): Promise<number> => {
    const [row] = await stage.store.all<{ n: number }>(
      "SELECT count(*) AS n FROM source_record WHERE entity = 1 AND external_id LIKE 'oc%'",
    );
    return row?.n ?? 0;
  };
  await until(async () => (await applied()) === others.length, 30_000);
  const behind = (await missing()) + (await underWay(stage.store));
  await carried();
  crossing.line.slow(0);
  return [
    check(
      "I5: what others send takes effect while the slow line is waited for",
      (await applied()) === others.length && behind > 0,
      `${waiting} waited when they were sent, ${behind} when all of theirs was there`,
    ),
  ];
}

/** F24: answers turn into rubbish, and for a while something else answers in the peer's place. */
export async function lineOdd(scene: CrossingScene): Promise<readonly Check[]> {
  const { run, kind, crossing, put, carried } = scene;
  const { line } = crossing;
  await put(1);
  await carried();
  line.garble();
  await put(1);
  await carried();
  if (kind.strict !== true) {
    line.babble(PAGE);
    line.cut();
    line.mend();
    await put(1);
    await pause(run.size(4_000, 2_000));
    line.babble(null);
    await carried();
  }
  const stopped = (await flowState(scene))?.routes.filter((route) => route.stopped !== null) ?? [];
  return [check("I8: no route waits for a person", stopped.length === 0, stopped[0]?.stopped ?? "")];
}

/** The flow that reads the first source, as the API shows it. */
export async function flowState({ hub }: CrossingScene): Promise<FlowState | undefined> {
  return (await flowStates(hub())).find(({ name }) => name === flowName(0));
}
