import { createHmac } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
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
  /** When the answer came; milliseconds since 1970. */
  readonly at: number;
}

export interface Answer {
  readonly status: number;
  /** Seconds; null when it names none. */
  readonly retryAfter: number | null;
  readonly body: string;
  readonly milliseconds: number;
}

export function signature(body: string | Uint8Array): string {
  return createHmac("sha256", SECRET).update(body).digest("hex");
}

/** Posts a signed body to a webhook of the system `shop`. Null: no answer came. */
export async function postTo(
  url: string,
  source: string,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
  agent?: Agent,
): Promise<Answer | null> {
  const started = performance.now();
  try {
    const answer = await request(`${url}/in/shop/${source}`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-signature": signature(body), ...headers },
      body,
      ...(agent === undefined ? {} : { dispatcher: agent }),
    });
    const text = await answer.body.text();
    const wait = answer.headers["retry-after"];
    return {
      status: answer.statusCode,
      retryAfter: wait === undefined ? null : Number(wait),
      body: text,
      milliseconds: performance.now() - started,
    };
  } catch {
    return null;
  }
}

/**
 * Posts one happening. Null: the hub was gone, or said that it cannot take it now; the sender still owns it.
 * @throws Error when the hub says that the happening itself is wrong
 */
export async function post(
  url: string,
  happening: Happening,
  agent?: Agent,
  source = "events",
  refused: (answer: Answer | null) => void = () => undefined,
): Promise<Posted | null> {
  const answer = await postTo(url, source, JSON.stringify(happening), { "x-event": happening.id }, agent);
  if (answer === null || answer.status >= 500 || answer.status === 429) {
    refused(answer);
    return null;
  }
  if (answer.status < 200 || answer.status > 299)
    throw new Error(`the hub refused a right happening with ${answer.status}: ${answer.body}`);
  const { id, duplicate } = JSON.parse(answer.body) as { id: string; duplicate: boolean };
  return { ...happening, message: id, duplicate, at: Date.now() };
}

/** Senders that work until they are told to stop. */
export interface Producers {
  /** Goes on where the run before ended; what was not acknowledged is posted again with the same event id. */
  run(url: string, open: () => boolean): Promise<void>;
  readonly acked: readonly Posted[];
  /** Posts that were not acknowledged. */
  refusals(): number;
  /** Of these, how many by status; 0: no answer came. */
  readonly refusedWith: ReadonlyMap<number, number>;
  /** The longest that a post waited, for a yes or for nothing; milliseconds. */
  slowest(): number;
  /** Refusals by the hub that did not say when to come again. */
  withoutRetryAfter(): number;
  close(): Promise<void>;
}

/**
 * Producers that post happenings of their own customers, each in order: the next one only when the one before was
 * acknowledged.
 * @param rest milliseconds between two posts of one producer
 * @param prefix of the names of their customers; producers of different prefixes can work side by side
 */
export function producers(count: number, customersEach = 4, rest = 0, prefix = "c"): Producers {
  return senders({ count, customersEach, prefix, wait: () => (rest > 0 ? pause(rest) : null) });
}

/**
 * Producers that begin a post each `period` milliseconds, however long the one before took, as long as it was answered by
 * then: what they offer does not fall when the hub gets slower.
 */
export function steadyProducers(count: number, period: number): Producers {
  const due = Array.from({ length: count }, () => performance.now() + Math.random() * period);
  return senders({
    count,
    customersEach: 2,
    prefix: "s",
    wait: (producer) => {
      const next = (due[producer] ?? 0) + period;
      due[producer] = Math.max(next, performance.now() - period);
      return pause(Math.max(0, next - performance.now()));
    },
  });
}

interface Sending {
  readonly count: number;
  readonly customersEach: number;
  readonly prefix: string;
  /** Between two posts of one producer. */
  wait(producer: number): Promise<void> | null;
}

function senders({ count, customersEach, prefix, wait }: Sending): Producers {
  const agent = new Agent({ connections: count, pipelining: 1 });
  const acked: Posted[] = [];
  const turns = Array<number>(count).fill(0);
  const refusedWith = new Map<number, number>();
  let refused = 0;
  let hopeless = 0;
  let slowest = 0;
  const note = (answer: Answer | null): void => {
    refused += 1;
    refusedWith.set(answer?.status ?? 0, (refusedWith.get(answer?.status ?? 0) ?? 0) + 1);
    if (answer !== null && !((answer.retryAfter ?? 0) > 0)) hopeless += 1;
  };

  async function one(producer: number, url: string, open: () => boolean): Promise<void> {
    while (open()) {
      const turn = turns[producer] ?? 0;
      const customer = `${prefix}-${producer}-${turn % customersEach}`;
      const n = Math.floor(turn / customersEach) + 1;
      const begun = performance.now();
      const posted = await post(url, { id: `${customer}-${n}`, customer, n }, agent, "events", note);
      slowest = Math.max(slowest, performance.now() - begun);
      if (posted === null) {
        await pause(5);
        continue;
      }
      acked.push(posted);
      turns[producer] = turn + 1;
      await wait(producer);
    }
  }

  return {
    acked,
    refusals: () => refused,
    refusedWith,
    slowest: () => slowest,
    withoutRetryAfter: () => hopeless,
    run: async (url, open) => {
      await Promise.all(turns.map((_, producer) => one(producer, url, open)));
    },
    close: () => agent.destroy(),
  };
}
