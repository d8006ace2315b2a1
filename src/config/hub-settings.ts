import type { GateLimits } from "../connector/gate.ts";
import type { Json } from "../message/json.ts";
import type { OidcSettings } from "./oidc-settings.ts";

/** `tieline.yaml` as the hub uses it: defaults filled in, references replaced, paths absolute, sizes in bytes. */
export interface HubSettings {
  /** The project folder, absolute. */
  readonly dir: string;
  /** The data folder, absolute. */
  readonly data: string;
  readonly listen: { readonly host: string; readonly port: number };
  readonly storage: StorageSettings;
  readonly dispatch: DispatchSettings;
  readonly deploy: DeployMode;
  readonly limits: HubLimits;
  readonly mapping: MappingSettings;
  readonly systems: Readonly<Record<string, SystemSettings>>;
  readonly auth: "token" | "none";
  /** Where browsers reach the hub, such as `https://hub.example`; null: where it listens. */
  readonly publicUrl: string | null;
  /** Null: nobody signs in at a provider. */
  readonly oidc: OidcSettings | null;
  readonly alerts: AlertSettings;
  readonly retention: RetentionSettings;
}

export type StorageSettings = SqliteStorage | PostgresStorage;

export interface SqliteStorage {
  readonly kind: "sqlite";
  /** Absolute. */
  readonly folder: string;
}

export interface PostgresStorage {
  readonly kind: "postgres";
  /** A name, an address, or the absolute path of a socket's folder. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Never shown; undefined: the server asks for none, or it stands in `~/.pgpass`. */
  readonly password: string | undefined;
  readonly database: string;
  /** The schema that holds the tables. */
  readonly schema: string;
  readonly tls:
    | { readonly mode: "none" }
    | { readonly mode: "unverified" }
    /** `authority`: absolute path of a PEM file; null: those that Node trusts. */
    | { readonly mode: "verified"; readonly authority: string | null };
}

export type DispatchSettings = { readonly kind: "in-process" } | RedisDispatch;

export interface RedisDispatch {
  readonly kind: "redis";
  /** A name or an address. */
  readonly host: string;
  readonly port: number;
  /** The number of the database. */
  readonly database: number;
  /** Undefined: the server's default user. */
  readonly user: string | undefined;
  /** Never shown; undefined: the server asks for none. */
  readonly password: string | undefined;
  readonly tls:
    | { readonly mode: "none" }
    /** `authority`: absolute path of a PEM file; null: those that Node trusts. */
    | { readonly mode: "verified"; readonly authority: string | null };
}

/** Who puts flows in force: the hub when its project folder changes, or a person with `tieline deploy`. */
export type DeployMode = "on-save" | "manual";

export interface HubLimits {
  /** Bytes that must stay free on the data disk; below it nothing is accepted. */
  readonly diskLow: number;
  /** Messages that may wait before senders are asked to wait too. */
  readonly backlog: number;
}

export interface MappingSettings {
  /** One mapping of so many is compared with the reference library; 0: none. */
  readonly shadow: number;
}

/** How long what is finished is kept, milliseconds; null: never forgotten. */
export interface RetentionSettings {
  /** With their payloads, deliveries and history; of flows that have no rule of their own. */
  readonly messages: number | null;
  /** Files that were taken over, with the archived copy: so long one that comes again is known. */
  readonly files: number | null;
  /** Files that were written: which deliveries are in them. */
  readonly bundles: number | null;
  readonly alerts: number | null;
  /** Messages by the name of their flow. */
  readonly flows: Readonly<Record<string, number | null>>;
}

/** What the hub watches by itself, and whom it tells. */
export interface AlertSettings {
  readonly rules: readonly AlertRule[];
  readonly tell: readonly AlertChannel[];
  /** Called again and again, so that somebody outside notices when it is not; null: nothing is called. */
  readonly heartbeat: { readonly url: string; readonly every: number } | null;
}

export interface AlertRule {
  readonly name: string;
  readonly when:
    | "silence"
    | "age"
    | "backlog"
    | "parked"
    | "error-rate"
    | "stopped"
    | "slot-missed"
    | "breaker"
    | "disk";
  /** Null: each flow. */
  readonly flow: string | null;
  /** Null: each system. */
  readonly system: string | null;
  /** What is more is wrong: messages, or for an error rate a share of 1. */
  readonly above: number;
  /** How long it is silent, old, counted or, for all others, wrong before it is told; milliseconds. */
  readonly for: number;
  /** How long it must be well before it counts as resolved; milliseconds. */
  readonly clear: number;
}

export interface AlertChannel {
  /** `system.sink`. */
  readonly to: string;
  /** Recipients, where the sink sends mail; null: the sink takes the alert as it is. */
  readonly mail: readonly string[] | null;
}

export interface SystemSettings {
  readonly connector: string;
  /** How it is spared. */
  readonly limits: GateLimits;
  /** References replaced: holds secrets, so it is never shown, logged or stored. */
  readonly settings: Json;
  /** As written in the file, secrets still as references: this one may be shown. */
  readonly written: Json;
}
