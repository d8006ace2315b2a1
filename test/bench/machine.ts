import { cpus, loadavg, release, totalmem } from "node:os";

/** The machine in one line; the load tells whether others worked on it when the bench began. */
export function machine(): string {
  const processors = cpus();
  const memory = (totalmem() / 2 ** 30).toFixed(1);
  const load = (loadavg()[0] ?? 0).toFixed(1);
  return `${processors[0]?.model.trim() ?? "unknown processor"}, ${processors.length} cores, ${memory} GiB, Linux ${release()}, Node ${process.versions.node}, load ${load}`;
}
