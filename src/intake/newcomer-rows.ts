import type { NewcomerRows } from "../flow/settle-newcomers.ts";
import type { PackedRows } from "./pack-rows.ts";
import { textReader } from "./pack-texts.ts";

/** What is known of rows besides what they were mapped to. */
export interface RowOrigins {
  readonly system: string;
  readonly file: number;
  readonly flowVersion: number;
  readonly rows: readonly number[];
  readonly keys: readonly (string | null)[];
  readonly hashes: readonly (string | null)[];
}

/** Rows as they crossed, by column; null unless each is a newcomer of which nothing else crossed and takes the same one route. */
export function newcomerRows(packed: PackedRows, origins: RowOrigins): NewcomerRows | null {
  const { states, newcomers, routes, lengths } = packed;
  if (newcomers.length < states.length || newcomers.includes(0)) return null;
  if (routes.length !== 1 || routes[0]?.length !== 1) return null;
  for (let record = 0; record < lengths.length; record += 2) if (lengths[record] !== 0) return null;
  const text = textReader(packed);
  const values = Array.from(states, () => {
    text();
    return text();
  });
  const { keys, ...own } = origins;
  const { at, ids: externalIds, versions, names, folded, statuses, contacts } = packed;
  return {
    keys,
    newcomers: { ...own, at, externalIds, versions, values, names, folded, statuses, contacts },
  };
}
