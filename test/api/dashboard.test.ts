import { afterAll, beforeAll, expect, test } from "vitest";
import { SCREENS } from "../../src/api/dashboard.ts";
import type { Failure } from "../../src/errors.ts";
import { laneOf } from "../../src/message/lane.ts";
import type { NewMessage } from "../../src/store/message-table.ts";
import { type Bench, flowDefinition, flowStatus, openBench, problemIn, TOKEN } from "./setup.ts";

const HOUR = 3_600_000;
let bench: Bench;

function parked(change: Partial<NewMessage>): NewMessage {
  return {
    flow: 1,
    flowVersion: 1,
    lane: laneOf("k"),
    key: "k",
    system: "web",
    acceptedAt: Date.now() - HOUR,
    body: Buffer.from("{}"),
    contentType: "application/json",
    headers: null,
    event: null,
    slice: null,
    cause: null,
    hops: 0,
    traceparent: null,
    state: "parked",
    ...change,
  };
}

function missing(field: string, n: number): Failure {
  return { code: "TL_ACCEPTS_FAILED", message: `record ${n}: must have "name-${n}"`, place: { field } };
}

beforeAll(async () => {
  const schedule = { cron: "30 3 * * *", zone: "Europe/Tallinn", window: null, misfire: "run-once" } as const;
  bench = await openBench({
    entries: [
      { definition: flowDefinition("any", { schedule }), status: flowStatus(1, "any", { open: 3 }) },
      { definition: null, status: flowStatus(2, "broken") },
    ],
  });
  await bench.store.transaction(async (tx) => {
    await tx.flows.deploy("any", "hash-any", { "flow.yaml": "x" }, ["crm.customer", "billing.customer"], 0);
    await tx.messages.insert([
      ...[1, 2, 3, 4].map((n) => parked({ key: `k${n % 2}`, failure: missing(`/lines/${n}/name`, n) })),
      parked({ failure: missing("/other", 1) }),
      parked({ state: "done", outcomes: { "crm.customer": "applied" } }),
    ]);
    const billing = (await tx.flows.routes()).find((route) => route.to === "billing.customer");
    await tx.deliveries.insert([
      {
        ...{ message: 6, flow: 1, route: billing?.id ?? 0, lane: 0, key: "k", version: null, replay: 0 },
        ...{ allowStale: false, body: Buffer.from('{"sent":1}'), createdAt: Date.now(), file: null },
      },
    ]);
    await tx.tallies.add(Date.now() - 2 * HOUR, [
      { flow: 1, route: 0, outcome: "accepted", n: 6 },
      { flow: 1, route: 1, outcome: "applied", n: 1 },
      { flow: 1, route: 1, outcome: "parked", n: 5 },
      { flow: 1, route: 2, outcome: "unchanged", n: 2 },
    ]);
    await tx.tallies.add(Date.now() - 48 * HOUR, [{ flow: 1, route: 0, outcome: "accepted", n: 1000 }]);
  });
});
afterAll(() => bench.close());

const json = async (path: string) => (await bench.get(path)).json() as Promise<never>;

test("every screen is served without a token, under a policy that lets nothing else run", async () => {
  const nonces = new Set<string>();
  for (const screen of SCREENS) {
    const page = await bench.get(screen.replace(/:\w+/, "m-1"), {});
    expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    const policy = page.headers.get("content-security-policy") ?? "";
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toContain("unsafe");
    expect(await page.text()).toContain(`content="${nonce}"`);
    nonces.add(nonce);
  }
  expect(nonces.size).toBe(SCREENS.length);
});

test("what the page is made of is kept by browsers, packed for those that unpack", async () => {
  const page = await (await bench.get("/", {})).text();
  const [, script = ""] = /src="(\/assets\/[^"]+\.js)"/.exec(page) ?? [];
  const packed = await bench.get(script, { "accept-encoding": "gzip" });
  expect(packed.headers.get("content-encoding")).toBe("gzip");
  expect(packed.headers.get("cache-control")).toContain("immutable");
  const plain = await bench.get(script, { "accept-encoding": "identity" });
  expect(plain.headers.get("content-encoding")).toBeNull();
  expect(await plain.text()).toBe(await packed.text());
  for (const path of ["/assets/..%2findex.html", "/assets/made-from", "/assets/x.js.gz"])
    await problemIn(bench, await bench.get(path, {}));
});

test("the overview counts the last 24 hours and what waits now", async () => {
  const { flows } = (await json("/api/v1/overview")) as { flows: Record<string, unknown>[] };
  expect(flows[0]).toMatchObject({
    ...{ name: "any", files: false, received: 6, queued: 6, parked: 5, rejected: 0, rejectedMore: false },
    routes: [
      { to: "crm.customer", filtered: 0, sent: 1 },
      { to: "billing.customer", filtered: 2, sent: 0 },
    ],
  });
  const perHour = flows[0]?.["perHour"] as number[];
  expect([perHour.length, perHour.at(-3)]).toEqual([24, 6]);
  expect(flows[1]).toMatchObject({ name: "broken", received: 0, parked: 0, oldest: null });
});

test("messages are found by the route they went to, how they ended there and since when", async () => {
  const list = async (query: string) =>
    ((await json(`/api/v1/messages?${query}`)) as { items: { id: string }[] }).items.map(({ id }) => id);
  const since = new Date(Date.now() - 2 * HOUR).toISOString();
  expect(await list("to=crm.customer")).toEqual(["m-6"]);
  expect(await list("to=billing.customer&state=open")).toEqual(["m-6"]);
  expect(await list("to=billing.customer&state=parked")).toEqual([]);
  expect(await list(`to=crm.customer&outcome=applied&endedSince=${since}`)).toEqual(["m-6"]);
  expect(await list(`outcome=applied&endedSince=${Date.now()}`)).toEqual([]);
  expect(await list(`outcome=without-effect&endedSince=${since}`)).toEqual([]);
  expect((await bench.get("/api/v1/messages?to=crm.nothing")).status).toBe(404);
});

test("failures are grouped by cause, whatever numbers and quotes are in their texts", async () => {
  const found = (await json("/api/v1/error-groups")) as {
    items: { fingerprint: string; count: number; keys: number; sample: string }[];
    complete: boolean;
    looked: number;
  };
  expect(found).toMatchObject({ complete: true, looked: 5 });
  expect(found.items.map(({ count, keys }) => [count, keys])).toEqual([
    [4, 2],
    [1, 1],
  ]);
  const list = async (fingerprint: string) => {
    const page = (await json(`/api/v1/messages?state=parked&fingerprint=${fingerprint}`)) as {
      items: { id: string }[];
    };
    return page.items.map((one) => one.id);
  };
  expect(await list(found.items[0]?.fingerprint ?? "")).toEqual(["m-4", "m-3", "m-2", "m-1"]);
  expect(await list(found.items[1]?.fingerprint ?? "")).toEqual(["m-5"]);
  expect(await list("0123456789ab")).toEqual([]);
  const none = (await json("/api/v1/error-groups?state=rejected")) as { items: unknown[] };
  expect(none.items).toEqual([]);
  expect((await bench.get("/api/v1/error-groups?flow=nope")).status).toBe(404);
});

test("next slots tell on which of them the clocks have changed", async () => {
  const { items } = (await json("/api/v1/schedules?count=3")) as {
    items: { flow: string; zone: string; upcoming: { at: string; clockChange: boolean }[] }[];
  };
  expect(items).toHaveLength(1);
  expect(items[0]).toMatchObject({ flow: "any", zone: "Europe/Tallinn", cron: "30 3 * * *" });
  expect(items[0]?.upcoming).toHaveLength(3);
});

test("a delivery's body is shown with its own message only", async () => {
  const sent = await bench.get("/api/v1/messages/m-6/deliveries/1/body");
  expect([await sent.text(), sent.headers.get("tieline-size")]).toEqual(['{"sent":1}', "10"]);
  expect(sent.headers.get("content-disposition")).toContain("attachment");
  for (const path of ["m-5/deliveries/1", "m-6/deliveries/2"])
    expect((await bench.get(`/api/v1/messages/${path}/body`)).status).toBe(404);
});

test("the stream tells each change once, and ends when the hub stops", async () => {
  const other = await openBench();
  expect((await other.get("/api/v1/stream", {})).status).toBe(401);
  const stream = await other.get("/api/v1/stream");
  expect(stream.headers.get("content-type")).toContain("text/event-stream");
  const reader = (stream.body as ReadableStream<Uint8Array>).getReader();
  const next = async () => Buffer.from((await reader.read()).value ?? []).toString();
  expect(await next()).toMatch(/^event: status\ndata: \{.*"backlog":0.*\}\n\n$/);
  other.status = { ...other.status, backlog: 7 };
  expect(await next()).toContain('"backlog":7');
  const closed = other.close();
  expect((await reader.read()).done).toBe(true);
  await closed;
});

test("the stream is for those who bear the token", async () => {
  const stream = await bench.get("/api/v1/stream", { authorization: `Bearer ${TOKEN}x` });
  expect(stream.status).toBe(401);
});
