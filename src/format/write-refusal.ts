import { HubError } from "../errors.ts";

const CURE = "Mend the mapping, or the `format` of the sink, then replay.";

/**
 * What went wrong with a record, by its number and its field.
 * @param record from 0
 * @param field JSON pointer within it
 */
export function refused(record: number, message: string, field?: string, cure: string = CURE): HubError {
  return new HubError("TL_TARGET_REFUSED", `record ${record + 1} ${message}`, {
    ...(field === undefined ? {} : { place: { record: record + 1, field } }),
    cure,
  });
}

/** As `refused`, with the field told in the message too. */
export function refusedAt(record: number, field: string, message: string, cure?: string): HubError {
  return refused(record, `${message}: ${field}`, field, cure);
}
