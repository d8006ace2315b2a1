import type { LiveCall, RouteAnswer, RouteQuestion, Telephone } from "../../src/connector/telephone.ts";
import { type Exchange, openExchange } from "../../src/desk/exchange.ts";
import type { ShownCall } from "../../src/desk/shown-call.ts";
import type { HubError } from "../../src/errors.ts";
import { compileMapping } from "../../src/mapping/compile.ts";
import type { JsonObject } from "../../src/message/json.ts";
import { NOW, type Repository } from "../crm/repository.ts";

/** A telephone system in this process: its calls are told by the test, and it keeps what came back. */
export interface Scene {
  readonly exchange: Exchange;
  /** Tells a call as it is now, and waits until it was looked up. */
  tell(call: Partial<LiveCall>): Promise<void>;
  /** The dialplan asks. */
  ask(question: Partial<RouteQuestion>): Promise<RouteAnswer>;
  /** What the page of an agent was told. */
  page(agent: string): readonly ShownCall[];
  readonly routings: readonly JsonObject[];
  readonly failures: readonly string[];
  /** Lets time go by, milliseconds. */
  wait(milliseconds: number): void;
  /** Ends the connection; the next one is taken at once. */
  break(): void;
  /** How often it was connected. */
  connections(): number;
}

export const CALL: LiveCall = {
  id: "1795390770.10",
  stage: "offered",
  direction: "inbound",
  ...{ startedAt: NOW, answeredAt: null, endedAt: null, number: "+4930901820", withheld: false, name: "K" },
  ...{ line: "5550100", ringing: [], agent: null, talkSeconds: null },
};

const USUAL = `{ "agent": agents[calls = 0][0].id, "reason": "is free" }`;

export function scene(
  crm: Repository,
  over: { readonly rule?: string; readonly script?: string; readonly deadline?: number } = {},
): Scene {
  let now = NOW;
  let connections = 0;
  let told: (call: LiveCall) => void = () => undefined;
  let end: () => void = () => undefined;
  const routings: JsonObject[] = [];
  const failures: string[] = [];
  const telephone: Telephone = {
    agents: { "101": { name: "Grace", skills: ["en"] }, "102": { name: "Edsger", skills: ["nl"] } },
    country: "DE",
    rule: null,
    script: null,
    deadline: over.deadline ?? 5_000,
    watch: (tell, connected, signal) =>
      new Promise((resolve, reject) => {
        told = tell;
        end = () => reject(new Error("the line broke"));
        signal.addEventListener("abort", () => resolve(), { once: true });
        connections += 1;
        connected();
      }),
    answer: null,
  };
  const exchange = openExchange({
    system: "pbx",
    telephone,
    rule: compileMapping(over.rule ?? USUAL, { path: "routing.jsonata" }),
    script: over.script === undefined ? null : compileMapping(over.script, { path: "script.jsonata" }),
    reads: () => crm.reads,
    now: () => now,
    journal: (routing) => void routings.push(routing),
    failed: (_error: HubError, what) => void failures.push(what),
  });
  exchange.begin();
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    exchange,
    async tell(call) {
      told({ ...CALL, ...call });
      for (let turn = 0; turn < 5; turn += 1) await settled();
    },
    ask: (question) =>
      exchange.route({ call: CALL.id, number: CALL.number, name: null, line: CALL.line, ...question }),
    page(agent) {
      const shown: ShownCall[] = [];
      exchange.watch(agent, (one) => void shown.push(one));
      return shown;
    },
    routings,
    failures,
    wait(milliseconds) {
      now += milliseconds;
    },
    break: () => end(),
    connections: () => connections,
  };
}
