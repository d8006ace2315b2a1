import { open, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { bad, type DoctorFinding, ok, warn } from "./finding.ts";

const LEAST_NODE = [20, 19] as const;
/** Below it a file's age, and so "has it rested long enough", is still judged rightly. */
const CLOCK_OFFSET_MS = 2_000;

export function nodeFindings(version: string): readonly DoctorFinding[] {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const fine = major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1]);
  return [
    fine ? ok("node", version) : bad("node", version, `Install Node ${LEAST_NODE.join(".")} or later.`),
    hasAllZones()
      ? ok("time zones", `${Intl.supportedValuesOf("timeZone").length} known`)
      : bad("time zones", "this Node was built without them", "Install an official Node build (full-icu)."),
  ];
}

function hasAllZones(): boolean {
  try {
    return ["Europe/Berlin", "America/New_York", "Asia/Kolkata"].every(
      (zone) => new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== "UTC",
    );
  } catch {
    return false;
  }
}

/** Compares this machine's clock with the one that stamps files in the data folder (a network share has its own). */
export async function clockFindings(data: string, now: () => number): Promise<readonly DoctorFinding[]> {
  const path = join(data, `.clock-${process.pid}`);
  try {
    const file = await open(path, "wx", 0o600);
    await file.close();
    const offset = Math.round((await stat(path)).mtimeMs - now());
    const found = `${Math.abs(offset)} ms apart`;
    return [
      Math.abs(offset) <= CLOCK_OFFSET_MS
        ? ok("clock", `file system and machine ${found}`)
        : warn(
            "clock",
            `file system and machine ${found}`,
            "Synchronise the clocks of this machine and the file server (NTP).",
          ),
    ];
  } catch {
    // Not writable or not there: the data folder's own finding says so.
    return [];
  } finally {
    await rm(path, { force: true });
  }
}
