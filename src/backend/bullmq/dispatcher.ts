import type { Dispatcher, DispatchNews } from "../../dispatch/dispatcher.ts";
import { workLoop } from "../../dispatch/work-loop.ts";
import type { RedisAddress } from "./address.ts";
import { watchCanary } from "./canary.ts";
import { coalesced } from "./coalesce.ts";
import { openLink } from "./link.ts";

/** Wake-ups of this long are one; milliseconds. */
const REST_MS = 10;
/** Wake-ups for times this near to each other are one, at the end of it; milliseconds. */
const BUCKET_MS = 100;
/** What is further away is left to the poll, so that few jobs wait in Redis; milliseconds. */
const FARTHEST_MS = 60_000;
/** How often a job is put only to see it come; milliseconds. */
const CANARY_MS = 5_000;

interface BullmqOptions {
  readonly now: () => number;
  /** Called with what work threw. */
  readonly failed: (error: unknown) => void;
  readonly news: DispatchNews;
  readonly canaryMs?: number;
}

/**
 * The dispatcher of many processes: wake-ups are jobs of one BullMQ queue. A job says no more than that there is work; what
 * is lost with Redis is found by the poll.
 * @throws HubError TL_CONFIG_INVALID when the server is not fit to wake anybody, or refuses the hub
 */
export async function openBullmqDispatcher(
  address: RedisAddress,
  { now, failed, news, canaryMs = CANARY_MS }: BullmqOptions,
): Promise<Dispatcher> {
  const loop = workLoop(failed);
  let listening = false;
  let deaf = false;
  /** Times that somebody is woken for, in buckets. */
  const buckets = new Set<number>();

  const link = await openLink(address, {
    news,
    renewed(session) {
      canary.alive();
      buckets.clear();
      if (listening) session.listen();
    },
    heard(kind) {
      canary.alive();
      deaf = false;
      if (kind !== "canary") loop.ask();
    },
  });
  const canary = watchCanary(
    canaryMs,
    async () => {
      const session = link.session();
      await session?.put("canary");
      return listening && session !== null && session === link.session();
    },
    () => {
      if (!deaf) news.deaf();
      deaf = true;
      link.session()?.listen();
    },
  );
  const wake = coalesced(async () => link.session()?.put("wake"), REST_MS);

  return {
    wake,
    wakeAt(at) {
      const time = now();
      if (at <= time) return wake();
      const session = link.session();
      const bucket = Math.ceil(at / BUCKET_MS);
      if (session === null || at > time + FARTHEST_MS || buckets.has(bucket)) return;
      for (const one of buckets) if (one * BUCKET_MS < time) buckets.delete(one);
      buckets.add(bucket);
      void session.put("at", `at-${bucket}`, bucket * BUCKET_MS - time);
    },
    onWake(work, pollMs) {
      listening = true;
      link.session()?.listen();
      loop.begin(work, pollMs);
    },
    async close() {
      canary.stop();
      await Promise.all([link.close(), loop.close()]);
    },
  };
}
