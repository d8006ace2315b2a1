import type { Failure } from "../errors.ts";
import type { Entity } from "../message/entity.ts";
import type { Json } from "../message/json.ts";
import type { Origin } from "../store/origin.ts";
import type { Newcomer } from "./newcomer.ts";

/** One canonical record on its way into the CRM engine. */
export interface CrmItem {
  readonly entity: Entity;
  /** The system whose record this is; with `record.id` it names the source record. */
  readonly system: string;
  /** A canonical record, already valid by `schemas/canonical/<entity>.schema.json`. */
  readonly record: Json;
  /** What the record comes to alone, where that is known already (null: nothing); made when needed unless given. */
  readonly newcomer?: Newcomer | null | undefined;
  /** The flow's `version` value; compared as numbers when both are, else as text. Null: no version, newest place wins. */
  readonly version: string | number | null;
  /** Hash of (record bytes, flow version), for the unchanged check; null when not wanted. */
  readonly hash: string | null;
  readonly origin: Origin;
  /** True on replay with --allow-stale: an older version is applied all the same. */
  readonly allowStale: boolean;
  /** What to do when it refers to a customer that is not there. */
  readonly missingReference: "fail" | "stub";
}

/** What became of an item, in the order of the items. */
export type CrmResult =
  | {
      readonly outcome: "applied";
      readonly customer: number | null;
      readonly change: CustomerChange | null;
      /**
       * Further customers it changed, when a cross-reference joined or parted some, and payments that found their
       * customer by it; to be published like `change`.
       */
      also?: readonly CustomerChange[];
    }
  | { readonly outcome: "unchanged" | "stale"; readonly customer: number | null }
  | { readonly failure: Failure };

/** A real change of a golden record (or a new contact-history entry), as published to topics. */
export interface CustomerChange {
  readonly topic:
    | "customer.changed"
    | "interaction.added"
    | "invoice.changed"
    | "order.changed"
    | "payment.changed";
  /** Id of the customer, the key of the message. Null for an interaction or a payment nobody is known for. */
  readonly customer: number | null;
  /** Canonical content to publish: for `customer.changed` the golden record with its id and external ids. */
  readonly content: Json;
  /** The system whose record caused it: a change never goes back there. */
  readonly cause: string;
  /** Names of the golden fields that differ. */
  readonly fields: readonly string[];
}
