import { createHash } from "node:crypto";
import type { Failure } from "../../errors.ts";
import type { State } from "../../message/outcome.ts";

interface End {
  readonly state: State;
  readonly outcomes?: Readonly<Record<string, string>> | null | undefined;
  readonly failure?: Failure | null | undefined;
}

/**
 * Names the cause of a failure that stands, as twelve hexadecimal digits: alike for all that are parked, or all that
 * were rejected, for one reason, whatever their ids and numbers are. What differs from record to record is left out:
 * numbers, what is quoted, lines of data files. Null for all that is under way or ended well.
 */
export function fingerprintOf({ state, outcomes, failure }: End): string | null {
  if (failure === null || failure === undefined) return null;
  if (state !== "parked" && !(state === "done" && isRejected(outcomes ?? {}))) return null;
  const { code, message, place } = failure;
  const words = message.replace(/"[^"]*"/g, '"…"').replace(/\d+/g, "#");
  const mapping = place?.file?.endsWith(".jsonata") === true ? `${place.file}:${place.line}` : "";
  const field = (place?.field ?? "").replace(/\d+/g, "#");
  return createHash("sha256")
    .update([state, code, words, mapping, field].join("\n"))
    .digest("hex")
    .slice(0, 12);
}

function isRejected(outcomes: Readonly<Record<string, string>>): boolean {
  return Object.values(outcomes).includes("rejected");
}
