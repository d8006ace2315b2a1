import type { FlowDefinition } from "../config/flow-definition.ts";
import type { HubSettings } from "../config/hub-settings.ts";
import type { PushSource } from "../connector/contract.ts";
import type { Engine, EngineStatus, FlowStatus } from "../control/engine.ts";
import type { Desk } from "../desk/desk.ts";
import type { Format } from "../format/format.ts";
import type { Json } from "../message/json.ts";
import type { Tracing } from "../observe/tracing.ts";
import type { CrmReads } from "../store/crm-reads.ts";
import type { Queries } from "../store/queries.ts";

/** What the HTTP server needs. The hub puts it together; nothing here starts or owns anything. */
export interface ApiDeps {
  readonly engine: Engine;
  /** The engine's status as last pushed to the front; its `at` is the heartbeat. */
  status(): EngineStatus;
  /**
   * The flows in force. The same array comes back until something about a definition changes: what the door compiles
   * from it is kept by its identity. The state of each is looked up in `status()`.
   */
  flows(): readonly FlowEntry[];
  /** A push source of a configured system, opened on this thread; undefined when there is none of this name. */
  source(system: string, name: string): PushSource | undefined;
  /** A flow as an earlier version has it, from its stored texts. @throws HubError TL_CONFIG_INVALID when it cannot be read */
  readFlow(name: string, texts: Readonly<Record<string, string>>): FlowDefinition;
  /** A flow's format with its options bound. @throws HubError TL_CONFIG_INVALID */
  openFormat(definition: FlowDefinition): Format;
  readonly queries: Queries;
  /** What the unified customer views read. */
  readonly crm: CrmReads;
  systems(): readonly SystemEntry[];
  /** What agents see of calls; without it there is no such page. */
  readonly desk?: Desk;
  readonly settings: Pick<
    HubSettings,
    "alerts" | "auth" | "data" | "deploy" | "dir" | "listen" | "oidc" | "publicUrl" | "retention"
  >;
  /** The token that opens `/api`. */
  readonly token: string;
  readonly logger: ApiLogger;
  /** Who is told of spans; null: nobody. */
  readonly tracing: Tracing | null;
  /** Milliseconds since 1970. */
  now(): number;
  readonly version: string;
  readonly limits?: Partial<ApiLimits>;
}

export interface FlowEntry {
  /** Null: no text of it is in force, for the reason its status tells. */
  readonly definition: FlowDefinition | null;
  readonly status: FlowStatus;
}

export interface SystemEntry {
  readonly name: string;
  readonly connector: string;
  /** Settings as written, secrets as references. */
  readonly written: Json;
  /** @throws HubError that names the cure */
  check(): Promise<void>;
}

/** As much of a logger as the server uses. */
export interface ApiLogger {
  warn(fields: Readonly<Record<string, unknown>>, text: string): void;
  error(fields: Readonly<Record<string, unknown>>, text: string): void;
}

export interface ApiLimits {
  /** Milliseconds a whole request may take to arrive. */
  readonly requestTimeout: number;
  /** Milliseconds its headers may take. */
  readonly headersTimeout: number;
  /** Milliseconds an idle connection is kept. */
  readonly keepAliveTimeout: number;
  /** Largest admission batch. */
  readonly batchItems: number;
  readonly batchBytes: number;
}

export const DEFAULT_LIMITS: ApiLimits = {
  requestTimeout: 30_000,
  headersTimeout: 10_000,
  keepAliveTimeout: 72_000,
  batchItems: 512,
  batchBytes: 4 * 1024 * 1024,
};
