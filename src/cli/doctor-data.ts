import { access, constants, stat, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { bad, type DoctorFinding, ok, warn } from "./doctor-finding.ts";
import { showBytes } from "./units.ts";

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
  ];
}

async function diskFinding(data: string): Promise<DoctorFinding> {
  const disk = await statfs(data);
  const free = disk.bavail * disk.bsize;
  return free < DISK_WARN_BYTES
    ? warn("disk", `${showBytes(free)} free`, "Free space; below `limits.diskLow` the hub accepts nothing.")
    : ok("disk", `${showBytes(free)} free`);
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
