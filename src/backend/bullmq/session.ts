import { randomUUID } from "node:crypto";
import { Queue, QueueEvents, Worker } from "bullmq";
import { HubError } from "../../errors.ts";
import type { RedisAddress } from "./address.ts";
import { type ClientOptions, clientOptions, connectClient } from "./client.ts";
import { redisFailure } from "./connect-failure.ts";

const QUEUE = "{tieline}";
/** Ids of canaries begin so, since an event tells no more of a job than its id. */
const CANARY = "canary-";
/** Longest pause before a worker's connection is opened again; milliseconds. */
const LONGEST_PAUSE = 2_000;
/** How long a worker may take to close before it is left behind; milliseconds. */
const CLOSE_MS = 1_000;

/** What a job says; there is nothing else in it. */
export type Kind = "wake" | "at" | "canary";

/** Events of the queue that are kept; about. */
const KEPT_EVENTS = 100;

/** Marks that come again and again. */
const LASTING: readonly Kind[] = ["wake", "canary"];

/** One connection to Redis with the queue on it, until it is lost. */
export interface Session {
  /**
   * Puts a job, unless one with the same mark waits already; one that is being heard does not count. Never rejects: where
   * it cannot be put, the session ends.
   * @param delay milliseconds until it may be heard
   */
  put(kind: Kind, mark?: string, delay?: number): Promise<void>;
  /** Opens a worker; when there is one, another in its place. */
  listen(): void;
  close(): Promise<void>;
}

interface SessionEvents {
  /** A job has come to the worker, or to one of another process. */
  heard(kind: Kind): void;
  /** The session has been lost, or cannot put jobs; called at most once, and not after `close`. */
  ended(error: HubError): void;
}

/**
 * Connects, looks at the server, and puts a first job, so that an open session is one that works.
 * @throws HubError TL_CONFIG_INVALID, TL_DISPATCH_UNAVAILABLE
 */
export async function openSession(address: RedisAddress, events: SessionEvents): Promise<Session> {
  const options = clientOptions(address);
  const { client } = await connectClient(address);
  const queue = new Queue(QUEUE, {
    connection: client,
    // Only those who wait for them now read the events of the queue.
    streams: { events: { maxLen: KEPT_EVENTS } },
    defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
  });
  let worker: Listener | null = null;
  let state: "opening" | "open" | "over" = "opening";

  const close = async (): Promise<void> => {
    state = "over";
    const ending = worker === null ? null : worker.end();
    worker = null;
    client.disconnect();
    await queue.close().catch(() => undefined);
    await ending;
  };
  const end = (error: unknown): void => {
    // What happens while it opens is told by who opens it.
    if (state !== "open") return;
    void close();
    events.ended(redisFailure(error));
  };
  const add = async (kind: Kind, mark: string, delay: number): Promise<void> => {
    // While a job is being heard, it may be too early for what was stored meanwhile.
    const deduplication = { id: mark, keepLastIfActive: true };
    const name = kind === "canary" ? { jobId: `${CANARY}${randomUUID()}` } : {};
    await queue.add(kind, {}, { deduplication, ...name, ...(delay > 0 ? { delay } : {}) });
  };
  // A worker that died with a job in its hand keeps the mark, and so all that come after, until it is missed.
  const freeMarks = async (): Promise<void> => {
    for (const mark of LASTING) await queue.removeDeduplicationKey(mark);
  };

  queue.on("error", () => undefined);
  client.on("close", () => end(new HubError("TL_DISPATCH_UNAVAILABLE", "the connection to Redis was lost")));
  try {
    await freeMarks();
    await add("canary", "canary", 0);
    state = "open";
  } catch (error) {
    await close();
    throw redisFailure(error);
  }
  return {
    put: (kind, mark = kind, delay = 0) => add(kind, mark, delay).catch(end),
    listen() {
      if (state !== "open") return;
      if (worker !== null) {
        void worker.end();
        // Nor is anything heard while somebody has paused the queue.
        queue.resume().then(freeMarks).catch(end);
      }
      worker = listener(options, events.heard);
    },
    close,
  };
}

interface Listener {
  end(): Promise<void>;
}

/**
 * A job comes to one worker, whichever process has it; that it came is an event, which all of them hear: the lane that
 * there is work on may be anybody's.
 */
function listener(options: ClientOptions, heard: (kind: Kind) => void): Listener {
  const once = firstOfTwo(heard);
  const worker = openWorker(options, once);
  const events = new QueueEvents(QUEUE, { connection: patient(options) });
  events.on("active", ({ jobId }) => once(jobId.startsWith(CANARY) ? "canary" : "wake", jobId));
  events.on("error", () => undefined);
  return {
    async end() {
      await Promise.all([inTime(worker.close(true)), inTime(events.close())]);
    },
  };
}

/** Of a job that this process's worker got, the event says the same again, before or after. */
function firstOfTwo(heard: (kind: Kind) => void): (kind: Kind, job: string) => void {
  const once = new Set<string>();
  return (kind, job) => {
    if (once.delete(job)) return;
    // Those that went to other workers come once.
    if (once.size >= KEPT_EVENTS) once.clear();
    once.add(job);
    heard(kind);
  };
}

/**
 * A worker is done with a job when it has passed it on, so that none stays under way while the hub works. Its own counts
 * of stalled jobs decide nothing.
 */
function openWorker(options: ClientOptions, heard: (kind: Kind, job: string) => void): Worker {
  const worker = new Worker(QUEUE, async ({ name, id = "" }) => heard(name as Kind, id), {
    connection: patient(options),
    ...{ removeOnComplete: { count: 0 }, removeOnFail: { count: 0 } },
    ...{ lockDuration: 10_000, stalledInterval: 10_000, maxStalledCount: 1_000, runRetryDelay: 1_000 },
  });
  // That it hears nothing is noticed by the canary, whatever the reason.
  worker.on("error", () => undefined);
  return worker;
}

/** The settings of a connection that waits for what comes. */
function patient(options: ClientOptions) {
  return {
    ...options,
    maxRetriesPerRequest: null,
    retryStrategy: (times: number) => Math.min(50 * 2 ** times, LONGEST_PAUSE),
  };
}

/** Does not wait for Redis, which may be gone. */
async function inTime(closing: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, CLOSE_MS);
  });
  await Promise.race([closing.catch(() => undefined), late]);
  clearTimeout(timer);
}
