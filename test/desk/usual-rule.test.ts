import { expect, it } from "vitest";
import type { Telephone } from "../../src/connector/telephone.ts";
import { chooseAgent, ruleInput, USUAL_RULE, type Workload } from "../../src/desk/choose-agent.ts";
import { compileMapping } from "../../src/mapping/compile.ts";
import { isObject } from "../../src/message/json.ts";

const AGENTS: Telephone["agents"] = {
  "101": { name: "Grace", skills: [] },
  "102": { name: "Edsger", skills: [] },
  "103": { name: "Barbara", skills: [] },
};
const FREE: Workload = { calls: 0, answered: 0 };

function chosen(last: string | null, workloads: Readonly<Record<string, Partial<Workload>>>) {
  const question = { call: "1", number: null, name: null, line: null };
  const caller = { who: "unknown", customers: [] } as const;
  const input = ruleInput(question, caller, AGENTS, (agent) => ({ ...FREE, ...workloads[agent] }));
  const given = isObject(input) ? { ...input, last } : input;
  return chooseAgent(compileMapping(USUAL_RULE, { path: "usual" }), given, AGENTS);
}

it("the usual rule gives a call to who talked to the customer last, if free", () => {
  expect(chosen("102", {})).toEqual({ agent: "102", reason: "was the last to talk to this customer" });
  expect(chosen("102", { "102": { calls: 1 } }).agent).toBe("101");
});

it("the usual rule gives it to who has answered fewest of those who are free", () => {
  const workloads = { "101": { answered: 3 }, "102": { answered: 1 }, "103": { calls: 1 } };
  expect(chosen(null, workloads)).toEqual({ agent: "102", reason: "is free" });
});

it("the usual rule names nobody when nobody is free", () => {
  const busy = { calls: 1 };
  expect(chosen(null, { "101": busy, "102": busy, "103": busy }).agent).toBeNull();
});
