import { expect, it } from "vitest";
import { inspectDispatch } from "../../../src/backends.ts";
import { project, run } from "../../cli/support.ts";
import { freePort } from "../../faults/hub-process.ts";
import { freshRedis } from "./setup.ts";

/** What the doctor says of a project that wakes through a Redis. */
async function doctor(url: string) {
  const cwd = await project({
    "tieline.yaml": `apiVersion: tieline/v1
listen: 127.0.0.1:${await freePort()}
storage: postgres://tieline@127.0.0.1/hub
dispatch: ${url}
`,
  });
  const { out } = await run(["doctor"], {
    ...{ cwd, now: Date.now, ports: { inspectDispatch } },
    env: { REDIS_PASSWORD: "hunter2" },
  });
  expect(out).not.toContain("hunter2");
  return out;
}

it("the doctor looks whether Redis answers and is fit, and says what mends it", async () => {
  const redis = await freshRedis();
  const url = `redis://127.0.0.1:${redis.port}/1`;
  const found = await doctor(url);
  expect(found).toContain(`✓ dispatch       Redis at 127.0.0.1:${redis.port}, database 1`);
  expect(found).toMatch(/✓ redis +Redis \d+\.\d+\.\d+ answers; nothing is evicted/);
  await redis.ask("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
  expect(await doctor(url)).toMatch(
    /✗ redis +.*`maxmemory-policy` is allkeys-lru\n +Set maxmemory-policy noevic/,
  );
  await redis.kill();
  expect(await doctor(url)).toMatch(
    /! redis +Redis cannot be used \(ECONNREFUSED\)\n +Start Redis, and compare/,
  );
});

it("the doctor does not show the password that Redis refuses", async () => {
  const redis = await freshRedis({ requirepass: "right" });
  expect(await doctor(`redis://:\${env:REDIS_PASSWORD}@127.0.0.1:${redis.port}`)).toMatch(
    /✗ redis +Redis refuses the hub \(WRONGPASS\)\n +Correct user and password/,
  );
});
