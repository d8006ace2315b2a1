import { access, constants, open, rm, stat, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { showBytes } from "../message/units.ts";
import { bad, type DoctorFinding, ok, warn } from "./finding.ts";

const DISK_WARN_BYTES = 1024 * 1024 * 1024;

/** The data folder: there, ours, private, with room. */
export async function dataFindings(data: string): Promise<readonly DoctorFinding[]> {
  const found = await stat(data).catch(() => undefined);
  if (found === undefined) {
    const parent = await writable(dirname(data));
    return [
      parent
        ? ok("data folder", `${data}, made by the first start`)
        : bad(
            "data folder",
            `${data} is not there and cannot be made`,
            "Make it, owned by the hub's user, or set `data` in tieline.yaml.",
          ),
    ];
  }
  if (!found.isDirectory())
    return [bad("data folder", `${data} is not a folder`, "Move it away, or set `data` in tieline.yaml.")];
  if (!(await writable(data)))
    return [bad("data folder", `${data} cannot be written`, "Give it to the user the hub runs as.")];
  const open = (found.mode & 0o077) !== 0;
  return [
    open
      ? warn("data folder", `${data} may be read by others of this machine`, `chmod 700 ${data}`)
      : ok("data folder", data),
    await diskFinding(data),
    ...(await durabilityFindings(data)),
  ];
}

async function diskFinding(data: string): Promise<DoctorFinding> {
  const disk = await statfs(data);
  const free = disk.bavail * disk.bsize;
  return free < DISK_WARN_BYTES
    ? warn("disk", `${showBytes(free)} free`, "Free space; below `limits.diskLow` the hub accepts nothing.")
    : ok("disk", `${showBytes(free)} free`);
}

/** File systems (statfs(2)) whose fsync promises nothing, or that SQLite's locks do not hold on. */
const KINDS: ReadonlyMap<number, { readonly name: string; readonly trouble: string }> = new Map([
  [0x0102_1994, { name: "tmpfs", trouble: "it is memory: nothing survives a restart of the machine" }],
  [0x794c_7630, { name: "overlay", trouble: "it goes with the container" }],
  [0x6969, { name: "NFS", trouble: "locks and fsync of SQLite are not safe on it" }],
  [0xfe53_4d42, { name: "SMB", trouble: "locks and fsync of SQLite are not safe on it" }],
  [0xff53_4d42, { name: "CIFS", trouble: "locks and fsync of SQLite are not safe on it" }],
]);
const SLOW_FSYNC_MS = 50;
const TRIES = 5;

/** What a commit costs here, and whether it is kept: an acknowledgement is worth as much as the disk's fsync. */
async function durabilityFindings(data: string): Promise<readonly DoctorFinding[]> {
  const { type } = await statfs(data);
  const kind = KINDS.get(type);
  const cure = "Put the data folder on a local disk or volume that honours fsync.";
  const took = await fsyncTime(data);
  const found = `one write to disk takes ${took.toFixed(1)} ms`;
  return [
    ...(kind === undefined ? [] : [warn("file system", `${kind.name}: ${kind.trouble}`, cure)]),
    took > SLOW_FSYNC_MS
      ? warn("fsync", found, "Each batch of acceptances waits so long; use a faster disk.")
      : ok("fsync", found),
  ];
}

/** The median of a few; milliseconds. */
async function fsyncTime(data: string): Promise<number> {
  const path = join(data, `.fsync-${process.pid}`);
  const file = await open(path, "wx", 0o600);
  try {
    const times: number[] = [];
    for (let turn = 0; turn < TRIES; turn++) {
      const began = performance.now();
      await file.write(Buffer.alloc(4096, turn));
      await file.sync();
      times.push(performance.now() - began);
    }
    return times.sort((a, b) => a - b)[TRIES >> 1] ?? 0;
  } finally {
    await file.close();
    await rm(path, { force: true });
  }
}

/** The token opens everything, so that only its owner may read it. */
export async function tokenFindings(data: string): Promise<readonly DoctorFinding[]> {
  const path = join(data, "api-token");
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return [];
  return [
    (found.mode & 0o077) === 0
      ? ok("API token", path)
      : bad("API token", `${path} may be read by others of this machine`, `chmod 600 ${path}`),
  ];
}

async function writable(folder: string): Promise<boolean> {
  return access(folder, constants.R_OK | constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
}
