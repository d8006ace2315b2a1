import type { Json, JsonObject } from "../message/json.ts";
import type { CustomerChange } from "./apply.ts";
import { customerId } from "./customer-id.ts";
import { changedFields, EMPTY } from "./golden.ts";
import { same } from "./same.ts";

/** An id of a customer in one system, as published. */
export interface ExternalId {
  readonly system: string;
  readonly id: string;
}

/** A customer before and after, with what is needed to tell others. */
export interface Snapshot {
  readonly id: number;
  readonly before: JsonObject;
  readonly after: JsonObject;
  readonly ids: readonly ExternalId[];
  readonly idsBefore: readonly ExternalId[];
  /** No system has a live record of it. */
  readonly gone: boolean;
  readonly mergedInto: number | null;
  readonly cause: string;
}

/**
 * The change to publish; null when nothing differs. `certain`: it is one whatever the values say (made, gone, back).
 * Content and fields are made when they are first asked for: a first load that publishes nothing pays nothing.
 */
export function customerChange(snapshot: Snapshot, certain: boolean): CustomerChange | null {
  let fields: readonly string[] | undefined;
  let content: Json | undefined;
  const names = (): readonly string[] => {
    fields ??= fieldsOf(snapshot);
    return fields;
  };
  if (!certain && names().length === 0) return null;
  return {
    topic: "customer.changed",
    customer: snapshot.id,
    cause: snapshot.cause,
    get fields() {
      return names();
    },
    get content() {
      content ??= contentOf(snapshot, names());
      return content;
    },
  };
}

function fieldsOf({ before, after, ids, idsBefore }: Snapshot): string[] {
  const fields = changedFields(before, after);
  if (before !== EMPTY && !sameIds(ids, idsBefore)) fields.push("externalIds");
  return fields;
}

function sameIds(a: readonly ExternalId[], b: readonly ExternalId[]): boolean {
  const sorted = (ids: readonly ExternalId[]): Json => ids.map(({ system, id }) => `${system}\n${id}`).sort();
  return same(sorted(a), sorted(b));
}

/** A unified customer as others get to see it. */
export function customerContent(id: number, ids: readonly ExternalId[], values: JsonObject): JsonObject {
  const externalIds = ids.map(({ system, id: externalId }) => ({ system, id: externalId }));
  return { id: customerId(id), externalIds, ...values };
}

function contentOf(snapshot: Snapshot, changed: readonly string[]): Json {
  const { id, ids, after, gone, mergedInto } = snapshot;
  return {
    ...customerContent(id, ids, after),
    changed: [...changed],
    ...(gone && mergedInto === null ? { deleted: true } : {}),
    ...(mergedInto === null ? {} : { mergedInto: customerId(mergedInto) }),
  };
}
