import { setTimeout as pause } from "node:timers/promises";
import { Pool } from "undici";
import { signature } from "../bench/project.ts";
import { quantile } from "../bench/statistics.ts";
import { PATH } from "../bench/wrk.ts";
import type { Ledger } from "./ledger.ts";
import type { Item } from "./traffic.ts";

/** What was answered since it was asked last. Milliseconds; NaN when nothing was. */
export interface Answers {
  readonly acked: number;
  readonly p50: number;
  readonly p99: number;
}

/** The senders of webhooks: what is not acknowledged they post again, until it is. */
export interface Sender {
  /** Posts as fast as answers come, over `connections`, for some seconds. Gives how many were acknowledged. */
  flatOut(connections: number, seconds: number): Promise<number>;
  /**
   * Posts `rate` a second, evenly, as long as no more than a second's posts wait for their answer. The time of an answer
   * counts from when its post was due, so that waiting for a slow hub is counted for all who wait.
   */
  steadily(rate: number, seconds: number): Promise<void>;
  answers(): Answers;
  /** Posts that were answered, but not with yes, or not at all. */
  refusals(): number;
  close(): Promise<void>;
}

const CONNECTIONS = 128;
const TICK_MS = 2;
const AGAIN_MS = 50;
/** Seconds of posts that wait for their answers at most. */
const MOST_WAITING = 1;

export function openSender(url: string, next: () => Item, ledger: Ledger): Sender {
  const pool = new Pool(url, { connections: CONNECTIONS, pipelining: 1 });
  let times: number[] = [];
  let refused = 0;

  async function deliver(item: Item, due: number): Promise<void> {
    while (!(await once(item))) {
      refused += 1;
      await pause(AGAIN_MS);
    }
    times.push(performance.now() - due);
  }

  async function once({ body, event, customer, revision }: Item): Promise<boolean> {
    const headers = {
      "content-type": "application/json",
      "x-signature": signature(body),
      "x-event": event,
    };
    const answer = await pool.request({ path: PATH, method: "POST", headers, body }).catch(() => null);
    const text = await answer?.body.text().catch(() => null);
    if (answer === null || typeof text !== "string" || answer.statusCode > 299) return false;
    const { id, duplicate } = JSON.parse(text) as { readonly id: string; readonly duplicate: boolean };
    ledger.answered(Number(id.slice("m-".length)), duplicate, customer, revision);
    return true;
  }

  return {
    async flatOut(connections, seconds) {
      const before = ledger.counts.acked;
      const end = performance.now() + seconds * 1000;
      const one = async (): Promise<void> => {
        while (performance.now() < end) await deliver(next(), performance.now());
      };
      await Promise.all(Array.from({ length: connections }, one));
      times = [];
      return ledger.counts.acked - before;
    },
    async steadily(rate, seconds) {
      const most = rate * MOST_WAITING;
      const underWay = new Set<Promise<void>>();
      const end = performance.now() + seconds * 1000;
      let due = performance.now();
      while (performance.now() < end) {
        for (; due < performance.now() && underWay.size < most; due += 1000 / rate) {
          const one = deliver(next(), due).finally(() => underWay.delete(one));
          underWay.add(one);
        }
        // A sender that does not get rid of its posts makes no more of them.
        if (underWay.size >= most) due = performance.now();
        await pause(TICK_MS);
      }
      await Promise.all(underWay);
    },
    answers() {
      const taken = times;
      times = [];
      return { acked: taken.length, p50: quantile(taken, 0.5), p99: quantile(taken, 0.99) };
    },
    refusals: () => refused,
    close: () => pool.close(),
  };
}
