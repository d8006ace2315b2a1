import type { FormatDefinition } from "../format/open.ts";

/**
 * One flow as the hub uses it: every default filled in, durations in milliseconds, sizes in bytes, paths relative to
 * the project folder with `/` between their parts. Made by `loadProject` only, and not changed afterwards.
 */
export interface FlowDefinition {
  /** The name of its folder: lower-case letters, digits and dashes. */
  readonly name: string;
  /** Path of its `flow.yaml`. */
  readonly file: string;
  /** What crosses, in the engineer's words; may be empty. */
  readonly description: string;
  readonly source: SystemSource | TopicSource;
  /** When a source is asked. Null: one that calls or is listened to, a topic, or a source asked all the time. */
  readonly schedule: Schedule | null;
  /** Path of the schema a decoded record must keep to. */
  readonly accepts: string | null;
  /** JSONata: what must stay in order. Null = `key: none`, order does not matter. */
  readonly key: string | null;
  /** JSONata: the version of the state a record carries; older than the one applied ends as `stale`. */
  readonly version: string | null;
  /** JSONata: names the happening at a real-time source. Null: the protocol's own id, where it has one. */
  readonly event: string | null;
  /** JSONata: names the source record when one key has several. Null: the key names it. */
  readonly record: string | null;
  /** Whole states, of which the newest is enough, or single changes, of which each counts. */
  readonly carries: "state" | "change";
  /** What becomes of an event id that comes again with another body. */
  readonly conflict: "refuse" | "newer" | "ignore";
  /** How long event ids are remembered, milliseconds. */
  readonly eventWindow: number;
  /** Path of the mapping. Null: records cross as they are. */
  readonly map: string | null;
  /** Path of the schema the mapping's result must keep to. */
  readonly emits: string | null;
  /** At least one; no two with the same `to`. */
  readonly routes: readonly RouteDefinition[];
  readonly guard: GuardPolicy;
  readonly onError: ErrorPolicy;
  /** False: changes this flow makes to the CRM are not published (first loads). */
  readonly publish: boolean;
  /** What cannot be compiled of its JSONata may be interpreted, much more slowly. */
  readonly allowFallback: boolean;
  readonly limits: FlowLimits;
  /** The text of every file of this flow version by path: flow.yaml, mapping, schemas with all they refer to, layout. */
  readonly texts: Readonly<Record<string, string>>;
}

/** A source of a configured system. */
export interface SystemSource {
  readonly system: string;
  readonly read: string;
  readonly format: FormatDefinition;
  /** Milliseconds from one look to the next; undefined: as its connector says. */
  readonly poll?: number;
}

/** What other flows or the CRM publish. */
export interface TopicSource {
  readonly topic: string;
}

export interface Schedule {
  /** Five fields, or six with seconds first. */
  readonly cron: string;
  /** IANA name of the time zone that `cron` and `window` are meant in. */
  readonly zone: string;
  /** Times of day `HH:MM`; `to` before `from` goes over midnight. Outside it a run pauses. */
  readonly window: { readonly from: string; readonly to: string } | null;
  /** What becomes of slots that passed while the hub was down. */
  readonly misfire: "run-once" | "skip" | "catch-up";
}

export interface RouteDefinition {
  /** `system.sink` or `topic:<name>`; names the route within its flow. */
  readonly to: string;
  /** JSONata over the mapped record: the route is taken when it is true. Null: always. */
  readonly when: string | null;
  /** Whether a parked message holds back the later ones of its key on this route. Always `skip` when state is carried. */
  readonly onPark: "block" | "skip";
  /** When what gathers for this route is sent as one file. Undefined: each delivery goes by itself, at once. */
  readonly collect?: Collect;
}

export interface Collect {
  /** Five fields, or six with seconds first. */
  readonly cron: string;
  /** IANA name of the time zone that `cron` is meant in. */
  readonly zone: string;
  /** Most deliveries of a file; so many are sent without waiting for the slot. */
  readonly rows: number;
}

/** When a file is stopped for a person to look at. */
export interface GuardPolicy {
  /** Rejected rows that are too many: a share from 0 to 1, or a number of rows. Null: never. */
  readonly rejected: number | { readonly rows: number } | null;
}

export interface ErrorPolicy {
  /** How often one message is tried again while others pass. */
  readonly retries: number;
  /** Wait before the first and the longest wait before a further try, milliseconds. */
  readonly backoff: { readonly first: number; readonly last: number };
  /** What becomes of content that is wrong. */
  readonly data: "reject-row" | "park";
  /** What becomes of a record that refers to one not known yet; `maxAge` in milliseconds, 0 unless the policy is `wait`. */
  readonly missingReference: { readonly policy: "wait" | "stub" | "park"; readonly maxAge: number };
}

interface FlowLimits {
  /** Milliseconds one mapping may take. */
  readonly deadline: number;
  /** Bytes of the largest body a push source takes for this flow. */
  readonly body: number;
}

/** Whether a flow reads a topic instead of a system. */
export function readsTopic(source: SystemSource | TopicSource): source is TopicSource {
  return "topic" in source;
}
