import { showCount, showDuration } from "../message/units.ts";
import { type DoctorFinding, ok, warn } from "./finding.ts";

/** A sweep is made once an hour, and one over very much takes a while. */
const LATE_MS = 2 * 86_400_000;

/** What a hub tells of its retention; times as RFC 3339. */
export interface RetentionLook {
  readonly sweptAt: string | null;
  readonly forgotten: { readonly messages: number };
  readonly flows: readonly {
    readonly flow: string;
    /** Milliseconds; null: never forgotten. */
    readonly keep: number | null;
    /** When the oldest message that only waits to be forgotten was finished. */
    readonly oldest: string | null;
  }[];
}

/** Whether what is finished goes when it should. */
export function retentionFindings(look: RetentionLook, now: number): readonly DoctorFinding[] {
  const late = look.flows.flatMap(({ flow, keep, oldest }) => {
    const age = oldest === null ? 0 : now - Date.parse(oldest);
    return keep !== null && age > keep + LATE_MS ? [{ flow, keep, age }] : [];
  });
  if (late.length === 0) {
    const swept = look.sweptAt === null ? "no sweep yet" : `last sweep ${look.sweptAt}`;
    return [ok("retention", `${showCount(look.forgotten.messages)} messages forgotten so far, ${swept}`)];
  }
  return late.map(({ flow, keep, age }) =>
    warn(
      "retention",
      `${flow}: the oldest finished message is ${showDuration(age)} old, and kept for ${showDuration(keep)}`,
      "Sweeps do not get through: see that a process with the files and slots runs, and its log.",
    ),
  );
}
