import { setTimeout as pause } from "node:timers/promises";
import { countedAgainst } from "./books.ts";
import type { WayOut } from "./crossing.ts";
import { crossingBooks, recognised } from "./crossing-judge.ts";
import { flowState } from "./crossing-line.ts";
import type { CrossingScene } from "./crossing-scene.ts";
import { type Check, check } from "./fault.ts";
import { CUSTOMERS, parkedWith } from "./line-scene.ts";
import { until } from "./wait.ts";

/** F01: the hub is killed where it has stored what it read and the peer does not know yet, before that, and anywhere. */
export async function hubKilled(scene: CrossingScene): Promise<readonly Check[]> {
  const { run, crossing, put, hub, restart, carried } = scene;
  const places = [undefined, ...crossing.from.deaths];
  const rounds = run.size(2, 1) * places.length;
  await hub().kill();
  let deaths = 0;
  for (let round = 0; round < rounds; round += 1) {
    const place = places[round % places.length];
    await restart(place === undefined ? {} : { failpoint: `${place}:exit` });
    const latest = performance.now() + (place === undefined ? 300 + run.random.int(1_000) : 30_000);
    for (let puts = 0; performance.now() < latest && hub().alive(); puts += 1) {
      if (puts < 4) await put(1);
      await Promise.race([hub().ended, pause(100)]);
    }
    if (!hub().alive()) deaths += 1;
    await hub().kill();
    run.note(`killed ${place === undefined ? "at some moment" : `at ${place}`}`);
  }
  await restart();
  await carried();
  const wanted = (rounds / places.length) * crossing.from.deaths.length;
  return [check("each hub with a fail point died there", deaths === wanted, `${deaths} of ${wanted}`)];
}

/** F05: the target has it, and its answer gets lost: where the target knows no repetition, it is never sent again. */
export async function answerLost(scene: CrossingScene): Promise<readonly Check[]> {
  const { run, crossing, stage, put, next, carried } = scene;
  const to = outOf(scene);
  await put(1);
  await carried();
  const rounds = run.size(4, 2);
  const lost: string[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const note = next(CUSTOMERS[round % CUSTOMERS.length] ?? "");
    const cut = to.loseAnswer(note).then(() => void lost.push(note));
    await put(1);
    await Promise.race([cut, pause(20_000)]);
    crossing.line.cut();
    await pause(run.random.int(300));
    crossing.line.mend();
    await carried();
  }
  const took = new Set(await to.took());
  const [books] = await crossingBooks(stage.store, crossing);
  const parked = books?.deliveries.filter(({ state }) => state === "parked").length ?? 0;
  const codes = books === undefined ? "" : parkedWith(books);
  return [
    check("answers were lost to notes that the target has", lost.length === rounds, lost.join(" ")),
    check(
      "the target has each of them",
      lost.every((note) => took.has(note)),
    ),
    to.idempotent
      ? check("they are sent again, and nothing is parked", parked === 0, parked)
      : check("each is parked in doubt", parked >= rounds && codes === "TL_IN_DOUBT", `${parked} ${codes}`),
  ];
}

/** F23: the target says that it cannot now. */
export async function targetIsBusy(scene: CrossingScene): Promise<readonly Check[]> {
  const { run, stage, put, carried } = scene;
  await put(1);
  await carried();
  const free = await outOf(scene).busy?.();
  if (free === undefined) throw new Error("this target is never busy");
  await put(1);
  const refused = (): Promise<number> => attempts(scene, "TL_TARGET_BUSY");
  await until(async () => (await refused()) > 0, 30_000);
  await pause(run.size(3_000, 500));
  const counted = await countedAgainst(stage.store);
  await free();
  await carried();
  return [
    check("the hub hears of it", (await refused()) > 0, await refused()),
    check("no attempt is counted against a note", counted === 0, counted),
  ];
}

/** F25: the target refuses the hub itself; a person mends it, and lets the route go on. */
export async function targetDenies(scene: CrossingScene): Promise<readonly Check[]> {
  const { run, stage, hub, put, carried } = scene;
  await put(1);
  await carried();
  const allow = await outOf(scene).deny();
  await put(1);
  const stopped = async (): Promise<string | null> =>
    (await flowState(scene))?.routes.find(({ to }) => to === "to.out")?.stopped ?? null;
  await until(async () => (await stopped()) !== null, 30_000);
  const why = await stopped();
  await pause(1_000);
  const before = await attempts(scene);
  await put(1);
  await pause(run.size(4_000, 1_500));
  const hammered = (await attempts(scene)) - before;
  await allow();
  const reason = "the target allows it again";
  await hub().post("/api/v1/flows/notes/routes/to.out/resume", { reason });
  await carried();
  const [audited] = await stage.store.all<{ n: number }>(
    "SELECT count(*) AS n FROM audit WHERE reason = ?",
    reason,
  );
  return [
    check("the route stops, and says why", why?.startsWith("TL_TARGET_ACCESS") === true, why ?? ""),
    check("nothing more is tried until a person lets it go on", hammered === 0, hammered),
    check("I6: that act is in the audit log", audited?.n === 1, audited?.n),
  ];
}

/** F27: what was given already comes again. */
export async function givenTwice(scene: CrossingScene): Promise<readonly Check[]> {
  const { stage, crossing, hub, put, carried } = scene;
  const found = async (): Promise<number> => recognised(await crossingBooks(stage.store, crossing));
  await put(2);
  await carried();
  const before = await found();
  const expected = await crossing.from.again(hub());
  await put(1);
  await until(async () => (await found()) >= before + expected, 60_000);
  await carried();
  const again = (await found()) - before;
  return [check("I4: the books count what came again", again === expected, `${again} of ${expected}`)];
}

function outOf({ crossing }: CrossingScene): WayOut {
  if (crossing.to === null) throw new Error("nothing is written over this line");
  return crossing.to;
}

/** Attempts at targets so far. @param code only those that failed so */
async function attempts({ stage }: CrossingScene, code?: string): Promise<number> {
  const [row] =
    code === undefined
      ? await stage.store.all<{ n: number }>("SELECT count(*) AS n FROM attempt")
      : await stage.store.all<{ n: number }>("SELECT count(*) AS n FROM attempt WHERE code = ?", code);
  return row?.n ?? 0;
}
