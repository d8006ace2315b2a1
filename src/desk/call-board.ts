import type { LiveCall } from "../connector/telephone.ts";
import { type Caller, NOBODY } from "./caller.ts";
import type { Workload } from "./choose-agent.ts";
import type { ShownCall } from "./shown-call.ts";

/** Calls that have ended stay with their agent so long, to be written about. */
const KEPT_MS = 10 * 60_000;
const MOST_CALLS = 5_000;

/** A call that was seen, and what is known of who calls. */
export interface SeenCall {
  call: LiveCall;
  /** The look-up; another one when the number became known later. */
  caller: Promise<Caller>;
  /** What came of it; null: it has not ended. */
  found: Caller | null;
  /** Whom the dialplan was told to ring, and why. */
  routed: { readonly agent: string; readonly reason: string } | null;
  /** What each agent is to say, written when it is first shown to them. */
  readonly scripts: Map<string, string | null>;
  /** When it was last heard of, milliseconds since 1970. */
  at: number;
}

export interface BoardEnvironment {
  readonly system: string;
  readonly now: () => number;
  readonly find: (call: LiveCall) => Promise<Caller>;
  readonly writeScript: (call: LiveCall, caller: Caller, agent: string) => string | null;
}

/** The calls of one telephone system, and who watches them. */
export interface CallBoard {
  /** Begins the look-up with the first word of a call, before anybody rings. */
  take(call: LiveCall): SeenCall;
  get(id: string): SeenCall | undefined;
  /** Waits for the look-up, then tells who watches. */
  show(call: LiveCall): Promise<void>;
  /** What came of a look-up; where it is somebody else, what is to be said is written anew. */
  know(one: SeenCall, found: Caller): void;
  /** Looks customers and history up again and tells it. */
  refresh(id: string): Promise<void>;
  /** Tells a call to everybody whose call it is. */
  tell(one: SeenCall): void;
  /** Calls of an agent, oldest first. */
  of(agent: string): readonly ShownCall[];
  workload(agent: string): Workload;
  watch(agent: string, tell: (shown: ShownCall) => void): () => void;
}

export function callBoard(env: BoardEnvironment): CallBoard {
  const { system, now, find } = env;
  const seen = new Map<string, SeenCall>();
  const watchers = new Map<string, Set<(shown: ShownCall) => void>>();
  const answered = new Map<string, number>();

  function shown(one: SeenCall, agent: string): ShownCall {
    const { call, found, routed } = one;
    const reason = routed?.agent === agent ? routed.reason : null;
    return { system, call, caller: found ?? NOBODY, script: scriptOf(one, agent), reason };
  }

  function scriptOf({ call, found, scripts }: SeenCall, agent: string): string | null {
    if (found === null) return null;
    const known = scripts.get(agent);
    if (known !== undefined) return known;
    const script = env.writeScript(call, found, agent);
    scripts.set(agent, script);
    return script;
  }

  function change(one: SeenCall, call: LiveCall): void {
    const { call: before } = one;
    if (call.stage === "answered" && before.stage !== "answered" && call.agent !== null)
      answered.set(call.agent, (answered.get(call.agent) ?? 0) + 1);
    one.call = call;
    one.at = now();
    // A click's call knows its customer only when the agent's telephone rings.
    if (before.number !== call.number) one.caller = find(call);
  }

  function makeRoom(): void {
    const oldest = now() - KEPT_MS;
    for (const [id, one] of seen) {
      const isOver = one.call.endedAt !== null && one.at < oldest;
      if (isOver || seen.size >= MOST_CALLS) seen.delete(id);
    }
  }

  function know(one: SeenCall, found: Caller): void {
    // A note that was just written is no reason to say something else.
    if (one.found === null || isOther(one.found, found)) one.scripts.clear();
    one.found = found;
  }

  function tell(one: SeenCall): void {
    for (const [agent, tells] of watchers) {
      if (!isOf(agent, one)) continue;
      const told = shown(one, agent);
      for (const to of tells) to(told);
    }
  }

  async function settle(one: SeenCall): Promise<void> {
    const asked = one.caller;
    const found = await asked;
    // Another number came meanwhile: that look-up tells it.
    if (one.caller !== asked) return;
    know(one, found);
    tell(one);
  }

  function take(call: LiveCall): SeenCall {
    const known = seen.get(call.id);
    if (known !== undefined) {
      change(known, call);
      return known;
    }
    makeRoom();
    const one = { call, caller: find(call), found: null, routed: null, scripts: new Map(), at: now() };
    seen.set(call.id, one);
    return one;
  }

  return {
    take,
    get: (id) => seen.get(id),
    show: (call) => settle(take(call)),
    know,
    async refresh(id) {
      const one = seen.get(id);
      if (one === undefined) return;
      one.caller = find(one.call);
      await settle(one);
    },
    tell,
    of: (agent) => [...seen.values()].filter((one) => isOf(agent, one)).map((one) => shown(one, agent)),
    workload(agent) {
      const calls = [...seen.values()].filter(({ call }) => isBusy(agent, call)).length;
      return { calls, answered: answered.get(agent) ?? 0 };
    },
    watch(agent, to) {
      const tells = watchers.get(agent) ?? new Set();
      watchers.set(agent, tells.add(to));
      return () => {
        tells.delete(to);
        if (tells.size === 0 && watchers.get(agent) === tells) watchers.delete(agent);
      };
    },
  };
}

function isOf(agent: string, { call, routed }: SeenCall): boolean {
  return call.agent === agent || call.ringing.includes(agent) || routed?.agent === agent;
}

function isOther(before: Caller, after: Caller): boolean {
  const ids = ({ customers }: Caller): string => customers.map(({ id }) => id).join(" ");
  return before.who !== after.who || ids(before) !== ids(after);
}

/** Whether it rings with the agent, or they talk, or they called and wait for the other side. */
function isBusy(agent: string, call: LiveCall): boolean {
  if (call.endedAt !== null) return false;
  const talks = call.agent === agent && (call.stage === "answered" || call.direction !== "inbound");
  return talks || call.ringing.includes(agent);
}
