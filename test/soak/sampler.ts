import { readFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { cpuSeconds } from "../bench/child.ts";
import type { BenchHub } from "../bench/hub.ts";
import type { Ledger } from "./ledger.ts";
import type { Sender } from "./sender.ts";
import type { Storage } from "./storage.ts";

/** The hub at one moment, and what was answered since the moment before. */
export interface Sample {
  /** Since the load began. */
  readonly seconds: number;
  /** Acknowledged a second. */
  readonly rate: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Messages and deliveries that are neither done nor parked. */
  readonly backlog: number;
  /** Mebibytes: memory of the hub, of the database, and what the database wrote ahead. */
  readonly memory: number;
  readonly database: number;
  readonly log: number;
  /** Processors that the hub used. */
  readonly processors: number;
  /** Messages that were acknowledged so far, repetitions left out. */
  readonly messages: number;
}

interface Watched {
  readonly hub: BenchHub;
  readonly data: string;
  readonly storage: Storage;
  readonly sender: Sender;
  readonly ledger: Ledger;
}

const MIB = 2 ** 20;

/** Looks at all that must stay flat, every `every` milliseconds until it is over. */
export async function watch(
  watched: Watched,
  every: number,
  over: () => boolean,
): Promise<readonly Sample[]> {
  const { hub, data, storage, sender, ledger } = watched;
  const samples: Sample[] = [];
  const started = performance.now();
  let last = { at: started, cpu: cpuSeconds(hub.pid) };
  sender.answers();
  for (let turn = 1; ; turn++) {
    await pause(Math.max(0, started + turn * every - performance.now()));
    if (over()) return samples;
    const [open, memory, sizes] = await Promise.all([
      backlog(hub, ledger),
      resident(hub.pid),
      storage.sizes(data),
    ]);
    const now = { at: performance.now(), cpu: cpuSeconds(hub.pid) };
    const took = (now.at - last.at) / 1000;
    const { acked, p50, p99 } = sender.answers();
    samples.push({
      seconds: (now.at - started) / 1000,
      rate: acked / took,
      p50,
      p99,
      backlog: open,
      memory: memory / MIB,
      database: sizes.database / MIB,
      log: sizes.log / MIB,
      processors: (now.cpu - last.cpu) / took,
      messages: ledger.counts.acked - ledger.counts.duplicates,
    });
    last = now;
  }
}

/** What is neither done nor parked; the hub counts what is parked too, which is what was bad. */
export async function backlog(hub: BenchHub, ledger: Ledger): Promise<number> {
  return Math.max(0, (await hub.backlog()) - ledger.counts.bad);
}

/** Bytes. */
async function resident(pid: number): Promise<number> {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kibibytes) * 1024;
}
