import { setTimeout as pause } from "node:timers/promises";
import { startBenchHub, until } from "../bench/hub.ts";
import { atEnd } from "../bench/temporary.ts";
import type { Check } from "../faults/fault.ts";
import { seeded } from "../faults/random.ts";
import { judgeBooks } from "./books.ts";
import { type Files, openFiles } from "./files.ts";
import { openLedger } from "./ledger.ts";
import { soakProject } from "./project.ts";
import { backlog, type Sample, watch } from "./sampler.ts";
import { openSender } from "./sender.ts";
import { type Backend, openStorage } from "./storage.ts";
import { startMoodyTarget } from "./target.ts";
import { traffic } from "./traffic.ts";

export interface SoakOptions {
  readonly backend: Backend;
  readonly minutes: number;
  /** Share of what the hub can carry. */
  readonly load: number;
  readonly seed: number;
  note(line: string): void;
}

export interface Soaked {
  /** How long it was loaded. */
  readonly seconds: number;
  /** Messages a second that the hub carried flat out, and that it was given. */
  readonly capacity: number;
  readonly rate: number;
  readonly samples: readonly Sample[];
  readonly books: readonly Check[];
  readonly refusals: number;
  /** Seconds from the last post until nothing was under way. */
  readonly drain: number;
}

const FLAT_OUT_CONNECTIONS = 64;
/** The hub counts its backlog four times a second. */
const COUNTED_MS = 500;

/** Loads a hub for some time with mixed traffic, at a share of what it could carry flat out just before. */
export async function soak({ backend, minutes, load, seed, note }: SoakOptions): Promise<Soaked> {
  const seconds = minutes * 60;
  // A file a minute, an absence of the target a minute; in a short run four of each all the same.
  const turn = Math.min(60, seconds / 4) * 1000;
  const storage = await openStorage(backend);
  const target = await startMoodyTarget(turn);
  const endTarget = atEnd(() => target.close());
  const project = await soakProject(target.url);
  const hub = await startBenchHub(project.dir, storage.env);
  const ledger = openLedger();
  const sender = openSender(hub.url, traffic(ledger, seeded(seed)), ledger);
  const files = openFiles(project);
  const drained = async (): Promise<void> => {
    await pause(COUNTED_MS);
    await until(async () => (await backlog(hub, ledger)) === 0, { every: 50 });
  };

  note("flat out");
  const short = Math.min(20, Math.max(5, seconds / 30));
  await sender.flatOut(FLAT_OUT_CONNECTIONS, short / 4);
  await drained();
  const started = performance.now();
  const carried = await sender.flatOut(FLAT_OUT_CONNECTIONS, short);
  await drained();
  const capacity = carried / ((performance.now() - started - COUNTED_MS) / 1000);
  const rate = capacity * load;

  note(`${Math.round(rate)} messages a second for ${seconds} s, of ${Math.round(capacity)} carried flat out`);
  let over = false;
  const watching = watch(
    { hub, data: project.data, storage, sender, ledger },
    Math.max(1000, (seconds * 1000) / 360),
    () => over,
  );
  const dropping = dropFiles(files, turn, () => over);
  await sender.steadily(rate, seconds);
  const ended = performance.now();
  over = true;
  const [samples] = await Promise.all([watching, dropping, target.calm()]);

  note("drain");
  await drained();
  await until(() => files.done(hub), { every: 50 });
  const drain = (performance.now() - ended) / 1000;
  await hub.stop();
  await sender.close();
  note("books");
  const reader = await storage.read(project.data);
  const books = await judgeBooks(reader, ledger, files.rows(), target);
  await reader.close();
  await endTarget();
  await storage.close();
  await project.remove();
  return { seconds, capacity, rate, samples, books, refusals: sender.refusals(), drain };
}

async function dropFiles(files: Files, every: number, over: () => boolean): Promise<void> {
  const started = performance.now();
  for (let turn = 0; !over(); turn++) {
    await files.drop();
    while (!over() && performance.now() < started + (turn + 1) * every) await pause(50);
  }
}
