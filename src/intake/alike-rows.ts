import type { AlikeRows } from "../flow/settle-alike.ts";
import type { Places } from "../store/message-table.ts";
import type { PackedRows } from "./pack-rows.ts";
import { areUnchanged } from "./unpack-rows.ts";

/** What is known of rows besides what they were mapped to. */
export interface RowOrigins {
  readonly system: string;
  /** Null: they are messages. */
  readonly file: number | null;
  readonly flowVersion: number;
  /** Rows of the file; of messages, their places. */
  readonly rows: readonly number[];
  readonly keys: readonly (string | null)[];
  readonly hashes: readonly (string | null)[];
}

/**
 * Rows as they crossed, by column; null unless all are unchanged, or each is a newcomer of which nothing else crossed and
 * takes the same one route.
 */
export function alikeRows(packed: PackedRows, origins: RowOrigins): AlikeRows | null {
  const { states, newcomers, routes, lengths } = packed;
  const { keys, ...about } = origins;
  const places = about.file === null ? placesOf(about.rows) : null;
  if (areUnchanged(packed)) return { keys, places, newcomers: null };
  if (newcomers.length < states.length || newcomers.includes(0)) return null;
  if (routes.length !== 1 || routes[0]?.length !== 1) return null;
  for (let record = 0; record < lengths.length; record += 2) if (lengths[record] !== 0) return null;
  const own = Uint32Array.from(states, (_, at) => lengths[2 * at + 1] as number);
  const size = own.reduce((sum, length) => sum + length, 0);
  const values = { bytes: new Uint8Array(packed.texts, 0, size), lengths: own };
  const { at, ids: externalIds, versions, names, folded, statuses, contacts } = packed;
  return {
    ...{ keys, places },
    newcomers: { ...about, at, externalIds, versions, values, names, folded, statuses, contacts },
  };
}

function placesOf(rows: readonly number[]): Places {
  return { first: rows[0] as number, last: rows.at(-1) as number };
}
