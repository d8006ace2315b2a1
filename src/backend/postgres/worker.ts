import { readFileSync, readlinkSync } from "node:fs";

/** A process as others on its machine can tell whether it lives. */
export interface Life {
  /** Machine since its start, and the space that process ids are counted in; null where that cannot be told. */
  readonly host: string | null;
  readonly pid: number;
  /** When it began, in the machine's own count: ids are given again. */
  readonly began: string;
}

/** This process. */
export function ownLife(): Life {
  return { host: hostOf(), pid: process.pid, began: beganOf(process.pid) ?? "" };
}

/** Whether it has ended: then nothing of it writes or sends any more. False also where that cannot be told from here. */
export function hasEnded({ host, pid, began }: Life): boolean {
  return host !== null && host === hostOf() && beganOf(pid) !== began;
}

/** Containers have spaces of their own for ids, in which a process of another one would look as if it had ended. */
function hostOf(): string | null {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return null;
  }
}

/** Field 22 of its status (proc(5)), counted behind the name, which may hold anything; null: there is no such process. */
function beganOf(pid: number): string | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    // A zombie writes nothing either.
    return fields[0] === "Z" ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}
