import type { Json } from "../message/json.ts";
import type { ProjectEnvironment } from "./environment.ts";
import type { KnownSystem } from "./read-system.ts";
import type { Reporter } from "./reporter.ts";

/** How the records of a flow reach the hub. */
export type FlowKind = "push" | "files" | "pull" | "listen" | "topic";

/** What the checks of one `flow.yaml` share. */
export interface FlowContext {
  readonly name: string;
  /** The content of the file; may be wrong anywhere. */
  readonly raw: Json;
  readonly dir: string;
  readonly env: ProjectEnvironment;
  readonly systems: ReadonlyMap<string, KnownSystem>;
  readonly topics: Topics;
  readonly report: Reporter;
}

/** The topics of the project, as all its flows have them. */
export interface Topics {
  readonly published: ReadonlySet<string>;
  readonly read: ReadonlySet<string>;
}
