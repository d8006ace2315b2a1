import type { LiveCall, RouteAnswer, RouteQuestion, Telephone } from "../connector/telephone.ts";
import { asHubError, type HubError } from "../errors.ts";
import type { Mapping } from "../mapping/mapping.ts";
import type { JsonObject } from "../message/json.ts";
import type { CrmReads } from "../store/crm-reads.ts";
import { callBoard, type SeenCall } from "./call-board.ts";
import { type Caller, findCaller, NOBODY } from "./caller.ts";
import { chooseAgent, ruleInput, type Workload } from "./choose-agent.ts";
import { again } from "./retry.ts";
import { router } from "./router.ts";
import { type ShownCall, writeScript } from "./shown-call.ts";

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
  call(id: string): Pick<SeenCall, "call" | "found"> | undefined;
  /** Tells each change of a call of this agent until the function that it gives is called. */
  watch(agent: string, tell: (shown: ShownCall) => void): () => void;
  route(question: RouteQuestion): Promise<RouteAnswer>;
  /** Looks customers and history of a call up again and tells it. */
  refresh(id: string): Promise<void>;
  close(): Promise<void>;
}

export function openExchange(env: ExchangeEnvironment): Exchange {
  const { telephone, system, now, failed } = env;
  const stop = new AbortController();
  let connected = false;
  let running: Promise<unknown> = Promise.resolve();

  const find = ({ withheld, number }: Pick<LiveCall, "withheld" | "number">): Promise<Caller> =>
    findCaller(env.reads(), withheld ? null : (number ?? ""), telephone.country).catch((error: unknown) => {
      failed(asHubError(error), "a caller cannot be looked up");
      return NOBODY;
    });

  function scriptOf(call: LiveCall, caller: Caller, id: string): string | null {
    if (env.script === null) return null;
    try {
      return writeScript(env.script, call, caller, { id, name: telephone.agents[id]?.name ?? id });
    } catch (error) {
      failed(asHubError(error), "the script failed");
      return null;
    }
  }

  const board = callBoard({ system, now, find, writeScript: scriptOf });
  const route = router({ telephone, board, rule: env.rule, now, journal: env.journal, failed });

  /** Code and tables that the first caller would else wait for. */
  async function warmUp(): Promise<void> {
    const question = { call: "", number: "+10000000000", name: null, line: null };
    const caller = await find({ withheld: false, number: question.number });
    try {
      chooseAgent(env.rule, ruleInput(question, caller, telephone.agents, board.workload), telephone.agents);
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
        .watch((call) => void board.show(call), stood, stop.signal)
        .finally(() => {
          connected = false;
        });
    };
    await again(watch, (error) => failed(error, "calls cannot be watched now"), stop.signal);
  }

  async function takeQuestions(): Promise<void> {
    const { answer } = telephone;
    if (answer === null) return;
    const silent = (error: HubError): void => failed(error, "questions of the dialplan cannot be taken now");
    await again(() => answer(route, stop.signal), silent, stop.signal);
  }

  return {
    begin() {
      void warmUp();
      running = Promise.all([watchCalls(), takeQuestions()]);
    },
    connected: () => connected,
    workload: board.workload,
    calls: board.of,
    call: board.get,
    watch: board.watch,
    route,
    refresh: board.refresh,
    async close() {
      stop.abort();
      await running;
    },
  };
}
