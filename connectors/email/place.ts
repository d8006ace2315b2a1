import { isObject, type Json } from "tieline/connector";

/** How far a folder was read: UIDs rise within one UIDVALIDITY, and mean nothing beyond it (RFC 9051 §2.3.1.1). */
export interface Place {
  readonly uidValidity: string;
  readonly lastUid: number;
  /** Stored by the same commit; whether they were moved or deleted after it nobody knows. */
  readonly unsettled: readonly number[];
}

/** The place to go on from. Another UIDVALIDITY, or none: the folder is read from its beginning. */
export function placeOf(cursor: Json | null, uidValidity: string): Place {
  const beginning = { uidValidity, lastUid: 0, unsettled: [] };
  if (!isObject(cursor) || String(cursor["uidValidity"]) !== uidValidity) return beginning;
  const { lastUid, unsettled } = cursor;
  if (typeof lastUid !== "number" || !Number.isInteger(lastUid) || lastUid < 0) return beginning;
  const uids = Array.isArray(unsettled)
    ? unsettled.filter((uid): uid is number => Number.isInteger(uid))
    : [];
  return { uidValidity, lastUid, unsettled: uids };
}

export function cursorOf({ uidValidity, lastUid, unsettled }: Place): Json {
  return { uidValidity, lastUid, ...(unsettled.length === 0 ? {} : { unsettled }) };
}
