import { setTimeout as pause } from "node:timers/promises";
import { Agent, request } from "undici";
import type { HubProcess } from "./hub-process.ts";

/** How a hub answered its health checks; times in milliseconds. */
interface Watched {
  readonly count: number;
  readonly bad: number;
  /** The answers that were not 200, and when, in seconds. */
  readonly ill: readonly string[];
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
  /** Milliseconds it was watched. */
  readonly took: number;
}

/** Asks /livez all the time, on a connection of its own. */
export async function watchHealth(url: string, limit: number, over: () => boolean): Promise<Watched> {
  const agent = new Agent({ connections: 1 });
  const times: number[] = [];
  let bad = 0;
  const ill: string[] = [];
  const started = performance.now();
  while (!over() && performance.now() - started < limit) {
    const asked = performance.now();
    const answer = await request(`${url}/livez`, { dispatcher: agent }).catch(() => null);
    await answer?.body.dump();
    times.push(performance.now() - asked);
    if (answer?.statusCode !== 200) {
      bad += 1;
      ill.push(`${answer?.statusCode ?? "none"} at ${((asked - started) / 1000).toFixed(1)} s`);
    }
    await pause(10);
  }
  const took = performance.now() - started;
  await agent.destroy();
  times.sort((a, b) => a - b);
  const at = (share: number): number =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return {
    count: times.length,
    bad,
    ill: ill.slice(0, 5),
    p50: at(0.5),
    p99: at(0.99),
    longest: times.at(-1) ?? 0,
    took,
  };
}

interface MemoryWatch {
  /** Bytes that are resident now; the peak begins anew here. */
  now(): number;
  /** The most since then. */
  peak(): number;
  stop(): void;
}

/** Looks at the memory of a hub four times in a hundred milliseconds. */
export function watchMemory(hub: HubProcess): MemoryWatch {
  let now = 0;
  let peak = 0;
  const look = async (): Promise<void> => {
    now = await hub.rss().catch(() => now);
    peak = Math.max(peak, now);
  };
  const timer = setInterval(() => void look(), 25);
  return {
    now: () => {
      peak = now;
      return now;
    },
    peak: () => peak,
    stop: () => clearInterval(timer),
  };
}

export function mib(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
