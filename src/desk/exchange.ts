import type { LiveCall, RouteAnswer, RouteQuestion, Telephone } from "../connector/telephone.ts";
import { asHubError, type HubError } from "../errors.ts";
import type { Mapping } from "../mapping/mapping.ts";
import type { JsonObject } from "../message/json.ts";
import type { CrmReads } from "../store/crm-reads.ts";
import { type Caller, findCaller, only } from "./caller.ts";
import { chooseAgent, ruleInput, type Workload } from "./choose-agent.ts";
import { again } from "./retry.ts";
import { type ShownCall, writeScript } from "./shown-call.ts";

/** Calls that have ended stay with their agent so long, to be written about. */
const KEPT_MS = 10 * 60_000;
const MOST_CALLS = 5_000;

export interface ExchangeEnvironment {
  readonly system: string;
  readonly telephone: Telephone;
  readonly rule: Mapping;
  readonly script: Mapping | null;
  readonly reads: () => CrmReads;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Takes down who was rung and why; never waited for. */
  readonly journal: (routing: JsonObject) => void;
  readonly failed: (error: HubError, what: string) => void;
}

/** One telephone system while its calls last. */
export interface Exchange {
  /** Begins to watch, and to take questions. */
  begin(): void;
  readonly connected: () => boolean;
  readonly workload: (agent: string) => Workload;
  /** Calls of an agent that last or ended a moment ago, oldest first. */
  calls(agent: string): readonly ShownCall[];
  call(id: string): ShownCall | undefined;
  /** Tells each change of a call of this agent until the function that it gives is called. */
  watch(agent: string, tell: (shown: ShownCall) => void): () => void;
  route(question: RouteQuestion): Promise<RouteAnswer>;
  /** Looks customers and history of a call up again and tells it. */
  refresh(id: string): Promise<void>;
  close(): Promise<void>;
}

interface Seen {
  call: LiveCall;
  caller: Promise<Caller>;
  found: Caller | null;
  script: string | null;
  routed: { readonly agent: string; readonly reason: string } | null;
  at: number;
}

const NOBODY: Caller = { who: "unknown", customers: [] };

export function openExchange(env: ExchangeEnvironment): Exchange {
  const { telephone, system, now } = env;
  const seen = new Map<string, Seen>();
  const watchers = new Map<string, Set<(shown: ShownCall) => void>>();
  const answered = new Map<string, number>();
  const stop = new AbortController();
  let connected = false;
  let running: Promise<unknown> = Promise.resolve();

  const find = (number: string | null): Promise<Caller> =>
    findCaller(env.reads(), number, telephone.country).catch((error: unknown) => {
      env.failed(asHubError(error), "a caller cannot be looked up");
      return NOBODY;
    });

  function isOf(agent: string, { call, routed }: Seen): boolean {
    return call.agent === agent || call.ringing.includes(agent) || routed?.agent === agent;
  }

  function shown({ call, found, script, routed }: Seen): ShownCall {
    return { system, call, caller: found ?? NOBODY, script, reason: routed?.reason ?? null };
  }

  function tellWatchers(one: Seen): void {
    for (const [agent, tells] of watchers) if (isOf(agent, one)) for (const tell of tells) tell(shown(one));
  }

  /** The look-up begins with the first word of a call, before anybody rings. */
  function take(call: LiveCall): Seen {
    const known = seen.get(call.id);
    if (known !== undefined) {
      // A click's call knows its customer only when the agent's telephone rings.
      const isOther = known.call.number !== call.number;
      if (call.stage === "answered" && known.call.stage !== "answered" && call.agent !== null)
        answered.set(call.agent, (answered.get(call.agent) ?? 0) + 1);
      known.call = call;
      known.at = now();
      if (isOther) known.caller = find(call.number);
      return known;
    }
    const made: Seen = {
      call,
      caller: isWithheld(call) ? find(null) : find(call.number ?? ""),
      found: null,
      script: null,
      routed: null,
      at: now(),
    };
    makeRoom();
    seen.set(call.id, made);
    return made;
  }

  async function show(call: LiveCall): Promise<void> {
    const one = take(call);
    const asked = one.caller;
    const found = await asked;
    if (one.caller !== asked) return;
    if (one.found !== found) {
      one.found = found;
      one.script = scriptOf(one);
    }
    tellWatchers(one);
  }

  function scriptOf({ call, found, routed }: Seen): string | null {
    if (env.script === null || found === null) return null;
    const id = routed?.agent ?? call.ringing.at(-1) ?? call.agent ?? "";
    try {
      return writeScript(env.script, call, found, { id, name: telephone.agents[id]?.name ?? "" });
    } catch (error) {
      env.failed(asHubError(error), "the script failed");
      return null;
    }
  }

  function makeRoom(): void {
    const oldest = now() - KEPT_MS;
    for (const [id, one] of seen) {
      const isOver = one.call.endedAt !== null && one.at < oldest;
      if (isOver || seen.size >= MOST_CALLS) seen.delete(id);
    }
  }

  function workload(agent: string): Workload {
    let calls = 0;
    for (const one of seen.values()) {
      if (one.call.endedAt === null && (one.call.ringing.includes(agent) || isTalking(agent, one.call)))
        calls += 1;
    }
    return { calls, answered: answered.get(agent) ?? 0 };
  }

  async function choose(question: RouteQuestion, one: Seen): Promise<RouteAnswer> {
    const caller = await one.caller;
    one.found = caller;
    const customer = only(caller);
    const known = customer === null ? null : { id: customer.id, name: customer.name };
    try {
      const input = ruleInput(question, caller, telephone.agents, workload);
      return { ...chooseAgent(env.rule, input, telephone.agents), customer: known };
    } catch (error) {
      env.failed(asHubError(error), "the routing rule failed");
      return { agent: null, customer: known, reason: "the rule failed" };
    }
  }

  async function route(question: RouteQuestion): Promise<RouteAnswer> {
    const began = performance.now();
    const one = take(seen.get(question.call)?.call ?? offered(question, now()));
    const late: RouteAnswer = { agent: null, customer: null, reason: "the hub was too slow" };
    const answer = await inTime(choose(question, one), telephone.deadline, late);
    if (answer.agent !== null) {
      one.routed = { agent: answer.agent, reason: answer.reason };
      one.script = scriptOf(one);
      // The page shows it before the telephone rings.
      tellWatchers(one);
    }
    const milliseconds = Math.round((performance.now() - began) * 10) / 10;
    const { agent, customer, reason } = answer;
    env.journal({
      call: question.call,
      at: new Date(now()).toISOString(),
      number: question.number,
      line: question.line,
      customer: customer?.id ?? null,
      ...{ agent, reason, milliseconds },
    });
    return answer;
  }

  /** Code and tables that the first caller would else wait for. */
  async function warmUp(): Promise<void> {
    const question = { call: "", number: "+10000000000", name: null, line: null };
    const caller = await find(question.number);
    try {
      chooseAgent(env.rule, ruleInput(question, caller, telephone.agents, workload), telephone.agents);
    } catch {
      // Said when a call comes.
    }
  }

  async function watchCalls(): Promise<void> {
    const watch = async (stands: () => void): Promise<void> => {
      const stood = (): void => {
        connected = true;
        stands();
      };
      await telephone
        .watch((call) => void show(call), stood, stop.signal)
        .finally(() => {
          connected = false;
        });
    };
    await again(watch, (error) => env.failed(error, "calls cannot be watched now"), stop.signal);
  }

  async function takeQuestions(): Promise<void> {
    const { answer } = telephone;
    if (answer === null) return;
    const failed = (error: HubError): void =>
      env.failed(error, "questions of the dialplan cannot be taken now");
    await again(() => answer(route, stop.signal), failed, stop.signal);
  }

  return {
    begin() {
      void warmUp();
      running = Promise.all([watchCalls(), takeQuestions()]);
    },
    connected: () => connected,
    workload,
    calls: (agent) => [...seen.values()].filter((one) => isOf(agent, one)).map(shown),
    call(id) {
      const one = seen.get(id);
      return one === undefined ? undefined : shown(one);
    },
    watch(agent, tell) {
      const tells = watchers.get(agent) ?? new Set();
      watchers.set(agent, tells.add(tell));
      return () => {
        tells.delete(tell);
        if (tells.size === 0 && watchers.get(agent) === tells) watchers.delete(agent);
      };
    },
    route,
    async refresh(id) {
      const one = seen.get(id);
      if (one === undefined) return;
      one.caller = find(one.call.number);
      one.found = await one.caller;
      tellWatchers(one);
    },
    async close() {
      stop.abort();
      await running;
    },
  };
}

function isWithheld({ withheld }: LiveCall): boolean {
  return withheld;
}

function isTalking(agent: string, call: LiveCall): boolean {
  return call.agent === agent && (call.stage === "answered" || call.direction !== "inbound");
}

/** A call of which the dialplan asks before its first event came. */
function offered({ call, number, name, line }: RouteQuestion, startedAt: number): LiveCall {
  return {
    id: call,
    stage: "offered",
    direction: "inbound",
    ...{ startedAt, answeredAt: null, endedAt: null, number, withheld: number === null, name, line },
    ...{ ringing: [], agent: null, talkSeconds: null },
  };
}

async function inTime<Result>(work: Promise<Result>, milliseconds: number, late: Result): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<Result>((resolve) => {
    timer = setTimeout(resolve, milliseconds, late);
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
  }
}
