import { createHmac } from "node:crypto";
import { Agent, request } from "undici";
import { SECRET } from "./project.ts";

/** One happening as its sender knows it. */
export interface Happening {
  readonly id: string;
  readonly customer: string;
  /** Rises per customer: the order in which the sender lets it happen. */
  readonly n: number;
}

/** What the sender wrote down: only what was answered 2xx is acknowledged. */
export interface Posted extends Happening {
  readonly message: string;
  readonly duplicate: boolean;
}

export function signed(body: string): string {
  return createHmac("sha256", SECRET).update(body).digest("hex");
}

/** Posts one happening. Null: no 2xx came; the sender still owns it. */
export async function post(url: string, happening: Happening, agent: Agent): Promise<Posted | null> {
  const body = JSON.stringify(happening);
  const answer = await request(`${url}/in/shop/events`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-signature": signed(body), "x-event": happening.id },
    body,
    dispatcher: agent,
  }).catch(() => null);
  if (answer === null) return null;
  const text = await answer.body.text().catch(() => null);
  if (text === null || answer.statusCode < 200 || answer.statusCode > 299) return null;
  const { id, duplicate } = JSON.parse(text) as { id: string; duplicate: boolean };
  return { ...happening, message: id, duplicate };
}

/**
 * Producers that post happenings of their own customers, each in order: the next one only when the one before was
 * acknowledged, as long as `open` says so. What was not acknowledged is posted again with the same event id.
 */
export function producers(count: number, customersEach = 4): {
  run(url: string, open: () => boolean): Promise<void>;
  readonly acked: Posted[];
  readonly refusals: () => number;
} {
  const agent = new Agent({ connections: count, pipelining: 1 });
  const acked: Posted[] = [];
  const positions = Array.from({ length: count }, () => Array<number>(customersEach).fill(0));
  let refused = 0;

  async function one(producer: number, url: string, open: () => boolean): Promise<void> {
    for (let turn = 0; open(); turn++) {
      const slot = turn % customersEach;
      const n = (positions[producer]?.[slot] ?? 0) + 1;
      const customer = `c-${producer}-${slot}`;
      const posted = await post(url, { id: `${customer}-${n}`, customer, n }, agent);
      if (posted === null) {
        refused += 1;
        await new Promise((resolve) => setTimeout(resolve, 5));
        // The same happening again, until it is acknowledged: the turn counts for this slot only.
        turn -= 1;
        continue;
      }
      acked.push(posted);
      (positions[producer] as number[])[slot] = n;
    }
  }

  return {
    acked,
    refusals: () => refused,
    run: async (url, open) => {
      await Promise.all(Array.from({ length: count }, (_, producer) => one(producer, url, open)));
    },
  };
}
