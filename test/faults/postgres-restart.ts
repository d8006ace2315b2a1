import { setTimeout as pause } from "node:timers/promises";
import { ask } from "../fakes/postgres.ts";
import { check, type Fault } from "./fault.ts";
import { underPostgresLoad } from "./postgres-scene.ts";

/** Milliseconds within which the hub must accept again. */
const RESUME = 3_000;

/** F16: PostgreSQL is restarted under load: at once, in an orderly way, and by a backend that is killed. */
export const postgresRestart: Fault = {
  id: "F16",
  title: "PostgreSQL is restarted, immediate and fast, and a backend is killed",
  tries: "I1 I2 I3 I8",
  on: ["postgres"],
  pace: "timed",
  run: (run) =>
    underPostgresLoad(run, {}, async ({ server, senders, acked, applied }) => {
      const took: number[] = [];
      const resumes = async (): Promise<void> => {
        const started = performance.now();
        await acked(1);
        took.push(performance.now() - started);
        await applied(20);
      };
      for (let n = 0; n < run.size(5, 2); n++) {
        await server.kill();
        await pause(run.random.int(1_000));
        await server.start();
        await resumes();
      }
      for (let n = 0; n < run.size(3, 1); n++) {
        await server.stop();
        await server.start();
        await resumes();
      }
      const kills = run.size(3, 1);
      for (let n = 0; n < kills; n++) {
        const writer = Number(
          await ask(server.url, "SELECT pid FROM pg_stat_activity WHERE application_name = 'tieline engine'"),
        );
        process.kill(writer, "SIGKILL");
        await pause(100);
        while ((await ask(server.url, "SELECT 'yes'").catch(() => "no")) !== "yes") await pause(20);
        await resumes();
      }
      run.note(`accepted again after ${took.map((ms) => ms.toFixed(0)).join(", ")} ms`);
      return [
        check("the senders met the outages", senders.refusals() > 0, `${senders.refusals()} refused`),
        check(
          "the hub accepts again within 3 s",
          took.every((ms) => ms < RESUME),
          `at most ${Math.max(...took).toFixed(0)} ms`,
        ),
      ];
    }),
};
