import { LANES, laneOf } from "../../src/message/lane.ts";
import type { Random } from "../faults/random.ts";
import type { Load } from "./model.ts";

/** One message of a worker, by the number of its key. */
interface Waiting {
  readonly key: number;
}

/** What a worker has before it: its lanes' messages in order, and keys that a failure holds back. */
export interface Work {
  /** The next batch: how many messages it has, and how many of them it ends. None when all that is left is held back. */
  take(most: number, now: number): { readonly size: number; readonly ends: number };
  /** When a key that is held back goes on; null when none is. */
  next(): number | null;
  /** Whether nothing is left to be taken, now or later. */
  over(): boolean;
}

/** Deals the messages of a load to the workers, by the lanes of their keys, as hubs share them. */
export function deal(load: Load, workers: number, random: Random): readonly Work[] {
  const owner = Array.from({ length: load.keys }, (_, key) =>
    Math.floor((laneOf(`K${key}`) * workers) / LANES),
  );
  const queues = Array.from({ length: workers }, (): Waiting[] => []);
  const draw = zipf(load, random);
  for (let n = 0; n < load.messages; n++) {
    const key = draw();
    queues[owner[key] ?? 0]?.push({ key });
  }
  return queues.map((queue) => work(queue, load, random));
}

function work(queue: readonly Waiting[], { failing, backoff }: Load, random: Random): Work {
  let ready: Waiting[] = [...queue];
  let at = 0;
  const blocked = new Map<number, { readonly until: number; readonly held: Waiting[] }>();

  const release = (now: number): void => {
    const back: Waiting[] = [];
    for (const [key, { until, held }] of blocked) {
      if (until > now) continue;
      blocked.delete(key);
      back.push(...held);
    }
    if (back.length > 0) {
      ready = [...back, ...ready.slice(at)];
      at = 0;
    }
  };

  return {
    take(most, now) {
      release(now);
      let [size, ends] = [0, 0];
      for (; size < most && at < ready.length; size++, at++) {
        const message = ready[at] as Waiting;
        const block = blocked.get(message.key);
        if (block !== undefined) block.held.push(message);
        else if (failing > 0 && random.next() < failing)
          blocked.set(message.key, { until: now + backoff, held: [message] });
        else ends += 1;
      }
      return { size, ends };
    },
    next: () => (blocked.size === 0 ? null : Math.min(...[...blocked.values()].map(({ until }) => until))),
    over: () => at >= ready.length && blocked.size === 0,
  };
}

/** Draws keys: the n-th as often as Zipf's law says. */
function zipf({ keys, skew }: Load, random: Random): () => number {
  const sums = new Float64Array(keys);
  let sum = 0;
  for (let key = 0; key < keys; key++) {
    sum += 1 / (key + 1) ** skew;
    sums[key] = sum;
  }
  return () => {
    const wanted = random.next() * sum;
    let [low, high] = [0, keys - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((sums[middle] ?? 0) < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}
