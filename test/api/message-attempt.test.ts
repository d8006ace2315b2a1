import { afterAll, beforeAll, expect, test } from "vitest";
import { writeCursor } from "../../src/message/cursor.ts";
import type { Exchange } from "../../src/message/exchange.ts";
import { delivery } from "../browser/rows.ts";
import { run } from "../cli/support.ts";
import { jsonMessage } from "./json-message.ts";
import { type Bench, openBench, problemIn, TOKEN } from "./setup.ts";

const T0 = Date.UTC(2026, 10, 1, 12);
/** When the target of the third message was tried, which was away. */
const AWAY = Array.from({ length: 1_055 }, (_, n) => T0 + n * 10);
const BODY = `{"name":"Ada 'O'Hara'"}`;
const REFUSED: Exchange = {
  sent: {
    line: "PUT https://billing.example.com/customers?key=•••",
    fields: {
      ...{ "content-type": "application/json", "content-length": "23", authorization: "Bearer •••" },
    },
    body: "delivery",
  },
  answered: { line: "422", fields: { "x-request-id": "7f" }, body: { text: "no such country", size: 15 } },
};
const CURL = `curl -X PUT 'https://billing.example.com/customers?key='"$SECRET"'' \\
  -H 'content-type: application/json' \\
  -H 'authorization: Bearer '"$AUTHORIZATION"'' \\
  --data-raw '{"name":"Ada '\\''O'\\''Hara'\\''"}'`;

let bench: Bench;
const keys = new Map<string, string>();

beforeAll(async () => {
  bench = await openBench();
  await bench.store.transaction(async (tx) => {
    await tx.flows.deploy("any", "hash-any", { "flow.yaml": "x" }, ["billing.customer"], T0);
    const route = (await tx.flows.routes())[0]?.id ?? 0;
    const message = jsonMessage({ key: "k", acceptedAt: T0 });
    await tx.messages.insert([message, message, message]);
    const sent = { key: "k", body: Buffer.from(BODY), createdAt: T0 };
    await tx.deliveries.insert([delivery(1, route, sent), delivery(3, route, sent)]);
    const attempt = { delivery: 1, startedAt: T0, endedAt: T0 + 9, code: "TL_TARGET_REFUSED", answer: "422" };
    const silent: Exchange = { sent: { line: "SEND /queue/out", body: { text: "x", size: 90_000 } } };
    await tx.deliveries.attempts([
      { ...attempt, attempt: 1, exchange: null },
      { ...attempt, attempt: 2, exchange: REFUSED },
      { ...attempt, attempt: 3, exchange: silent },
      ...AWAY.map((startedAt) => ({
        ...{ delivery: 2, attempt: 1, startedAt, endedAt: startedAt + 5, code: "TL_TARGET_UNAVAILABLE" },
        ...{ answer: null, exchange: null },
      })),
    ]);
  });
  for (const role of ["viewer", "operator", "engineer"] as const) {
    const answer = await bench.post("/api/v1/keys", { name: role, role, payloads: false });
    keys.set(role, ((await answer.json()) as { readonly key: string }).key);
  }
});
afterAll(() => bench.close());

const AT = new Date(T0).toISOString();

function get(who: string, attempt: number, message = "m-1", at = AT): Promise<Response> {
  const path = `/messages/${message}/deliveries/1/attempts/${attempt}?startedAt=${at}`;
  return bench.get(`/api/v1${path}`, { authorization: `Bearer ${keys.get(who)}` });
}

async function seen(): Promise<readonly string[]> {
  const { items } = await bench.queries.audit({ before: null, limit: 100 });
  return items.filter(({ act }) => act === "see-payloads").map(({ actor, detail }) => `${actor} ${detail}`);
}

test("what an attempt exchanged is for those who may see payloads, and each look is in the audit log", async () => {
  for (const who of ["viewer", "operator"])
    expect(await problemIn(bench, await get(who, 2))).toMatchObject({ code: "TL_FORBIDDEN" });
  expect(await seen()).toEqual([]);
  const answer = await get("engineer", 2);
  expect(await answer.json()).toEqual({
    attempt: 2,
    sent: { ...REFUSED.sent, body: { text: BODY, size: BODY.length } },
    answered: REFUSED.answered,
    curl: CURL,
  });
  expect(await seen()).toEqual(['key engineer {"what":"as exchanged","delivery":1,"attempt":2}']);
});

test("what did not go over HTTP is no curl line, and what was not answered says so", async () => {
  expect(await (await get("engineer", 3)).json()).toEqual({
    attempt: 3,
    sent: { line: "SEND /queue/out", fields: {}, body: { text: "x", size: 90_000 } },
    answered: null,
    curl: null,
  });
});

test("an attempt of which nothing is kept, another's or none is not found, and the list says which", async () => {
  for (const answer of [get("engineer", 1), get("engineer", 9), get("engineer", 2, "m-2")])
    expect(await problemIn(bench, await answer)).toMatchObject({ code: "TL_NOT_FOUND" });
  expect((await get("engineer", 2, "m-1", "yesterday")).status).toBe(400);
  const message = (await (await bench.get("/api/v1/messages/m-1")).json()) as {
    readonly deliveries: readonly {
      readonly tries: { readonly items: readonly { readonly exchanged: boolean }[] };
    }[];
  };
  // The newest first.
  expect(message.deliveries[0]?.tries.items.map(({ exchanged }) => exchanged)).toEqual([true, true, false]);
});

test("attempts are listed newest first, page by page, with answers for those who may see payloads", async () => {
  const list = (who: string, query = "", delivery = "m-1/deliveries/1") =>
    bench.get(`/api/v1/messages/${delivery}/attempts${query}`, { authorization: `Bearer ${keys.get(who)}` });
  const pageOf = async (who: string, query?: string) =>
    (await (await list(who, query)).json()) as {
      readonly items: readonly { readonly answer: string | null }[];
      readonly next: string | null;
    };
  const shown = {
    ...{ startedAt: AT, endedAt: new Date(T0 + 9).toISOString(), code: "TL_TARGET_REFUSED", answer: "422" },
    exchanged: true,
  };
  const first = await pageOf("engineer", "?limit=2");
  expect(first.items).toEqual([
    { ...shown, attempt: 3 },
    { ...shown, attempt: 2 },
  ]);
  expect(await pageOf("engineer", `?limit=2&cursor=${first.next}`)).toEqual({
    items: [{ ...shown, attempt: 1, exchanged: false }],
    next: null,
  });
  for (const who of ["viewer", "operator"])
    expect(await pageOf(who)).toEqual({
      items: [3, 2, 1].map((attempt) => ({ ...shown, attempt, answer: null, exchanged: attempt > 1 })),
      next: null,
    });
  for (const other of ["m-2/deliveries/1", "m-1/deliveries/9"])
    expect(await problemIn(bench, await list("viewer", "", other))).toMatchObject({ code: "TL_NOT_FOUND" });
  for (const query of ["?cursor=5", `?cursor=${writeCursor([T0, "1"])}`, "?limit=501"])
    expect((await list("viewer", query)).status, query).toBe(400);
});

test("of a delivery that was tried often the newest attempts come with its message, and how many were before", async () => {
  interface Tries {
    readonly items: readonly { readonly startedAt: string }[];
    readonly next: string | null;
  }
  interface Shown {
    readonly deliveries: readonly { readonly tries: Tries; readonly earlierTries: number }[];
    readonly trail: readonly { readonly at: string; readonly step: string; readonly route: string | null }[];
  }
  const ask = async <Answer>(path: string) =>
    (await (await bench.get(`/api/v1/messages/m-3${path}`)).json()) as Answer;
  const { deliveries, trail } = await ask<Shown>("");
  const { tries, earlierTries } = deliveries[0]!;
  expect(earlierTries).toBe(1_000);
  expect(tries.items).toHaveLength(50);
  const times = AWAY.map((at) => new Date(at).toISOString()).reverse();
  expect(trail.slice(0, 4).map(({ step }) => step)).toEqual([
    ...["accepted", "delivery queued", "1,000 earlier attempts or more", "attempt 1"],
  ]);
  expect(trail[2]).toMatchObject({ at: times[49], route: "billing.customer" });
  expect(trail.filter(({ step }) => step === "attempt 1")).toHaveLength(50);
  const found = [...tries.items];
  for (let { next } = tries; next !== null; ) {
    const page: Tries = await ask<Tries>(`/deliveries/2/attempts?limit=500&cursor=${next}`);
    found.push(...page.items);
    next = page.next;
  }
  expect(found.map(({ startedAt }) => startedAt)).toEqual(times);
});

test("what targets said of a message is for those who may see payloads, in its timeline too", async () => {
  const shown = async (who: string) => {
    const answer = await bench.get("/api/v1/messages/m-1", { authorization: `Bearer ${keys.get(who)}` });
    return answer.text();
  };
  for (const who of ["viewer", "operator"]) expect(await shown(who)).not.toContain("422");
  expect((await shown("engineer")).split('"detail":"422, TL_TARGET_REFUSED')).toHaveLength(4);
});

test("`tieline messages show --attempts` shows the same, also as JSON", async () => {
  const line = ["messages", "show", "m-1", "--attempts", "--url", bench.url, "--token", TOKEN];
  const { code, out } = await run(line);
  expect(code).toBe(0);
  expect(out).toContain("m-1.billing.customer, attempt 1 at 2026-11-01T12:00:00.000Z\nNothing is kept");
  expect(out).toContain("> authorization: Bearer •••");
  expect(out).toContain("< 422\n< x-request-id: 7f\n\nno such country");
  expect(out).toContain("> SEND /queue/out\n\nx\nno answer came");
  const { json } = await run([...line, "--json"]);
  expect(json()).toMatchObject({
    id: "m-1",
    attempts: [{ attempt: 1, exchange: null }, { attempt: 2, exchange: { curl: CURL } }, { attempt: 3 }],
    leftOut: {},
  });
});

test("`tieline messages show --attempts` asks for the newest ones only, and says how many it left out", async () => {
  const hub = ["--url", bench.url, "--token", TOKEN];
  const line = ["messages", "show", "m-1", "--attempts", "--limit", "2", ...hub];
  const before = (await seen()).length;
  const { out } = await run(line);
  expect((await seen()).length - before).toBe(2);
  expect(out).toContain("left out: 1 earlier attempt of m-1.billing.customer; --limit shows more\n\nm-1.");
  expect(out).not.toContain("attempt 1 at");
  const { json } = await run([...line, "--json"]);
  expect(json()).toMatchObject({
    attempts: [{ attempt: 2 }, { attempt: 3 }],
    leftOut: { "m-1.billing.customer": 1 },
  });
  const away = await run(["messages", "show", "m-3", "--attempts", ...hub, "--json"]);
  expect(away.json()).toMatchObject({ leftOut: { "m-3.billing.customer": 1_030 } });
  expect((away.json() as { readonly attempts: readonly unknown[] }).attempts).toHaveLength(20);
  const text = (await run(["messages", "show", "m-3", "--attempts", ...hub])).out;
  expect(text).toContain("left out: 1,030 earlier attempts or more of m-3.billing.customer");
  expect((await run([...line, "--limit", "many"])).code).toBe(2);
});
