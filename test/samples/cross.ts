import { setTimeout as pause } from "node:timers/promises";
import { freePort, startHubProcess } from "../faults/hub-process.ts";
import { dropFiles } from "./assemble.ts";
import { SAMPLES } from "./plan.ts";

interface ListedFile {
  readonly flow: string;
  readonly name: string;
  readonly state: string;
  readonly rows: number;
  readonly books: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Longest wait for all files; milliseconds. */
const PATIENCE = 120_000;

/**
 * Lets all samples cross into the CRM of a real hub on `project`, and checks that the books of every file balance on
 * every route: rows = the sum of all outcomes, and none is waiting. Prints one line a flow; gives how many failed.
 */
export async function crossAll(project: string, samples: string): Promise<number> {
  let dropped = 0;
  for (const sample of SAMPLES) dropped += (await dropFiles(project, sample, samples)).length;
  const hub = await startHubProcess({
    dir: project,
    port: await freePort(),
    env: { SAMPLES_DROP: `${project}/drop` },
  });
  try {
    // A schedule would let its files wait for the next slot.
    await fetch(`${hub.url}/api/v1/flows/pbx-calls/run`, { method: "POST" });
    const files = await settledFiles(
      () => hub.get<{ items: readonly ListedFile[] }>("/api/v1/files?limit=200"),
      dropped,
    );
    let failed = files.length === dropped ? 0 : 1;
    if (failed > 0) console.log(`FAIL ${files.length} of ${dropped} files were taken in time`);
    for (const flow of new Set(files.map((file) => file.flow))) {
      if (
        !balances(
          flow,
          files.filter((file) => file.flow === flow),
        )
      )
        failed += 1;
    }
    return failed;
  } finally {
    await hub.stop();
  }
}

async function settledFiles(
  list: () => Promise<{ readonly items: readonly ListedFile[] }>,
  wanted: number,
): Promise<readonly ListedFile[]> {
  const until = performance.now() + PATIENCE;
  for (;;) {
    const { items } = await list();
    const busy = items.some((file) => file.state === "running" || sum(file, "waiting") > 0);
    if ((items.length >= wanted && !busy) || performance.now() > until) return items;
    await pause(200);
  }
}

function balances(flow: string, files: readonly ListedFile[]): boolean {
  const rows = files.reduce((total, file) => total + file.rows, 0);
  const routes = new Map<string, Record<string, number>>();
  for (const file of files) {
    for (const [route, counts] of Object.entries(file.books)) {
      const total = routes.get(route) ?? {};
      for (const [outcome, n] of Object.entries(counts)) total[outcome] = (total[outcome] ?? 0) + n;
      routes.set(route, total);
    }
  }
  let good = true;
  for (const [route, counts] of routes) {
    const ended = Object.values(counts).reduce((total, n) => total + n, 0);
    const balanced = ended === rows && (counts["waiting"] ?? 0) === 0;
    good &&= balanced;
    const words = Object.entries(counts)
      .filter(([, n]) => n > 0)
      .map(([outcome, n]) => `${outcome} ${n}`)
      .join(" + ");
    console.log(`${balanced ? "ok  " : "FAIL"} ${flow} → ${route}: in ${rows} = ${words} (${ended})`);
  }
  return good;
}

function sum(file: ListedFile, outcome: string): number {
  return Object.values(file.books).reduce((total, counts) => total + (counts[outcome] ?? 0), 0);
}
