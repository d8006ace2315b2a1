import { startRedis as startPrivate } from "../fakes/redis.ts";
import { PeerMissing } from "./bench.ts";
import { atEnd } from "./temporary.ts";

/**
 * A Redis of its own that loses nothing it has acknowledged: `appendfsync always`, no eviction. Ended by its process id.
 * @throws PeerMissing
 */
export async function startRedis(): Promise<{ readonly port: number; end(): Promise<void> }> {
  const redis = await startPrivate({ appendonly: "yes", appendfsync: "always" }).catch((error: Error) => {
    throw new PeerMissing(error.message);
  });
  return { port: redis.port, end: atEnd(() => redis.close()) };
}
