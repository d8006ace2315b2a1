import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { PushSource } from "../../src/connector/contract.ts";
import { type Bench, flowDefinition, flowStatus, openBench, problemIn } from "./setup.ts";

/** A line is an item; a text that is no list of lines is one item. */
const lines: PushSource = {
  kind: "push",
  receive: ({ body }) => ({ body }),
  receiveBatch({ headers, body }) {
    if (headers["content-type"] !== "text/lines") return null;
    const each = Buffer.from(body).toString().split("\n");
    return each
      .filter((line) => line !== "")
      .map((line) => ({ body: Buffer.from(line), event: `event of ${line}` }));
  },
};

let bench: Bench;
beforeAll(async () => {
  bench = await openBench({
    sources: { lines },
    entries: [{ definition: flowDefinition("lines", { key: "id" }), status: flowStatus(1, "lines") }],
    limits: { batchItems: 3 },
  });
});
afterAll(() => bench.close());
beforeEach(() => {
  bench.engine.admitted.length = 0;
  bench.engine.batches.length = 0;
});

function post(body: string, type = "text/lines", headers: Record<string, string> = {}): Promise<Response> {
  return bench.post("/in/web/lines", body, { "content-type": type, ...headers });
}

test("the items of a batch go to one commit, in their order, bound together", async () => {
  const response = await post('{"id":"b"}\n{"id":"a"}\n{"id":"b","n":2}', "text/lines", {
    "idempotency-key": "names the request",
  });
  expect(response.status).toBe(202);
  expect(await response.json()).toEqual({
    items: ["m-1", "m-2", "m-3"].map((id) => ({ id, duplicate: false, status: `/api/v1/messages/${id}` })),
  });
  expect(bench.engine.batches).toEqual([3]);
  expect(bench.engine.admitted.map(({ key, event, withNext }) => [key, event, withNext])).toEqual([
    ["b", 'event of {"id":"b"}', true],
    ["a", 'event of {"id":"a"}', true],
    ["b", 'event of {"id":"b","n":2}', undefined],
  ]);
});

test("what came before is told of each; a batch of nothing else is a repetition", async () => {
  await post('{"id":"c"}');
  const mixed = await post('{"id":"d"}\n{"id":"c"}');
  expect([mixed.status, mixed.headers.get("idempotent-replayed")]).toEqual([202, null]);
  expect(await mixed.json()).toMatchObject({ items: [{ duplicate: false }, { duplicate: true }] });
  const again = await post('{"id":"d"}\n{"id":"c"}');
  expect([again.status, again.headers.get("idempotent-replayed")]).toEqual([200, "true"]);
});

test("an empty batch is taken, and nothing is committed", async () => {
  const response = await post("\n");
  expect([response.status, response.headers.get("idempotent-replayed")]).toEqual([200, null]);
  expect(await response.json()).toEqual({ items: [] });
  expect(bench.engine.batches).toEqual([]);
});

test("an item that the flow refuses has the batch refused, by its index", async () => {
  for (const [bad, status, code] of [
    ["{}", 422, "TL_KEY_MISSING"],
    ["{", 400, "TL_DECODE_FAILED"],
  ] as const) {
    const problem = await problemIn(bench, await post(`{"id":"e"}\n${bad}\n{"id":"f"}`));
    expect(problem).toMatchObject({ status, code });
    expect(problem["detail"]).toContain("item 1 of the batch, counted from 0");
  }
  expect(bench.engine.admitted).toEqual([]);
});

test("a batch holds no more items than a commit", async () => {
  const problem = await problemIn(
    bench,
    await post(["g", "h", "i", "j"].map((id) => `{"id":"${id}"}`).join("\n")),
  );
  expect(problem).toMatchObject({ status: 413, code: "TL_BODY_TOO_LARGE" });
  expect(problem["cure"]).toContain("at most 3");
  expect(bench.engine.admitted).toEqual([]);
});

test("a batch of one is answered as a batch, and what is none as one item", async () => {
  expect(await (await post('{"id":"k"}')).json()).toMatchObject({ items: [{ duplicate: false }] });
  const single = await post('{"id":"k"}', "application/json");
  expect(await single.json()).toMatchObject({ id: "m-2", duplicate: false });
});
