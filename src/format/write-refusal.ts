import { HubError } from "../errors.ts";

/** What went wrong with a record, by its number and its field. */
export function refused(record: number, message: string): HubError {
  return new HubError("TL_TARGET_REFUSED", `record ${record + 1} ${message}`, {
    cure: "Mend the mapping, or the `format` of the sink, then replay.",
  });
}
