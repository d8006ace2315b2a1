import type { FileSource } from "../connector/contract.ts";
import { asHubError } from "../errors.ts";
import type { LiveFlow } from "../flow/live-flow.ts";
import type { SourcesEnvironment } from "./source-environment.ts";
import { type SourceFailures, sourceFailures } from "./source-failures.ts";

/** Looks for files where no schedule says when, each flow for itself: a server that hangs is waited for by its own alone. */
export interface Looks {
  /** Begins the looks that are due. */
  tick(): void;
  /** Ends what is under way at any source of files, also by a schedule; resolves when no look is. */
  close(): Promise<void>;
}

export interface LooksEnvironment extends Pick<SourcesEnvironment, "flows" | "clock" | "random" | "failed"> {
  /** The file source a flow reads; undefined when its source is of another kind. */
  readonly source: (flow: LiveFlow) => FileSource | undefined;
  /** Takes what the flow's source offers; gives how many files were taken. */
  readonly take: (flow: LiveFlow) => Promise<number>;
  /** Files were taken. */
  readonly taken: () => void;
}

interface Look {
  readonly failures: SourceFailures;
  /** By the clock. */
  due: number;
}

export function looks(env: LooksEnvironment): Looks {
  const all = new Map<number, Look>();
  const underWay = new Map<number, Promise<void>>();
  let closing = false;

  function lookOf(flow: LiveFlow): Look {
    const { source } = flow.definition;
    const name = "topic" in source ? source.topic : `${source.system}.${source.read}`;
    const look = all.get(flow.id) ?? { failures: sourceFailures(env, name), due: Number.NEGATIVE_INFINITY };
    all.set(flow.id, look);
    return look;
  }

  async function begin(flow: LiveFlow, source: FileSource, look: Look): Promise<void> {
    try {
      if ((await env.take(flow)) > 0) env.taken();
      look.failures.passed();
      look.due = env.clock() + (source.every === undefined ? 0 : (pollOf(flow) ?? source.every));
    } catch (thrown) {
      if (closing) return;
      const due = look.failures.failed(flow, asHubError(thrown));
      // A folder of this machine costs nobody anything.
      look.due = source.every === undefined ? env.clock() : due;
    } finally {
      underWay.delete(flow.id);
    }
  }

  return {
    tick() {
      for (const flow of env.flows.all()) {
        const source = env.source(flow);
        if (source === undefined || flow.definition.schedule !== null) continue;
        const look = lookOf(flow);
        if (closing || underWay.has(flow.id) || env.clock() < look.due) continue;
        underWay.set(flow.id, begin(flow, source, look));
      }
    },
    async close() {
      closing = true;
      for (const flow of env.flows.all()) env.source(flow)?.stop?.();
      await Promise.all(underWay.values());
    },
  };
}

function pollOf({ definition: { source } }: LiveFlow): number | undefined {
  return "topic" in source ? undefined : source.poll;
}
