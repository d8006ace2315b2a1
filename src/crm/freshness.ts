import type { CrmItem } from "./apply.ts";
import { isOlder } from "./version.ts";
import type { WorkingRecord } from "./working-record.ts";

/** Whether two hashes name the same record; null names none. */
export function sameHash(a: string | null, b: string | null): boolean {
  return a !== null && a === b;
}

/** What can be said of an item before its values are looked at; undefined: it is to be applied. */
export function judge(item: CrmItem, stored: WorkingRecord): "unchanged" | "stale" | undefined {
  if (sameHash(item.hash, stored.hash)) return "unchanged";
  if (item.allowStale || item.version === null || stored.version === null) return undefined;
  return isOlder(item.version, stored.version) ? "stale" : undefined;
}

/** Notes version and hash of an item that was applied or found equal. An older one let in on purpose lowers nothing. */
export function note(record: WorkingRecord, item: CrmItem): void {
  record.hash = item.hash;
  const { version } = item;
  if (version !== null && (record.version === null || !isOlder(version, record.version)))
    record.version = version;
  if (record.fate === "kept") record.fate = "seen";
}
