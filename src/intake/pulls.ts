import type { Pulled, PullSource } from "../connector/contract.ts";
import type { SourceStatus } from "../control/engine.ts";
import { asHubError, HubError } from "../errors.ts";
import type { LiveFlow } from "../flow/live-flow.ts";
import { untilDeadline } from "../flow/until-deadline.ts";
import { type Collector, collector } from "./collector.ts";
import type { SourcesEnvironment } from "./source-environment.ts";
import { type SourceFailures, sourceFailures } from "./source-failures.ts";
import { isWithin } from "./window.ts";

const BATCH = 500;
const EVERY_MS = 10_000;
/** How long one batch may take to come; milliseconds. */
const PULL_DEADLINE = 120_000;
const NO_ROOM_MS = 1_000;
const OUTSIDE_WINDOW_MS = 30_000;

/** Reads the sources that are asked, one batch after the other, each flow for itself. */
export interface Pulls {
  /** Begins to read where it is time to, or a run was left unfinished. */
  tick(): Promise<void>;
  /** Reads now; gives the records of the first batch. Undefined: the flow asks no source. */
  begin(flow: LiveFlow): Promise<number> | undefined;
  status(flow: LiveFlow): SourceStatus | null;
  /** A person moved the cursor. */
  moved(flow: LiveFlow): Promise<void>;
  close(): Promise<void>;
}

interface Reading {
  readonly source: PullSource;
  readonly name: string;
  readonly collector: Collector;
  /** By the clock; null: the schedule says when. Undefined: nothing is known yet. */
  due: number | null | undefined;
  readonly failures: SourceFailures;
  /** The run under way: its first batch, and its end, which never rejects. */
  run: { readonly first: Promise<number>; readonly end: Promise<void> } | null;
}

/** What one batch came to: how many records, and when the next is to be read. */
interface Step {
  readonly records: number;
  readonly next: "at once" | "at the next look" | { readonly after: number };
}

export function pulls(env: SourcesEnvironment): Pulls {
  const readings = new Map<number, Reading>();
  const closing = new AbortController();

  function readingOf(flow: LiveFlow): Reading | undefined {
    const found = env.source(flow);
    if (found?.source.kind !== "pull") return undefined;
    let reading = readings.get(flow.id);
    if (reading?.source !== found.source) {
      const { source, name } = found;
      const own = collector(env, flow.id, name);
      const failures = sourceFailures(env, name);
      reading = { source, name, collector: own, due: undefined, failures, run: null };
      readings.set(flow.id, reading);
    }
    return reading;
  }

  function start(flow: LiveFlow, reading: Reading): Promise<number> {
    if (reading.run !== null) return reading.run.first;
    const step = read(flow.id, reading);
    const end = step
      .then((first) => goOn(flow, reading, first))
      .catch((error: unknown) => {
        reading.due = reading.failures.failed(flow, asHubError(error));
      })
      .finally(() => {
        reading.run = null;
      });
    const first = step.then(({ records }) => records);
    // Who waits for it is told; others were told by its failures.
    first.catch(() => undefined);
    reading.run = { first, end };
    return first;
  }

  async function goOn(flow: LiveFlow, reading: Reading, first: Step): Promise<void> {
    let step = first;
    for (;;) {
      reading.failures.passed();
      if (step.next !== "at once") break;
      step = await read(flow.id, reading);
    }
    reading.due = dueAfter(env.flows.current(flow.id) ?? flow, reading, step.next);
  }

  function dueAfter(
    flow: LiveFlow,
    { source }: Reading,
    next: Exclude<Step["next"], "at once">,
  ): number | null {
    if (next !== "at the next look") return env.clock() + next.after;
    const { schedule, source: read } = flow.definition;
    if (schedule !== null) return null;
    return env.clock() + (("topic" in read ? null : read.poll) ?? source.every ?? EVERY_MS);
  }

  async function read(id: number, reading: Reading): Promise<Step> {
    const flow = env.flows.current(id);
    if (closing.signal.aborted || flow === undefined || !env.accepting(id) || !(await env.hasRoom()))
      return { records: 0, next: { after: NO_ROOM_MS } };
    const { schedule } = flow.definition;
    if (schedule !== null && schedule.window !== null && !isWithin(schedule.window, schedule.zone, env.now()))
      return { records: 0, next: { after: OUTSIDE_WINDOW_MS } };
    const cursor = await reading.collector.open();
    const pulled = await ask(reading.source, cursor);
    try {
      await reading.collector.take(flow, pulled.items, pulled.cursor, pulled.more);
    } catch (error) {
      // A person moved the cursor meanwhile: what was read is not stored, and it goes on from there.
      if (error instanceof HubError && error.code === "TL_CONFLICT") return { records: 0, next: "at once" };
      throw error;
    }
    await reading.source.settle?.(pulled);
    return { records: pulled.items.length, next: pulled.more ? "at once" : "at the next look" };
  }

  async function ask(
    source: PullSource,
    cursor: Parameters<PullSource["pull"]>[0]["cursor"],
  ): Promise<Pulled> {
    let given: AbortSignal | undefined;
    try {
      return await untilDeadline(closing.signal, PULL_DEADLINE, (signal) => {
        given = signal;
        return source.pull({ cursor, limit: BATCH, signal });
      });
    } catch (error) {
      if (closing.signal.aborted) throw new HubError("TL_STOPPING", "the hub is stopping");
      if (given?.aborted !== true) throw error;
      const cause = { cause: error };
      throw new HubError("TL_SOURCE_UNAVAILABLE", `it gave nothing within ${PULL_DEADLINE / 1000} s`, cause);
    }
  }

  return {
    async tick() {
      for (const flow of env.flows.all()) {
        const reading = readingOf(flow);
        if (reading === undefined || reading.run !== null) continue;
        const scheduled = flow.definition.schedule !== null;
        if (reading.due === undefined) {
          await reading.collector.open();
          // A run that the hub's end cut off goes on by itself.
          reading.due = scheduled && reading.collector.cursor?.more !== true ? null : 0;
        }
        if (reading.due === null && !scheduled) reading.due = 0;
        if (reading.due !== null && env.clock() >= reading.due && env.accepting(flow.id))
          void start(flow, reading);
      }
    },
    begin(flow) {
      const reading = readingOf(flow);
      return reading === undefined ? undefined : start(flow, reading);
    },
    status(flow) {
      const reading = readingOf(flow);
      if (reading === undefined) return null;
      const { due, failures, run, name } = reading;
      const wait = typeof due === "number" && run === null ? Math.max(0, due - env.clock()) : null;
      const { cursor, stored } = reading.collector;
      return {
        name,
        kind: "pull",
        state: stateOf(reading, env.accepting(flow.id)),
        cursor: cursor?.value ?? null,
        movedAt: cursor?.movedAt ?? null,
        failure: failures.last(),
        nextAt: wait === null ? null : Math.round(env.now() + wait),
        collected: stored,
      };
    },
    async moved(flow) {
      const reading = readingOf(flow);
      if (reading === undefined) return;
      // A run under way keeps to where it began, by which the store tells that it was overtaken.
      if (reading.run === null) await reading.collector.open();
      if (flow.definition.schedule === null) reading.due = 0;
    },
    async close() {
      closing.abort(new HubError("TL_STOPPING", "the hub is stopping"));
      await Promise.all([...readings.values()].map(({ run }) => run?.end));
    },
  };
}

function stateOf({ run, failures }: Reading, accepting: boolean): SourceStatus["state"] {
  if (run !== null) return "reading";
  if (!accepting) return "paused";
  return failures.last() === null ? "idle" : "waiting";
}
