import type { Newcomer } from "../crm/newcomer.ts";
import { type Failure, HubError, toFailure } from "../errors.ts";
import type { Prepared } from "../flow/compile.ts";
import type { Asked } from "../mapping/look-up.ts";
import type { Json, JsonObject } from "../message/json.ts";
import type { ContactColumn } from "../store/crm-tables.ts";
import { contactsByOwner, packContacts } from "./pack-contacts.ts";
import { packTexts, textReader } from "./pack-texts.ts";

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

const UNCHANGED = 0;
const FAILED = 1;
const MAPPED = 2;
const NOTHING: readonly Asked[] = [];

/**
 * @param at milliseconds since 1970: when they were mapped
 * @param isNew whether the newcomer of a row is all that will be asked for
 */
export function packRows(
  at: number,
  results: readonly RowResult[],
  isNew: (index: number) => boolean,
): PackedRows {
  const states = new Uint8Array(results.length);
  const failures: Failure[] = [];
  const mapped: Prepared[] = [];
  const arrivals: (Newcomer | null)[] = [];
  const texts: string[] = [];
  for (const [index, result] of results.entries()) {
    if (result === "unchanged") states[index] = UNCHANGED;
    else if (result instanceof HubError) {
      states[index] = FAILED;
      failures.push(toFailure(result));
    } else {
      const { prepared, newcomer } = result;
      states[index] = MAPPED;
      mapped.push(prepared);
      arrivals.push(newcomer);
      texts.push(newcomer !== null && isNew(index) ? "" : JSON.stringify(prepared.mapped));
      texts.push(newcomer === null ? "" : String(newcomer.values));
    }
  }
  const present = arrivals.filter((one) => one !== null);
  return {
    at,
    states,
    failures,
    versions: mapped.map(({ version }) => version),
    ...packRoutes(mapped),
    ...packTexts(texts),
    newcomers: Uint8Array.from(arrivals, (one) => (one === null ? 0 : 1)),
    ids: present.map(({ externalId }) => externalId),
    names: present.map(({ name }) => name),
    folded: present.map(({ folded }) => folded),
    statuses: present.map(({ status }) => status),
    contacts: packContacts(present),
  };
}

function packRoutes(mapped: readonly Prepared[]): Pick<PackedRows, "routes" | "taken"> {
  const known = new Map<string, number>();
  const routes: (readonly string[])[] = [];
  const taken = Uint32Array.from(mapped, (one) => {
    const name = one.routes.length === 1 ? (one.routes[0] as string) : JSON.stringify(one.routes);
    let at = known.get(name);
    if (at === undefined) {
      at = routes.push(one.routes) - 1;
      known.set(name, at);
    }
    return at;
  });
  return { routes, taken };
}

/** @param keys the keys of the rows, as they were named */
export function unpackRows(
  packed: PackedRows,
  keys: readonly (string | null)[],
): readonly (Prepared | HubError | "unchanged")[] {
  const text = textReader(packed);
  const contacts = contactsByOwner(packed.contacts);
  let failed = 0;
  let mapped = 0;
  let arrived = 0;
  return Array.from(packed.states, (state, index) => {
    if (state === UNCHANGED) return "unchanged";
    if (state === FAILED) return fromFailure(packed.failures[failed++] as Failure);
    const record = text();
    const values = text();
    const isOne = packed.newcomers[mapped] === 1;
    const newcomer = isOne ? unpackNewcomer(packed, values, arrived, contacts[arrived] ?? []) : null;
    if (isOne) arrived += 1;
    return unpackPrepared(packed, mapped++, keys[index] ?? null, record, newcomer);
  });
}

export function areUnchanged({ states }: PackedRows): boolean {
  return states.every((state) => state === UNCHANGED);
}

/** Whether of a row nothing crossed but what it comes to alone. */
export function isOnlyNewcomer(result: Prepared | HubError | "unchanged"): boolean {
  return typeof result === "object" && "alone" in result && result.alone === true;
}

interface Unpacked extends Prepared {
  readonly alone: boolean;
}

function unpackPrepared(
  packed: PackedRows,
  at: number,
  key: string | null,
  record: Buffer,
  newcomer: Newcomer | null,
): Unpacked {
  let value: Json | undefined;
  return {
    key,
    version: packed.versions[at] ?? null,
    routes: packed.routes[packed.taken[at] as number] as readonly string[],
    asked: NOTHING,
    newcomer,
    alone: record.length === 0,
    get mapped() {
      value ??=
        record.length === 0 ? asRecord(newcomer as Newcomer) : (JSON.parse(record.toString()) as Json);
      return value;
    },
  };
}

/** What a newcomer was mapped to, without what says nothing of somebody unknown. */
function asRecord(newcomer: Newcomer): JsonObject {
  return { id: newcomer.externalId, ...(JSON.parse(newcomer.values.toString()) as JsonObject) };
}

function unpackNewcomer(
  packed: PackedRows,
  values: Buffer,
  at: number,
  contacts: Newcomer["contacts"],
): Newcomer {
  return {
    externalId: packed.ids[at] as string,
    values,
    name: packed.names[at] ?? null,
    folded: packed.folded[at] ?? null,
    status: packed.statuses[at] ?? null,
    contacts,
  };
}

export function fromFailure({ code, message, place, cure, issues }: Failure): HubError {
  return new HubError(code, message, {
    ...(place === undefined ? {} : { place }),
    ...(cure === undefined ? {} : { cure }),
    ...(issues === undefined ? {} : { issues }),
  });
}
