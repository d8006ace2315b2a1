import type { HubError } from "../errors.ts";
import { crmEntity, type LiveFlow, sourceSystem } from "../flow/live-flow.ts";
import type { RecordStream, Row } from "../format/format.ts";
import type { Store } from "../store/store.ts";
import { type NamedRow, nameRow } from "./name-row.ts";
import { type RecordHash, recordHash } from "./record-hash.ts";

/** What is known of a row before it is mapped. */
export interface Look {
  readonly key: string | null;
  /** Hash of (record's bytes and what they are read by, flow version). */
  readonly hash: string | null;
  /** The same record was the last one applied, by the same flow version, and asked the hub nothing. */
  readonly unchanged: boolean;
  /** Hash of what was applied last; null when nothing is known, or an earlier row of the chunk touches the record. */
  readonly applied: string | null;
  readonly error: HubError | null;
}

/**
 * Finds the rows that were applied before just so, since they need no mapping. The record is named by `record:`
 * (default: the key), which for most systems is the external id; where it is not, nothing is found and the row goes the
 * long way. A row whose record an earlier row of the same chunk touches goes the long way too.
 */
export function unchangedCheck(
  flow: LiveFlow,
  stream: RecordStream,
  store: Store,
): (rows: readonly Row[]) => Promise<readonly Look[]> {
  const entity = crmEntity(flow);
  const system = sourceSystem(flow.definition);
  let hash: RecordHash | undefined;
  return async (rows) => {
    hash ??= recordHash(flow.version, stream.context);
    const named: NamedRow[] = [];
    for (const row of rows) named.push(nameRow(flow.compiled, row, hash));
    if (entity === undefined) return named.map((look) => ({ ...look, unchanged: false, applied: null }));
    const names = [...new Set(named.flatMap((look) => (look.record === null ? [] : [look.record])))];
    const heads = await store.transaction((tx) => tx.crm.heads(entity, system, names));
    const hashes = new Map(heads.map((head) => [head.externalId, head.hash]));
    const touched = new Set<string>();
    return named.map((look) => {
      const known = look.record === null || touched.has(look.record) ? undefined : hashes.get(look.record);
      const applied = known ?? null;
      const unchanged = applied !== null && applied === look.hash;
      if (!unchanged && look.record !== null) touched.add(look.record);
      return { key: look.key, hash: look.hash, error: look.error, unchanged, applied };
    });
  };
}
