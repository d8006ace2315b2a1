import type { Sink } from "../connector/contract.ts";
import { HubError } from "../errors.ts";
import { type Sender, type SenderEnvironment, sender } from "../flow/deliver.ts";
import type { LiveFlow } from "../flow/live-flow.ts";
import type { FlowRegistry } from "../flow/registry.ts";
import type { HeldLanes } from "../store/lane-table.ts";
import type { Store } from "../store/store.ts";
import { bundler } from "./bundler.ts";
import type { EngineTraces } from "./trace.ts";

export interface SendersEnvironment extends Omit<SenderEnvironment, "flow" | "note" | "tried" | "trace"> {
  readonly store: Store;
  readonly flows: FlowRegistry;
  readonly sink: (system: string, sink: string) => Sink | undefined;
  readonly running: (flow: number) => boolean;
  readonly note: (flow: string, route: string, event: string, code: string | null) => void;
  readonly tried: (route: string, seconds: number) => void;
  readonly traces: EngineTraces | null;
}

/** The senders of all routes to outside systems, one each, made when a flow comes into force. */
export interface Senders {
  /** Makes senders for the routes of the flows in force that have none yet. */
  refresh(): Promise<void>;
  /** Takes up which routes other processes have stopped, or a person there has let go on. */
  follow(): Promise<void>;
  /** Looks for work on every route. */
  pump(): void;
  resume(flow: LiveFlow, to: string): Promise<void>;
  /** Settles what those had under way whose lanes these were. */
  recover(gained: HeldLanes): Promise<void>;
  /** Resolves when nothing is under way on these lanes. */
  idle(lanes: ReadonlySet<number>): Promise<void>;
  state(route: number): { readonly stopped: string | null; readonly waitingUntil: number | null } | undefined;
  close(): Promise<void>;
}

export function senders(env: SendersEnvironment): Senders {
  const all = new Map<number, { readonly sender: Sender; readonly flow: number; readonly how: string }>();

  async function make(flow: LiveFlow, index: number): Promise<void> {
    const route = flow.routes[index];
    if (route === undefined || route.exit.kind !== "system") return;
    const { traces } = env;
    const { collect } = route.definition;
    const how = JSON.stringify(collect ?? null);
    const before = all.get(route.id);
    if (before?.how === how) return;
    const sink = env.sink(route.exit.system, route.exit.sink);
    if (sink === undefined) return;
    const rows = await env.store.transaction((tx) => tx.flows.routes());
    const stopped = rows.find((row) => row.id === route.id)?.stopped ?? null;
    // It sends otherwise from now on; the one before ends first what it has begun.
    await before?.sender.close();
    const own: SenderEnvironment = {
      ...env,
      flow: () => env.flows.current(flow.id),
      note: (event, code) => env.note(flow.name, route.to, event, code),
      tried: (seconds) => env.tried(route.to, seconds),
      ...(traces && { trace: (delivery, number) => traces.attempt(delivery, route.to, number) }),
    };
    const one =
      collect === undefined || sink.bundle === undefined
        ? sender(route, sink, own, stopped)
        : bundler(route, sink.bundle, collect, own, stopped);
    await recoverOne(route.id, one, env.store.seat.held());
    all.set(route.id, { sender: one, flow: flow.id, how });
  }

  async function recoverOne(route: number, one: Sender, held: HeldLanes): Promise<void> {
    const begun = await env.store.transaction((tx) => tx.deliveries.sending(held));
    await one.recover(
      begun.filter((delivery) => delivery.route === route),
      held,
    );
  }

  return {
    async refresh() {
      for (const flow of env.flows.all()) {
        for (const index of flow.routes.keys()) await make(flow, index);
      }
    },
    async follow() {
      const rows = await env.store.transaction((tx) => tx.flows.routes());
      for (const { id, stopped } of rows) all.get(id)?.sender.follow(stopped);
    },
    pump() {
      for (const { sender: one, flow } of all.values()) if (env.running(flow)) void one.pump();
    },
    async resume(flow, to) {
      const route = flow.routes.find((one) => one.to === to);
      if (route === undefined) throw new HubError("TL_NOT_FOUND", `flow ${flow.name} has no route ${to}`);
      await env.store.transaction((tx) => tx.flows.setStopped(route.id, null));
      const found = all.get(route.id);
      found?.sender.resume();
      void found?.sender.pump();
    },
    async recover(gained) {
      for (const [route, { sender: one }] of all) await recoverOne(route, one, gained);
    },
    async idle(lanes) {
      await Promise.all([...all.values()].map(({ sender: one }) => one.idle(lanes)));
    },
    state: (route) => all.get(route)?.sender.state,
    async close() {
      await Promise.all([...all.values()].map(({ sender: one }) => one.close()));
    },
  };
}
