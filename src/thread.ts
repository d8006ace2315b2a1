import type { MessagePort } from "node:worker_threads";
import type { FlowDefinition } from "./config/flow-definition.ts";
import type { Role } from "./config/role.ts";
import type { ErrorCode, Issue } from "./errors.ts";
import type { LogLevel } from "./observe/logger.ts";

/** What the front hands the engine's thread. */
export interface ThreadStart {
  readonly project: ProjectPlace;
  readonly logLevel: LogLevel;
  readonly role: Role;
  /** The engine's end of the channel that calls and answers take. */
  readonly port: MessagePort;
}

/** Where a project lies, and what the command line sets over its settings. */
export interface ProjectPlace {
  readonly dir: string;
  readonly data?: string;
  readonly listen?: string;
  /** Milliseconds since 1970 of the start: names this run of the hub. */
  readonly startedAt: number;
}

/** A flow in force, as the front needs it. */
export interface FlowInForce {
  readonly id: number;
  readonly version: number;
  readonly hash: string;
  readonly definition: FlowDefinition;
}

export type FromEngine =
  /** `fresh`: the data folder had no store before. */
  | { readonly kind: "ready"; readonly fresh: boolean }
  | { readonly kind: "flows"; readonly flows: readonly FlowInForce[] }
  /** The store's server is not there; the engine goes on by itself when it is. */
  | { readonly kind: "waiting"; readonly message: string; readonly cure: string }
  | { readonly kind: "stopped" }
  | {
      readonly kind: "failed";
      readonly code: ErrorCode;
      readonly message: string;
      readonly cure: string;
      readonly issues: readonly Issue[];
      readonly stack: string;
    };

export interface ToEngine {
  readonly kind: "stop";
}
