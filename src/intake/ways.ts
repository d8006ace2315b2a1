import type { FileSource, Sink, Source, System } from "../connector/contract.ts";
import type { LiveFlow } from "../flow/live-flow.ts";

/** The ways in and out of the systems that are open, as flows and settings name them. */
export interface Ways {
  sink(system: string, sink: string): Sink | undefined;
  /** The source a flow reads, and its name as `system.source`; undefined: it reads a topic. */
  source(flow: LiveFlow): { readonly source: Source; readonly name: string } | undefined;
  /** The file source a flow reads; undefined when its source is of another kind. */
  files(flow: LiveFlow): FileSource | undefined;
  /** Whether only the hub itself and its API hand over what a flow reads. */
  isOwn(flow: LiveFlow): boolean;
}

export function waysOf(systems: Readonly<Record<string, System>>): Ways {
  const source: Ways["source"] = ({ definition }) => {
    const from = definition.source;
    if ("topic" in from) return undefined;
    const found = systems[from.system]?.sources[from.read];
    return found && { source: found, name: `${from.system}.${from.read}` };
  };
  return {
    sink: (system, sink) => systems[system]?.sinks[sink],
    source,
    files(flow) {
      const found = source(flow)?.source;
      return found?.kind === "files" ? found : undefined;
    },
    isOwn(flow) {
      const found = source(flow)?.source;
      return found?.kind === "push" && found.own === true;
    },
  };
}
