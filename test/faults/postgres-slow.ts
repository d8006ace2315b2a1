import { setTimeout as pause } from "node:timers/promises";
import { Client } from "pg";
import { ask } from "../fakes/postgres.ts";
import { check, type Fault } from "./fault.ts";
import { type PostgresScene, underPostgresLoad } from "./postgres-scene.ts";
import { watchHealth } from "./watch-hub.ts";

/** Milliseconds that a post may wait for its answer: what the hub waits for a lock, and as much again. */
const ANSWER = 11_000;

/** F17: a lock on the messages is held, every journey to the database is slow, its processes stand still. */
export const postgresSlow: Fault = {
  id: "F17",
  title: "PostgreSQL is locked, slow, and stands still",
  tries: "I1 I2 I3 I5 I8",
  on: ["postgres"],
  pace: "timed",
  run: (run) =>
    underPostgresLoad(run, {}, async (scene) => {
      const { senders, acked, applied, line, hub } = scene;
      let over = false;
      const watching = watchHealth(hub().url, 300_000, () => over);
      const before = await hub().rss();
      await locked(scene, run.size(30_000, 12_000));
      await acked(20);
      const refused = senders.refusals();
      const slowest = senders.slowest();

      line.slow(50);
      await acked(20);
      await applied(20);
      line.slow(0);

      await frozen(scene, run.size(10_000, 3_000));
      await acked(20);
      await applied(20);
      over = true;
      const health = await watching;
      const grown = (await hub().rss()) - before;
      run.note(
        `${refused} refused while the lock was held; the slowest answer took ${slowest.toFixed(0)} ms`,
      );
      return [
        check("while the lock is held posts are refused", refused > 0, refused),
        check("no post waits for longer than 11 s", slowest < ANSWER, `${slowest.toFixed(0)} ms`),
        check(
          "/livez is 200 all the while",
          health.bad === 0,
          `p99 ${health.p99.toFixed(1)} ms of ${health.count}; ${health.ill.join(", ") || "all 200"}`,
        ),
        check(
          "nothing piles up: memory grows less than 100 MiB",
          grown < 100 * 1024 * 1024,
          `${(grown / 1024 / 1024).toFixed(0)} MiB`,
        ),
      ];
    }),
};

async function locked({ server, stage }: PostgresScene, milliseconds: number): Promise<void> {
  const schema = new URL(stage.store.env["TIELINE_STORAGE"] ?? "").searchParams.get("schema");
  const client = new Client({ connectionString: server.url });
  await client.connect();
  await client.query(`BEGIN; LOCK TABLE ${schema}.message`);
  await pause(milliseconds);
  await client.query("COMMIT");
  await client.end();
}

/** Every process that serves the hub stands still, and goes on. */
async function frozen({ server }: PostgresScene, milliseconds: number): Promise<void> {
  const pids = String(
    await ask(
      server.url,
      "SELECT string_agg(pid::text, ' ') FROM pg_stat_activity WHERE application_name LIKE 'tieline%'",
    ),
  )
    .split(" ")
    .map(Number);
  for (const pid of pids) process.kill(pid, "SIGSTOP");
  await pause(milliseconds);
  for (const pid of pids) process.kill(pid, "SIGCONT");
}
