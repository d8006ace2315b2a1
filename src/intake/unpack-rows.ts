import type { Newcomer } from "../crm/newcomer.ts";
import { type Failure, HubError } from "../errors.ts";
import type { Prepared } from "../flow/compile.ts";
import type { Asked } from "../mapping/look-up.ts";
import type { Json, JsonObject } from "../message/json.ts";
import { contactsByOwner } from "./pack-contacts.ts";
import { FAILED, type PackedRows, UNCHANGED } from "./pack-rows.ts";
import { textReader } from "./pack-texts.ts";

const NOTHING: readonly Asked[] = [];

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
