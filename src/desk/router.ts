import type { LiveCall, RouteAnswer, RouteQuestion, Telephone } from "../connector/telephone.ts";
import { asHubError, type HubError } from "../errors.ts";
import type { Mapping } from "../mapping/mapping.ts";
import type { JsonObject } from "../message/json.ts";
import type { CallBoard, SeenCall } from "./call-board.ts";
import { only } from "./caller.ts";
import { chooseAgent, ruleInput } from "./choose-agent.ts";

export interface RouterEnvironment {
  readonly telephone: Telephone;
  readonly board: CallBoard;
  readonly rule: Mapping;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Takes down who was rung and why; never waited for. */
  readonly journal: (routing: JsonObject) => void;
  readonly failed: (error: HubError, what: string) => void;
}

const LATE: RouteAnswer = { agent: null, customer: null, reason: "the hub was too slow" };

/** Answers the dialplan within the deadline, with nobody if need be. */
export function router(env: RouterEnvironment): (question: RouteQuestion) => Promise<RouteAnswer> {
  const { telephone, board, now } = env;

  async function choose(question: RouteQuestion, one: SeenCall): Promise<RouteAnswer> {
    const caller = await one.caller;
    board.know(one, caller);
    const found = only(caller);
    const customer = found === null ? null : { id: found.id, name: found.name };
    try {
      const input = ruleInput(question, caller, telephone.agents, board.workload);
      return { ...chooseAgent(env.rule, input, telephone.agents), customer };
    } catch (error) {
      env.failed(asHubError(error), "the routing rule failed");
      return { agent: null, customer, reason: "the rule failed" };
    }
  }

  return async (question) => {
    const began = performance.now();
    const one = board.take(board.get(question.call)?.call ?? offered(question, now()));
    const answer = await inTime(choose(question, one), telephone.deadline, LATE);
    const { agent, customer, reason } = answer;
    if (agent !== null) {
      one.routed = { agent, reason };
      // The page shows it before the telephone rings.
      board.tell(one);
    }
    const milliseconds = Math.round((performance.now() - began) * 10) / 10;
    const { call, number, line } = question;
    const at = new Date(now()).toISOString();
    env.journal({ call, at, number, line, customer: customer?.id ?? null, agent, reason, milliseconds });
    return answer;
  };
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
