import { asHubError } from "../errors.ts";
import { failpoint } from "../flow/failpoint.ts";
import type { Fence } from "../flow/fence.ts";
import type { LiveFlow } from "../flow/live-flow.ts";
import type { FlowRegistry } from "../flow/registry.ts";
import type { SettleEnvironment } from "../flow/settlement.ts";
import { type MappedAhead, type ReadRecord, type Transformed, transform } from "../flow/transform.ts";
import type { StoredMessage } from "../store/message-table.ts";
import type { Store } from "../store/store.ts";
import { mappedAhead } from "./lot.ts";
import type { MapAhead } from "./map-ahead.ts";
import { settleLots } from "./settle-lots.ts";
import type { EngineTraces } from "./trace.ts";
import { type BatchSize, batchSize, startTurn } from "./turn.ts";

export interface TransformerEnvironment {
  readonly store: Store;
  readonly flows: FlowRegistry;
  readonly fence: Fence;
  readonly read: ReadRecord;
  readonly settle: () => SettleEnvironment;
  /** Whether stored messages of the flow are to be worked on. */
  readonly running: (flow: number) => boolean;
  readonly settled: (flow: LiveFlow, settled: Transformed) => void;
  readonly clock: () => number;
  /** How long this thread has worked so far; milliseconds. */
  readonly busy: () => number;
  /** Whether the store answers from another process: a settlement lets others in while it waits for it. */
  readonly storeApart: boolean;
  readonly traces: EngineTraces | null;
  readonly ahead: MapAhead;
  readonly failed: (flow: LiveFlow, error: unknown) => void;
}

const NOTHING: ReadonlyMap<number, MappedAhead> = new Map();

/** While lots are under way, which wake us when they are mapped, all flows are asked for at these intervals; milliseconds. */
const ASK_MS = 5;

/** Gives every flow with queued messages one turn; true when there was anything to do. */
export function transformer(env: TransformerEnvironment): () => Promise<boolean> {
  const sizes = new Map<number, BatchSize>();

  async function turn(flow: LiveFlow): Promise<boolean> {
    const lots = env.ahead.ready(flow.id);
    const [first, ...others] = lots;
    if (first === undefined) return env.ahead.waits(flow.id) ? false : takeStored(flow);
    failpoint("before_transform");
    const end = await settleLots([first, ...others], env).catch((error: unknown) => {
      // Else they would stand before all others of their flow for good.
      env.ahead.drop(lots, false);
      throw error;
    });
    if (end === "behind" && (await takeStored(flow, { before: first.places.first }))) return true;
    env.ahead.drop(lots, end === "mixed");
    if (typeof end === "string") return takeStored(flow, { ahead: mappedAhead(lots) });
    env.settled(first.flow, end);
    failpoint("after_transform");
    return true;
  }

  /**
   * @param ahead what some of the first were mapped to before, by place
   * @param before only those of places below this one
   */
  async function takeStored(
    flow: LiveFlow,
    {
      ahead = NOTHING,
      before = Number.POSITIVE_INFINITY,
    }: { readonly ahead?: ReadonlyMap<number, MappedAhead>; readonly before?: number } = {},
  ): Promise<boolean> {
    let size = sizes.get(flow.id);
    if (size === undefined) {
      size = batchSize(50, 1, 1000);
      sizes.set(flow.id, size);
    }
    const limit = Math.max(size.size, ahead.size);
    const held = env.store.seat.held();
    const known = env.fence.known();
    const queued = await env.store.transaction((tx) => tx.messages.queued(flow.id, 0, limit, held));
    const claimed = queued.filter(({ place }) => place < before);
    if (claimed.length === 0) return false;
    failpoint("before_transform");
    const own = startTurn(env.clock);
    let done = 0;
    let worked = 0;
    for (const group of byVersion(claimed)) {
      const version = await env.flows.version(group[0]?.flowVersion ?? flow.version);
      let begun = env.busy();
      const work = (): Promise<Transformed> =>
        transform(
          ...[env.store, version, group, env.read, env.settle(), own],
          (tx) => {
            begun = env.busy();
            return env.fence.messages(tx, group, held, known);
          },
          ahead,
        );
      const settled = await (env.traces === null ? work() : env.traces.batch(version, group, work));
      env.settled(version, settled);
      failpoint("after_transform");
      done += settled.ends.length;
      const mapping = settled.mapping.reduce((sum, seconds) => sum + seconds * 1000, 0);
      const settling = env.busy() - begun;
      // What holds the engine at a stretch counts.
      worked += env.storeApart ? Math.max(mapping, settling) : mapping + settling;
      if (own.isOver()) break;
    }
    // As long as all that was claimed would have taken. What was waited for is left out, and what others did meanwhile: a
    // hub that accepts while it waits for its turn at the store would else work on less and less at once.
    size.took(claimed.length, (worked * claimed.length) / done);
    return true;
  }

  let askedAt = Number.NEGATIVE_INFINITY;

  /** Asked for all of them together: a hub has many flows, and most have nothing to do. */
  async function withWork(): Promise<readonly LiveFlow[]> {
    const running = env.flows.all().filter((flow) => env.running(flow.id));
    if (env.ahead.isBusy() && env.clock() - askedAt < ASK_MS)
      return running.filter((flow) => env.ahead.ready(flow.id).length > 0);
    askedAt = env.clock();
    const ids = running.map((flow) => flow.id);
    const found = new Set(await env.store.transaction((tx) => tx.messages.withQueued(ids)));
    return running.filter((flow) => found.has(flow.id));
  }

  return async () => {
    let worked = false;
    for (const flow of await withWork()) {
      try {
        worked = (await turn(flow)) || worked;
      } catch (error) {
        if (asHubError(error).code === "TL_LANE_LOST") worked = true;
        // One flow that cannot be worked on (its version cannot be read, the disk is full) leaves the others alone.
        else env.failed(flow, error);
      }
      // Others have their turn between ours: accepting, recording of deliveries, commands.
      await new Promise((resolve) => setImmediate(resolve));
    }
    return worked;
  };
}

/** Neighbours that were accepted under the same flow version; the order stays. */
function byVersion(messages: readonly StoredMessage[]): readonly (readonly StoredMessage[])[] {
  const groups: StoredMessage[][] = [];
  for (const message of messages) {
    const last = groups.at(-1);
    if (last?.[0]?.flowVersion === message.flowVersion) last.push(message);
    else groups.push([message]);
  }
  return groups;
}
