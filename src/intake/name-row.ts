import { asHubError, type HubError } from "../errors.ts";
import type { CompiledFlow } from "../flow/compile.ts";
import type { Row } from "../format/format.ts";
import type { Json } from "../message/json.ts";
import type { RecordHash } from "./record-hash.ts";

/** What a row is called, before it is mapped. */
export interface NamedRow {
  readonly key: string | null;
  /** Hash of the record's bytes, what they are read by, and the flow version. */
  readonly hash: string | null;
  /** Names the source record. */
  readonly record: string | null;
  readonly error: HubError | null;
}

/** @param hash of the record's bytes, see `recordHash` */
export function nameRow(compiled: CompiledFlow, row: Row, hash: RecordHash): NamedRow {
  if (row.error !== undefined || row.bytes === undefined)
    return { key: null, hash: null, record: null, error: row.error ?? null };
  const value = row.value as Json;
  try {
    const info = { receivedAt: 0, headers: null, file: null, row: row.row };
    const key = compiled.key(value, info);
    const record = compiled.record(value, info, key);
    return { key, hash: hash(row.bytes, row.within), record, error: null };
  } catch (error) {
    return { key: null, hash: null, record: null, error: asHubError(error) };
  }
}
