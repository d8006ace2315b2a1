import { afterAll, beforeAll, expect, test } from "vitest";
import type { NewMessage } from "../../src/store/message-table.ts";
import { jsonMessage } from "./json-message.ts";
import { type Bench, flowDefinition, flowStatus, openBench, problemIn } from "./setup.ts";

const MAP = "mappings/people/person.jsonata";
const OLD = '{ "id": no, "mail": $lowercase(email), "vip": topic = "gold" }';
const NEW = '{ "id": no, "mail": email, "vip": topic = "gold" }';
const PERSON = {
  no: "K-4711",
  name: "Ada Lovelace",
  email: "Ada@Analytical.example",
  topic: "gold",
  born: "1990-12-10",
};

let bench: Bench;

beforeAll(async () => {
  const people = (map: string) => flowDefinition("people", { map: MAP, key: "no", texts: { [MAP]: map } });
  bench = await openBench({
    entries: [{ definition: people(NEW), status: flowStatus(1, "people", { hash: "b".repeat(64) }) }],
  });
  await bench.store.transaction(async (tx) => {
    await tx.flows.deploy("people", "a".repeat(64), people(OLD).texts, ["crm.customer"], 1);
    await tx.flows.deploy("people", "b".repeat(64), people(NEW).texts, ["crm.customer"], 2);
    await tx.messages.insert([
      message({ flowVersion: 2 }),
      message({ flowVersion: 1 }),
      message({ flowVersion: 2, body: Buffer.from('{"name":"Ada Lovelace"}') }),
      message({ flowVersion: 2, body: Buffer.from("Ada Lovelace") }),
    ]);
  });
});
afterAll(() => bench.close());

const message = (change: Partial<NewMessage>): NewMessage =>
  jsonMessage({ body: Buffer.from(JSON.stringify(PERSON)), ...change });

interface Plan {
  readonly file: string;
  readonly text: string;
  readonly passed: boolean;
  readonly differences: readonly string[];
  readonly disguised: readonly { readonly pointer: string }[];
}

async function plan(id: string, name = "a person"): Promise<Plan> {
  const response = await bench.post(`/api/v1/messages/${id}/case/plan`, { name });
  expect(response.status).toBe(200);
  return (await response.json()) as Plan;
}

test("a message becomes a case that runs, with the flow's own words kept and nothing personal in it", async () => {
  const found = await plan("m-1");
  expect(found).toMatchObject({
    ...{
      file: "mappings/people/cases/a-person.json",
      passed: true,
      problem: null,
      differs: null,
      writable: true,
    },
    disguised: [
      { pointer: "/no", kind: "id" },
      { pointer: "/name", kind: "text" },
      { pointer: "/email", kind: "e-mail" },
      { pointer: "/born", kind: "date" },
    ],
  });
  const made = JSON.parse(found.text) as { in: typeof PERSON; out: Record<string, unknown> };
  expect(made).toMatchObject({ name: "a person", in: { topic: "gold" }, out: { id: made.in.no, vip: true } });
  for (const one of ["4711", "Ada", "Lovelace", "Analytical", "1990-12-10"])
    expect(found.text.toLowerCase()).not.toContain(one.toLowerCase());
});

test("the case expects what the message's own version gives, so a change since shows red", async () => {
  const found = await plan("m-2");
  expect(found.passed).toBe(false);
  expect(found.differences.join("\n")).toContain("mail");
});

test("a message that fails becomes a case of its error", async () => {
  const found = await plan("m-3");
  expect(JSON.parse(found.text)).toMatchObject({ error: "TL_KEY_MISSING" });
  expect(found.passed).toBe(true);
});

test("a message that cannot be decoded is no case", async () => {
  const response = await bench.post("/api/v1/messages/m-4/case/plan", {});
  expect(await problemIn(bench, response)).toMatchObject({ code: "TL_DECODE_FAILED" });
});

test("it is written by the engine exactly as it was shown", async () => {
  const { text } = await plan("m-1");
  const response = await bench.post("/api/v1/messages/m-1/case", { name: "a person", reason: "the mail" });
  expect(await response.json()).toEqual({ file: "mappings/any/cases/a.json" });
  const [act] = bench.engine.acts.filter((one) => one.act === "addCase");
  expect(act?.by.reason).toBe("the mail");
  expect(act?.args).toEqual([{ flow: "people", message: "m-1", file: "a-person.json", text }]);
});
