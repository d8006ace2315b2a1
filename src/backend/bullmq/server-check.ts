import { HubError } from "../../errors.ts";

/** The oldest that BullMQ is meant for (https://docs.bullmq.io/guide/connections). */
const OLDEST = [6, 2] as const;

/**
 * Whether this server can be trusted with jobs, by what it says of itself (the answer to INFO). Gives its version.
 * @throws HubError TL_CONFIG_INVALID with what to change
 */
export function checkServer(info: string): string {
  const version = field(info, "redis_version") ?? "unknown";
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]))
    refuse(`it is Redis ${version}`, `Use Redis ${OLDEST.join(".")} or later.`);
  const policy = field(info, "maxmemory_policy");
  // One that evicts says yes to a wake-up and throws it away, or the half of a job.
  if (policy !== undefined && policy !== "noeviction") {
    refuse(
      `\`maxmemory-policy\` is ${policy}`,
      "Set maxmemory-policy noeviction in redis.conf, and at once with CONFIG SET maxmemory-policy noeviction.",
    );
  }
  return version;
}

function field(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)?.[1];
}

function refuse(what: string, cure: string): never {
  throw new HubError("TL_CONFIG_INVALID", `the hub cannot be woken through this Redis: ${what}`, { cure });
}
