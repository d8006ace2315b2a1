import { contactPacker } from "../crm/contact-columns.ts";
import type { Newcomer } from "../crm/newcomer.ts";
import { type Failure, HubError, toFailure } from "../errors.ts";
import type { Prepared } from "../flow/compile.ts";
import type { ContactColumn } from "../store/crm-tables.ts";
import { textPacker } from "./pack-texts.ts";

/** What became of a row in the reader. `newcomer`: what the mapped record comes to alone, if it is a customer's. */
export type RowResult =
  | { readonly prepared: Prepared; readonly newcomer: Newcomer | null }
  | HubError
  | "unchanged";

/**
 * Rows as they cross threads: the long texts as one block of bytes that is handed over, the rest as columns of plain
 * values, which structured cloning copies at a fraction of the cost of as many objects. The engine reads a text only
 * where it has to look inside.
 */
export interface PackedRows {
  /** Milliseconds since 1970: when they were mapped. */
  readonly at: number;
  /** For each row: UNCHANGED, FAILED or MAPPED. The columns that follow hold the mapped rows only. */
  readonly states: Uint8Array;
  readonly failures: readonly Failure[];
  readonly versions: readonly (string | number | null)[];
  /** Lists of routes that occur, and for each row which of them. */
  readonly routes: readonly (readonly string[])[];
  readonly taken: Uint32Array;
  /** JSON texts in UTF-8: two for each row, what it was mapped to (empty: its newcomer says it) and its newcomer's values. */
  readonly texts: ArrayBuffer;
  readonly lengths: Uint32Array;
  /** Whether each is a newcomer; the columns that follow leave the others out. */
  readonly newcomers: Uint8Array;
  readonly ids: readonly string[];
  readonly names: readonly (string | null)[];
  readonly folded: readonly (string | null)[];
  readonly statuses: readonly (string | null)[];
  /** Their contacts, owned by their positions among the newcomers. */
  readonly contacts: readonly ContactColumn[];
}

export const UNCHANGED = 0;
export const FAILED = 1;
export const MAPPED = 2;

/**
 * @param at milliseconds since 1970: when they are mapped
 * @param results taken one by one, so that what a row was mapped to dies before the next: what lives on until all are
 *   packed is copied by the garbage collector, again and again
 * @param isNew whether the newcomer of a row is all that will be asked for
 * @param spare memory for the texts that came back
 */
export function packRows(
  at: number,
  results: Iterable<RowResult>,
  isNew: (index: number) => boolean,
  spare: ArrayBuffer[] = [],
): PackedRows {
  const states: number[] = [];
  const failures: Failure[] = [];
  const versions: (string | number | null)[] = [];
  const isNewcomer: number[] = [];
  const routes = routePacker();
  const texts = textPacker(spare);
  const arrivals = newcomerPacker();
  for (const result of results) {
    if (result === "unchanged") states.push(UNCHANGED);
    else if (result instanceof HubError) {
      states.push(FAILED);
      failures.push(toFailure(result));
    } else {
      const { prepared, newcomer } = result;
      versions.push(prepared.version);
      routes.add(prepared.routes);
      texts.add(newcomer !== null && isNew(states.length) ? "" : JSON.stringify(prepared.mapped));
      texts.add(newcomer === null ? "" : String(newcomer.values));
      isNewcomer.push(newcomer === null ? 0 : 1);
      if (newcomer !== null) arrivals.add(newcomer);
      states.push(MAPPED);
    }
  }
  return {
    ...{ at, states: Uint8Array.from(states), failures, versions },
    ...routes.pack(),
    ...texts.pack(),
    newcomers: Uint8Array.from(isNewcomer),
    ...arrivals.pack(),
  };
}

/** Columns of the newcomers. */
function newcomerPacker(): {
  add(newcomer: Newcomer): void;
  pack(): Pick<PackedRows, "ids" | "names" | "folded" | "statuses" | "contacts">;
} {
  const ids: string[] = [];
  const names: (string | null)[] = [];
  const folded: (string | null)[] = [];
  const statuses: (string | null)[] = [];
  const contacts = contactPacker();
  return {
    add(newcomer) {
      contacts.add(ids.length, newcomer.contacts);
      ids.push(newcomer.externalId);
      names.push(newcomer.name);
      folded.push(newcomer.folded);
      statuses.push(newcomer.status);
    },
    pack: () => ({ ids, names, folded, statuses, contacts: contacts.pack() }),
  };
}

function routePacker(): {
  add(taken: readonly string[]): void;
  pack(): Pick<PackedRows, "routes" | "taken">;
} {
  const known = new Map<string, number>();
  const routes: (readonly string[])[] = [];
  const taken: number[] = [];
  return {
    add(own) {
      const name = own.length === 1 ? (own[0] as string) : JSON.stringify(own);
      let at = known.get(name);
      if (at === undefined) {
        at = routes.push(own) - 1;
        known.set(name, at);
      }
      taken.push(at);
    },
    pack: () => ({ routes, taken: Uint32Array.from(taken) }),
  };
}
