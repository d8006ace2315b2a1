import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import type { RedisAddress } from "../../../src/backend/bullmq/address.ts";
import { openBullmqDispatcher } from "../../../src/backend/bullmq/dispatcher.ts";
import { inspectRedis } from "../../../src/backend/bullmq/inspect.ts";
import { asHubError } from "../../../src/errors.ts";
import { addressOf, freshRedis } from "./setup.ts";

/** How a hub refuses to start on it: code, what is wrong, and what mends it; and that the doctor says the same. */
async function refusal(address: RedisAddress): Promise<{ readonly code: string; readonly text: string }> {
  const silent = { lost: () => undefined, back: () => undefined, deaf: () => undefined };
  const failed = (): void => undefined;
  const starting = openBullmqDispatcher(address, { now: Date.now, failed, news: silent });
  const error = asHubError(
    await starting.then(
      (dispatcher) => dispatcher.close(),
      (thrown: unknown) => thrown,
    ),
  );
  return { code: error.code, text: `${error.message}. ${error.cure}` };
}

/** A server that says it is of another version. */
async function redisOf(version: string): Promise<{ readonly port: number }> {
  const info = `# Server\r\nredis_version:${version}\r\nmaxmemory_policy:noeviction\r\n`;
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("data", (bytes) => {
      for (const [, name = ""] of bytes.toString().matchAll(/\*\d+\r\n\$\d+\r\n(\w+)/g))
        socket.write(/^info$/i.test(name) ? `$${info.length}\r\n${info}\r\n` : "+OK\r\n");
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return { port: (server.address() as { readonly port: number }).port };
}

describe("a hub does not start on a Redis that", () => {
  it.each(["allkeys-lru", "volatile-ttl"])("evicts (%s)", async (policy) => {
    const address = addressOf(await freshRedis({ "maxmemory-policy": policy }));
    const { code, text } = await refusal(address);
    expect(code).toBe("TL_CONFIG_INVALID");
    expect(text).toContain(`\`maxmemory-policy\` is ${policy}`);
    expect(text).toContain("Set maxmemory-policy noeviction");
    await expect(inspectRedis(address)).rejects.toThrow(policy);
  });

  it.each(["5.0.14", "6.0.20"])("is too old (%s)", async (version) => {
    const { code, text } = await refusal(addressOf(await redisOf(version)));
    expect(code).toBe("TL_CONFIG_INVALID");
    expect(text).toContain(`it is Redis ${version}. Use Redis 6.2 or later.`);
  });

  it.each([
    ["another password", { password: "hunter2" }, "WRONGPASS", "Correct user and password"],
    ["another user", { user: "nobody", password: "hunter2" }, "WRONGPASS", "Correct user and password"],
    ["no password", {}, "NOAUTH", "asks for a password"],
    ["no such database", { password: "right", database: 99 }, "no such database", "raise `databases`"],
    ["too few rights", { user: "few", password: "right" }, "NOPERM", "~bull:{tieline}:*"],
  ])("refuses it: %s", async (_, changes, what, cure) => {
    const redis = await freshRedis({ requirepass: "right" });
    await redis.ask("ACL", "SETUSER", "few", "on", ">right", "~other:*", "+@all");
    const { code, text } = await refusal(addressOf(redis, changes));
    expect(code).toBe("TL_CONFIG_INVALID");
    expect(text).toContain(what);
    expect(text).toContain(cure);
    expect(text).not.toContain("hunter2");
  });

  it("it need not refuse: rights on the queue alone are enough", async () => {
    const redis = await freshRedis({ requirepass: "right" });
    await redis.ask(
      ...(["ACL", "SETUSER", "hub", "on", ">right"] as const),
      ...["~bull:{tieline}:*", "+@all", "-@dangerous", "+info"],
    );
    const address = addressOf(redis, { user: "hub", password: "right", database: 3 });
    expect(await refusal(address)).toMatchObject({ code: "TL_INTERNAL" });
    expect(await inspectRedis(address)).toMatch(/^Redis \d+\.\d+\.\d+ answers; nothing is evicted$/);
  });
});
