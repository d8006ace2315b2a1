import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { check, type Fault } from "./fault.ts";
import { underRedisLoad } from "./redis-scene.ts";
import { tieline } from "./tieline.ts";

/** F13: the file in which Redis keeps what it was told is cut short, and broken in its middle. */
export const redisDamaged: Fault = {
  id: "F13",
  title: "the append-only file of Redis is cut, then broken",
  tries: "I1 I2 I3 I8",
  on: ["postgres"],
  async run(run) {
    const dir = await mkdtemp(join(tmpdir(), "tieline-aof-"));
    try {
      return await underRedisLoad(run, { appendonly: "yes", dir }, async (scene) => {
        await scene.redis.kill();
        const cut = await log(dir);
        const size = (await readFile(cut)).length;
        await truncate(cut, Math.max(0, size - 3000));
        await scene.redis.start();
        await scene.backAgain();
        await scene.applied(20);

        await scene.redis.kill();
        const broken = await log(dir);
        const bytes = await readFile(broken);
        bytes.fill(0x55, Math.floor(bytes.length / 3), Math.floor(bytes.length / 3) + 64);
        await writeFile(broken, bytes);
        const refused = await scene.redis.start().then(
          () => false,
          () => true,
        );
        await scene.applied(20);
        const doctor = await tieline(["doctor"], {
          cwd: scene.stage.dir,
          env: {
            ...scene.stage.env,
            ...scene.stage.store.env,
            TIELINE_DISPATCH: `redis://127.0.0.1:${scene.redis.port}`,
          },
        });
        await rm(join(dir, "appendonlydir"), { recursive: true });
        await scene.redis.start();
        const took = await scene.backAgain();
        await scene.applied(20);
        run.note(`cut ${size} bytes by 3000; Redis ${refused ? "refuses" : "takes"} the broken file`);
        const found = doctor.text.split("\n").find((line) => /^[^✓]*\bredis\b/.test(line)) ?? "";
        return [
          check("Redis refuses the broken file, and the hub works on", refused),
          check("`tieline doctor` names it", found.includes("cannot be"), found.trim() || doctor.text),
          check("with an empty file all is as before", took < 30_000, `${took.toFixed(0)} ms`),
        ];
      });
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  },
};

/** The part of the append-only file that is written to. */
async function log(dir: string): Promise<string> {
  const folder = join(dir, "appendonlydir");
  const name = (await readdir(folder))
    .filter((one) => one.endsWith(".incr.aof"))
    .sort()
    .at(-1);
  if (name === undefined) throw new Error(`there is no append-only file in ${folder}`);
  return join(folder, name);
}
