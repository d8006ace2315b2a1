import type { Source } from "../connector/contract.ts";
import type { HubError } from "../errors.ts";
import type { LiveFlow } from "../flow/live-flow.ts";
import type { FlowRegistry } from "../flow/registry.ts";
import type { CollectorEnvironment } from "./collector.ts";

/** What the reading of sources needs that the hub asks or listens to. */
export interface SourcesEnvironment extends CollectorEnvironment {
  readonly flows: FlowRegistry;
  /** Milliseconds of a clock that nobody sets. */
  readonly clock: () => number;
  readonly random: () => number;
  /** The source a flow reads, and its name as `system.source`; undefined: it reads a topic. */
  readonly source: (flow: LiveFlow) => { readonly source: Source; readonly name: string } | undefined;
  readonly accepting: (flow: number) => boolean;
  /** Whether there is room for more on the disk and in the backlog. */
  readonly hasRoom: () => Promise<boolean>;
  /** Told once for each kind of failure, not at every try. */
  readonly failed: (flow: LiveFlow, source: string, error: HubError) => void;
}
