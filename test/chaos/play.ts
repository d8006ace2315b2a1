import type { Backend } from "../faults/backend.ts";
import { type Action, CUSTOMERS } from "./action.ts";
import { judge } from "./judge.ts";
import { allNotes, atRest, newModel } from "./model.ts";
import { flowNow, map, perform, type Run, reopen, replay, resume, workedOff } from "./perform.ts";
import { openScene, type Scene, until } from "./scene.ts";

/** What came of a run. */
export interface Played {
  readonly acked: number;
  readonly requests: number;
  readonly seconds: number;
}

/** Plays a run against a new hub. @throws Error with all that is not as it must be, and where in the run it was found */
export async function play(actions: readonly Action[], backend: Backend): Promise<Played> {
  const started = performance.now();
  const scene = await openScene(backend);
  const run: Run = { scene, model: newModel(CUSTOMERS) };
  try {
    for (const [at, action] of actions.entries()) {
      await perform(run, action)
        .then(() => look(run))
        .catch(tellWhere(`action ${at + 1}, ${JSON.stringify(action)}`));
    }
    await comesToRest(run).catch(tellWhere("when all was well again"));
    await endParked(run).catch(tellWhere("when all that was parked was replayed"));
    const code = await scene.hub().stop();
    const wrong = [...(code === 0 ? [] : [`I8: it ended with ${code}`]), ...(await judge(scene, run.model))];
    if (wrong.length > 0) throw new Error(wrong.join("\n"));
    const seconds = (performance.now() - started) / 1000;
    return { acked: allNotes(run.model).length, requests: scene.target.requests.length, seconds };
  } finally {
    await scene.close();
  }
}

/** What must hold all the time: it is alive, and is paused where a person has paused it, also after a restart. */
async function look({ scene, model }: Run): Promise<void> {
  const health = await fetch(`${scene.hub().url}/livez`);
  await health.body?.cancel();
  if (!health.ok) throw new Error(`I5: /livez answered ${health.status}`);
  await until(`I6: accepting is ${model.accepting} and running is ${model.running}`, async () => {
    const { accepting, running } = await flowNow(scene);
    return accepting === model.accepting && running === model.running;
  });
}

/** The target is well, and what a person has stopped goes on: everything must come to rest by itself, where it belongs. */
async function comesToRest(run: Run): Promise<void> {
  const { scene, model } = run;
  scene.target.always({});
  await resume(run);
  await deliveredOrParked(run);
  const held = new Set(atRest(model).held.map(({ place }) => place));
  const rows = await scene.all<{ place: number }>("SELECT place FROM message WHERE state = 2");
  if (rows.length !== held.size || rows.some(({ place }) => !held.has(place)))
    throw new Error(`I3: held are ${rows.map(({ place }) => place)}, and should be ${[...held]}`);
}

/** A person mends the mapping and replays what is parked until nothing is: then every note must have had its effect. */
async function endParked(run: Run): Promise<void> {
  await map(run, false);
  const parked = async (): Promise<boolean> =>
    (
      await run.scene.all(
        "SELECT 1 FROM message WHERE state = 4 UNION ALL SELECT 1 FROM delivery WHERE state = 4",
      )
    ).length > 0;
  while (await parked()) {
    await replay(run);
    await deliveredOrParked(run);
  }
}

/** Waits until nothing is under way: what is held waits behind something parked. */
async function deliveredOrParked(run: Run): Promise<void> {
  await workedOff(run);
  await until(
    "I8: nothing is under way",
    async () => {
      await reopen(run);
      const [open] = await run.scene.all<{ n: number }>(
        `SELECT (SELECT count(*) FROM message WHERE state IN (0, 1, 3)) + (SELECT count(*) FROM delivery WHERE state IN (0, 1, 3))
       + (SELECT count(*) FROM file WHERE state = 'running' OR settled = 0 OR reported = 0) AS n`,
      );
      const [files] = await run.scene.all<{ n: number }>("SELECT count(*) AS n FROM file");
      return open?.n === 0 && files?.n === run.model.files.size;
    },
    60_000,
  );
  await heldBehindParked(run.scene);
}

async function heldBehindParked(scene: Scene): Promise<void> {
  const stray = await scene.all<{ message: number }>(
    `SELECT message FROM delivery d WHERE state = 2 AND NOT EXISTS (SELECT 1 FROM delivery p
       JOIN message m ON m.place = p.message
       WHERE p.route = d.route AND p.key = d.key AND (p.state = 4 OR (p.state = 2 AND m.state = 4)))`,
  );
  if (stray.length > 0)
    throw new Error(
      `I8: deliveries of ${stray.map(({ message }) => `m-${message}`)} are held behind nothing`,
    );
}

function tellWhere(where: string): (error: unknown) => never {
  return (error) => {
    throw new Error(`${where}: ${error instanceof Error ? error.message : error}`, { cause: error });
  };
}
