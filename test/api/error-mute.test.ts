import { afterAll, beforeAll, expect, test } from "vitest";
import { jsonMessage } from "./json-message.ts";
import { type Bench, openBench, problemIn } from "./setup.ts";

const HOUR = 3_600_000;
let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
  await bench.store.transaction(async (tx) => {
    await tx.flows.deploy("any", "hash-any", { "flow.yaml": "x" }, ["crm.customer"], 0);
    const failure = (message: string) => ({ code: "TL_ACCEPTS_FAILED", message }) as const;
    await tx.messages.insert([
      jsonMessage({ state: "parked", failure: failure("no city") }),
      jsonMessage({ state: "parked", failure: failure("no zip") }),
      jsonMessage({ state: "done", outcomes: { "crm.customer": "rejected" }, failure: failure("no name") }),
    ]);
  });
});
afterAll(() => bench?.close());

interface Group {
  readonly fingerprint: string;
  readonly state: string;
  readonly failure: { readonly message: string };
  readonly muted: object | null;
}

async function groups(query: string): Promise<readonly Group[]> {
  const answer = (await (await bench.get(`/api/v1/error-groups${query}`)).json()) as { items: Group[] };
  return answer.items.toSorted((a, b) => (a.failure.message < b.failure.message ? -1 : 1));
}

const causeOf = async (message: string): Promise<string> =>
  [...(await groups("")), ...(await groups("?state=rejected"))].find((one) => one.failure.message === message)
    ?.fingerprint ?? "";

const mute = (fingerprint: string, body: object, act = "mute") =>
  bench.post(`/api/v1/error-groups/${fingerprint}/${act}`, { flow: "any", ...body });

test("muting is an act of the engine, with who, why and until when", async () => {
  const fingerprint = await causeOf("no city");
  const group = { flow: "any", fingerprint, route: null };
  const before = Date.now();
  expect((await mute(fingerprint, { for: "1d", reason: "known" })).status).toBe(200);
  const { args, ...act } = bench.engine.acts.at(-1) ?? { args: [] };
  expect(act).toMatchObject({ act: "muteErrors", by: { actor: "api", reason: "known" } });
  expect(args[0]).toEqual(group);
  expect(Number(args[1])).toBeGreaterThanOrEqual(before + 24 * HOUR);
  expect((await mute(fingerprint, { until: "2999-01-01T00:00:00Z" })).status).toBe(200);
  expect(bench.engine.acts.at(-1)?.args).toEqual([group, Date.UTC(2999, 0)]);
  expect((await mute(fingerprint, { untilChanged: true })).status).toBe(200);
  expect(bench.engine.acts.at(-1)?.args).toEqual([group, null]);
  expect((await mute(fingerprint, {}, "unmute")).status).toBe(200);
  expect(bench.engine.acts.at(-1)).toMatchObject({ act: "unmuteErrors", args: [group] });
});

test.each([
  ["without an end", {}],
  ["with two ends", { for: "1h", untilChanged: true }],
  ["for what is no duration", { for: "soon" }],
  ["until what has been", { until: 1000 }],
])("a mute %s is refused", async (_what, body) => {
  const problem = await problemIn(bench, await mute(await causeOf("no city"), body));
  expect(problem).toMatchObject({ status: 400, code: "TL_USAGE" });
});

test("a cause that nothing of the flow fails for is not there", async () => {
  for (const body of [{ for: "1h" }, { for: "1h", flow: "nobody" }])
    expect((await mute("0123456789ab", body)).status).toBe(404);
});

test("what is muted is listed apart, whether parked or rejected, and is not counted as needing a person", async () => {
  const overview = async () => {
    const { flows } = (await (await bench.get("/api/v1/overview")).json()) as { flows: object[] };
    return flows[0];
  };
  expect(await overview()).toMatchObject({ parked: 2, unmuted: 2, rejected: 1 });
  const until = Date.now() + HOUR;
  for (const message of ["no city", "no name"]) {
    const fingerprint = await causeOf(message);
    await bench.store.transaction((tx) =>
      tx.mutes.set({ flow: 1, route: null, fingerprint, until, by: "ada", at: 1 }),
    );
  }
  expect((await groups("")).map((one) => one.failure.message)).toEqual(["no zip"]);
  expect(await groups("?state=rejected")).toEqual([]);
  const muted = { until: new Date(until).toISOString(), by: "ada", at: "1970-01-01T00:00:00.001Z" };
  expect(await groups("?muted=true")).toMatchObject([
    { state: "parked", failure: { message: "no city" }, muted },
    { state: "rejected", failure: { message: "no name" }, muted },
  ]);
  expect(await overview()).toMatchObject({ parked: 2, unmuted: 1, rejected: 0 });
});
