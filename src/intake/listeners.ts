import { setTimeout as pause } from "node:timers/promises";
import type { ListenSource } from "../connector/contract.ts";
import type { SourceStatus } from "../control/engine.ts";
import { asHubError, HubError } from "../errors.ts";
import type { LiveFlow } from "../flow/live-flow.ts";
import { type Collector, collector } from "./collector.ts";
import { listenDesk } from "./listen-desk.ts";
import type { SourcesEnvironment } from "./source-environment.ts";
import { type SourceFailures, sourceFailures } from "./source-failures.ts";

/** A listener that does not end when it is told to is left behind after this; milliseconds. */
const PATIENCE = 5_000;

/** Holds the connections of the sources that are listened to, one for each flow. */
export interface Listeners {
  /** Connects where it is time to, and ends connections whose flow is paused, gone or reads elsewhere. */
  tick(): void;
  status(flow: LiveFlow): SourceStatus | null;
  /** Connects at once where it waits. False: the flow listens to nothing. */
  hurry(flow: LiveFlow): boolean;
  /** A person moved the cursor: the listener begins anew from there. */
  moved(flow: LiveFlow): void;
  close(): Promise<void>;
}

interface Listening {
  readonly source: ListenSource;
  readonly name: string;
  readonly collector: Collector;
  state: SourceStatus["state"];
  /** By the clock. */
  due: number;
  readonly failures: SourceFailures;
  /** The connection, or its beginning; `end` never rejects. */
  run: { readonly stop: AbortController; readonly end: Promise<void> } | null;
}

export function listeners(env: SourcesEnvironment): Listeners {
  const all = new Map<number, Listening>();
  let closed = false;

  function listeningOf(flow: LiveFlow): Listening | undefined {
    const found = env.source(flow);
    if (found?.source.kind !== "listen") return undefined;
    const known = all.get(flow.id);
    if (known?.source === found.source) return known;
    known?.run?.stop.abort();
    const { source, name } = found;
    const own = collector(env, flow.id, name);
    const failures = sourceFailures(env, name);
    const made: Listening = { source, name, collector: own, state: "idle", due: 0, failures, run: null };
    all.set(flow.id, made);
    return made;
  }

  function start(flow: LiveFlow, listening: Listening): void {
    const stop = new AbortController();
    listening.state = "connecting";
    const end = listen(flow, listening, stop.signal)
      .catch((error: unknown) => {
        if (stop.signal.aborted) return;
        listening.state = "waiting";
        listening.due = listening.failures.failed(flow, asHubError(error));
      })
      .finally(() => {
        listening.run = null;
        if (stop.signal.aborted) listening.state = "idle";
      });
    listening.run = { stop, end };
  }

  async function listen(flow: LiveFlow, listening: Listening, signal: AbortSignal): Promise<void> {
    const own = listening.collector;
    const desk = listenDesk({
      cursor: await own.open(),
      connected: () => {
        listening.state = "connected";
        listening.failures.passed();
      },
      hasRoom: async () => env.accepting(flow.id) && (await env.hasRoom()),
      store: (items, cursor) => own.take(env.flows.current(flow.id) ?? flow, items, cursor, false),
      pause: (milliseconds) => pause(milliseconds),
      signal,
    });
    await listening.source.listen(desk, signal);
    if (!signal.aborted) throw new HubError("TL_SOURCE_UNAVAILABLE", "the connection ended");
  }

  return {
    tick() {
      if (closed) return;
      const wanted = new Set<Listening>();
      for (const flow of env.flows.all()) {
        const listening = listeningOf(flow);
        if (listening === undefined || !env.accepting(flow.id)) continue;
        wanted.add(listening);
        if (listening.run === null && env.clock() >= listening.due) start(flow, listening);
      }
      for (const listening of all.values()) if (!wanted.has(listening)) listening.run?.stop.abort();
    },
    status(flow) {
      const listening = listeningOf(flow);
      if (listening === undefined) return null;
      const { name, failures, due, state } = listening;
      const { cursor, stored } = listening.collector;
      return {
        name,
        kind: "listen",
        state: env.accepting(flow.id) ? state : "paused",
        cursor: cursor?.value ?? null,
        movedAt: cursor?.movedAt ?? null,
        failure: failures.last(),
        nextAt: state === "waiting" ? Math.round(env.now() + Math.max(0, due - env.clock())) : null,
        collected: stored,
      };
    },
    hurry(flow) {
      const listening = listeningOf(flow);
      if (listening === undefined) return false;
      listening.due = 0;
      if (listening.run === null && !closed && env.accepting(flow.id)) start(flow, listening);
      return true;
    },
    moved(flow) {
      listeningOf(flow)?.run?.stop.abort();
    },
    async close() {
      closed = true;
      const ends = [...all.values()].flatMap(({ run }) => (run === null ? [] : [run]));
      for (const { stop } of ends) stop.abort(new HubError("TL_STOPPING", "the hub is stopping"));
      await Promise.race([
        Promise.all(ends.map(({ end }) => end)),
        pause(PATIENCE, undefined, { ref: false }),
      ]);
    },
  };
}
