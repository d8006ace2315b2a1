import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { ask } from "../fakes/postgres.ts";
import { joinVerdicts } from "./delivery-scene.ts";
import { type Check, check, type Fault, type FaultRun, type Verdict } from "./fault.ts";
import { type LoadScene, refusalsText, underLoad } from "./load-scene.ts";
import { underPostgresLoad } from "./postgres-scene.ts";
import { mountSmallDisk, type SmallDisk } from "./small-disk.ts";

/** F19: the disk that holds the store is full to its last byte, and has room again. */
export const diskFull: Fault = {
  id: "F19",
  title: "the store's disk is full",
  tries: "I1 I2 I3 I5 I8",
  run: (run) => (run.backend.technology === "postgres" ? fullServer(run) : fullFolder(run)),
};

async function fullFolder(run: FaultRun): Promise<Verdict> {
  return joinVerdicts([await fullData(run, "32MiB"), await fullData(run, "1KiB")]);
}

/** @param diskLow what must stay free: with a little the hub refuses in time, with next to nothing it meets the end */
async function fullData(run: FaultRun, diskLow: string): Promise<Verdict> {
  let disk: SmallDisk | null = null;
  return underLoad(
    run,
    {
      settings: `limits: { diskLow: ${diskLow} }`,
      prepare: (data) => {
        const mounted = mountSmallDisk(data, 64);
        disk = mounted;
        return () => mounted.close();
      },
    },
    async (scene) => {
      if (disk === null) throw new Error("no disk was mounted");
      const checks = await filled(run, scene, disk, async () => undefined);
      return checks.map((one) => ({ ...one, name: `diskLow ${diskLow}: ${one.name}` }));
    },
  );
}

async function fullServer(run: FaultRun): Promise<Verdict> {
  const within = mkdtempSync(join(tmpdir(), "tieline-disk-"));
  const disk = mountSmallDisk(within, 256);
  try {
    const settings = { max_wal_size: "48MB", min_wal_size: "32MB" };
    return await underPostgresLoad(run, { server: { within, settings } }, (scene) =>
      filled(run, scene, disk, async () => {
        // A server that finds no room for its log ends itself, and its administrator starts it again.
        const { server } = scene;
        if ((await ask(server.url, "SELECT 'yes'").catch(() => "no")) === "yes") return;
        await server.kill();
        await server.start();
      }),
    );
  } finally {
    disk.close();
    rmSync(within, { recursive: true, force: true });
  }
}

async function filled(
  run: FaultRun,
  scene: LoadScene,
  disk: SmallDisk,
  freed: () => Promise<void>,
): Promise<readonly Check[]> {
  const { senders, hub } = scene;
  const before = senders.refusals();
  const bytes = disk.fill();
  await pause(run.size(10_000, 4_000));
  const refused = senders.refusals() - before;
  const alive = hub().alive();
  disk.free();
  await freed();
  const started = performance.now();
  await scene.acked(20);
  await scene.applied(20);
  const resumed = performance.now() - started;
  run.note(`${(bytes / 1024 / 1024).toFixed(1)} MiB filled it; ${refused} refused meanwhile`);
  return [
    check("posts are refused while it is full", refused > 0, `${refused}: ${refusalsText(senders)}`),
    check("the hub stays alive", alive),
    check("with room again it goes on by itself", resumed < 30_000, `after ${resumed.toFixed(0)} ms`),
  ];
}
