import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { hashPassword, isPassword } from "../../src/api/access/password.ts";
import { HubError } from "../../src/errors.ts";
import { may, type Permission, USER_ROLES, type UserRole } from "../../src/message/permission.ts";
import { type Bench, emptyDesk, openBench, problemIn, TOKEN } from "./setup.ts";

const OWN = { "sec-fetch-site": "same-origin" };
const PASSWORD = "correct horse battery";
/** A password takes a third of a second to check, where nothing else runs. */
vi.setConfig({ testTimeout: 120_000 });
let bench: Bench;

beforeAll(async () => {
  bench = await openBench({ desk: emptyDesk });
});
afterAll(() => bench.close());

interface Shown {
  readonly id: string;
  readonly key: string;
  readonly usedAt: string | null;
}

async function makeKey(role: UserRole): Promise<Shown> {
  const answer = await bench.post("/api/v1/keys", { name: `the ${role}`, role });
  expect(answer.status).toBe(200);
  return (await answer.json()) as Shown;
}

function signIn(name: string, password: string): Promise<Response> {
  return bench.post("/api/v1/session", { name, password }, { authorization: "", ...OWN });
}

async function addUser(name: string, role: UserRole): Promise<string> {
  expect((await bench.post("/api/v1/users", { name, password: PASSWORD, role })).status).toBe(200);
  return cookieOf(await signIn(name, PASSWORD));
}

function cookieOf(answer: Response): string {
  return answer.headers.get("set-cookie")?.split(";", 1)[0] ?? "";
}

interface Description {
  readonly paths: Record<string, Record<string, { readonly "x-permission": string }>>;
}

test("each role may call the routes that it has the permission for, and no other", async () => {
  const { paths } = (await (await bench.get("/api/v1/openapi.json", {})).json()) as Description;
  let refused = 0;
  for (const role of USER_ROLES) {
    const { key } = await makeKey(role);
    for (const [path, methods] of Object.entries(paths)) {
      for (const [method, operation] of Object.entries(methods)) {
        const needed = operation["x-permission"];
        const name = `${role} ${method} ${path}`;
        const stop = new AbortController();
        const answer = await fetch(bench.url + path.replace(/\{\w+\}/g, "any"), {
          method: method.toUpperCase(),
          headers: { authorization: `Bearer ${key}` },
          signal: stop.signal,
        });
        const open = ["open", "own"].includes(needed) || path === "/metrics";
        if (open || may({ role, payloads: false }, needed as Permission)) {
          expect([401, 403], name).not.toContain(answer.status);
        } else {
          expect(answer.status, name).toBe(403);
          expect(await problemIn(bench, answer), name).toMatchObject({
            code: "TL_FORBIDDEN",
            cure: expect.stringContaining("Ask an administrator"),
          });
          refused += 1;
        }
        stop.abort();
      }
    }
  }
  expect(refused).toBeGreaterThan(80);
});

test("a key acts in its own name, is told by when it was used, and opens nothing once it is revoked", async () => {
  const { id, key } = await makeKey("operator");
  const headers = { authorization: `Bearer ${key}` };
  expect((await bench.post("/api/v1/flows/any/pause", {}, headers)).status).toBe(200);
  expect(bench.engine.acts.at(-1)?.by.actor).toBe("key the operator");
  await expect
    .poll(async () => {
      const { items } = (await (await bench.get("/api/v1/keys")).json()) as { items: Shown[] };
      return items.find((one) => one.id === id)?.usedAt;
    })
    .not.toBeNull();
  const listed = await (await bench.get("/api/v1/keys")).text();
  expect(listed).toContain(id);
  expect(listed).not.toContain(key.slice(20));
  expect((await bench.post(`/api/v1/keys/${id}/revoke`)).status).toBe(200);
  expect((await bench.get("/api/v1/status", headers)).status).toBe(401);
  const other = `${key.slice(0, -1)}${key.endsWith("A") ? "B" : "A"}`;
  expect((await bench.get("/api/v1/status", { authorization: `Bearer ${other}` })).status).toBe(401);
});

test("a user signs in, acts by name from our own page only, and signs out for good", async () => {
  const cookie = await addUser("vera", "operator");
  expect(cookie).toMatch(/^tieline_session=[\w-]{43}$/);
  const session = await (await bench.get("/api/v1/session", { cookie })).json();
  expect(session).toMatchObject({
    signedIn: true,
    users: true,
    user: { name: "vera", role: "operator", permissions: ["read", "operate", "reveal", "desk"] },
  });
  const pause = (headers: Record<string, string>) =>
    bench.post("/api/v1/flows/any/pause", {}, { authorization: "", cookie, ...headers });
  expect((await pause({})).status).toBe(401);
  expect((await pause({ "sec-fetch-site": "cross-site" })).status).toBe(401);
  expect((await pause(OWN)).status).toBe(200);
  expect(bench.engine.acts.at(-1)?.by.actor).toBe("vera");
  expect((await bench.get("/api/v1/users", { cookie })).status).toBe(403);
  await fetch(`${bench.url}/api/v1/session`, { method: "DELETE", headers: { cookie, ...OWN } });
  expect((await bench.get("/api/v1/status", { cookie })).status).toBe(401);
});

test("an open stream ends when its user signs out, is disabled, or may not read any more", async () => {
  const listen = async (cookie: string) => {
    const { body, status } = await bench.get("/api/v1/stream", { cookie });
    expect(status).toBe(200);
    return new Response(body).text();
  };
  const [leaves, disabled, agent] = await Promise.all(
    ["lotte", "dirk", "agnes"].map((name) => addUser(name, "viewer")),
  );
  const owner = await bench.post("/api/v1/session", { token: TOKEN }, { authorization: "" });
  const cookies = [leaves, disabled, agent, cookieOf(owner)].map((cookie) => cookie ?? "");
  const streams = await Promise.all(cookies.map(async (cookie) => ({ ended: listen(cookie) })));
  for (const cookie of [cookies[0] ?? "", cookies[3] ?? ""])
    await fetch(`${bench.url}/api/v1/session`, { method: "DELETE", headers: { cookie, ...OWN } });
  await bench.post("/api/v1/users/dirk", { disabled: true });
  await bench.post("/api/v1/users/agnes", { role: "agent" });
  for (const { ended } of streams) expect(await ended).toContain("event: status");
});

test("an open stream outlasts a store that does not answer, and no sign-out", async () => {
  const cookie = await addUser("stella", "viewer");
  const { body } = await bench.get("/api/v1/stream", { cookie });
  let isOpen = true;
  const ended = new Response(body).text().finally(() => {
    isOpen = false;
  });
  const away = vi
    .spyOn(bench.queries.access, "session")
    .mockRejectedValue(new HubError("TL_STORE_FAILED", "the database is away"));
  try {
    await vi.waitUntil(() => away.mock.calls.length >= 2, { timeout: 60_000 });
  } finally {
    away.mockRestore();
  }
  expect(isOpen).toBe(true);
  await fetch(`${bench.url}/api/v1/session`, { method: "DELETE", headers: { cookie, ...OWN } });
  expect(await ended).toContain("event: status");
});

test("a wrong name, a wrong password and a disabled user are answered alike", async () => {
  const cookie = await addUser("dora", "viewer");
  const answers = [await signIn("dora", "not her password"), await signIn("nobody", PASSWORD)];
  expect((await bench.post("/api/v1/users/dora", { disabled: true })).status).toBe(200);
  expect((await bench.get("/api/v1/status", { cookie })).status).toBe(401);
  answers.push(await signIn("dora", PASSWORD));
  const problems = await Promise.all(answers.map((answer) => problemIn(bench, answer)));
  const plain = problems.map(({ instance: _, ...rest }) => rest);
  expect(plain[0]).toMatchObject({ status: 401, code: "TL_UNAUTHORIZED" });
  expect(plain[1]).toEqual(plain[0]);
  expect(plain[2]).toEqual(plain[0]);
  expect(answers.map(cookieOf)).toEqual(["", "", ""]);
});

test("after five wrong passwords the right one opens nothing, until an administrator gives another", async () => {
  await addUser("lena", "viewer");
  for (let time = 0; time < 5; time++) expect((await signIn("lena", "wrong wrong wrong")).status).toBe(401);
  expect((await signIn("lena", PASSWORD)).status).toBe(401);
  expect((await bench.post("/api/v1/users/lena/password", { password: "another password" })).status).toBe(
    200,
  );
  expect((await signIn("LENA", "another password")).status).toBe(200);
});

test("a user changes the own password, which ends the other sessions and needs the present one", async () => {
  const other = await addUser("paul", "engineer");
  const mine = cookieOf(await signIn("paul", PASSWORD));
  const change = (current: string, password: string) =>
    bench.post(
      "/api/v1/session/password",
      { current, password },
      { authorization: "", cookie: mine, ...OWN },
    );
  expect((await change("not the present one", "a new password!")).status).toBe(401);
  expect((await change(PASSWORD, "short")).status).toBe(400);
  const changed = await change(PASSWORD, "a new password!");
  expect(changed.status).toBe(200);
  for (const cookie of [other, mine])
    expect((await bench.get("/api/v1/status", { cookie })).status).toBe(401);
  expect((await bench.get("/api/v1/status", { cookie: cookieOf(changed) })).status).toBe(200);
  const byToken = await bench.post("/api/v1/session/password", { current: "x", password: PASSWORD });
  expect(byToken.status).toBe(409);
});

test("the audit log tells who signed in, and says itself that nobody changed it", async () => {
  await addUser("olga", "admin");
  const { items } = (await (await bench.get("/api/v1/audit?limit=200")).json()) as {
    items: { actor: string; act: string; target: string; hash: string }[];
  };
  const olga = items.filter((entry) => entry.target === "olga").map(({ actor, act }) => `${actor} ${act}`);
  expect(olga).toEqual(["olga sign-in", "api add-user"]);
  const report = await (await bench.get(`/api/v1/audit/verify?head=${items.at(-1)?.hash}`)).json();
  expect(report).toMatchObject({ unsealed: 0, brokenAt: null, head: items[0]?.hash, knows: true });
});

test("no password, key, session or token is in what the hub logs or tells", async () => {
  const cookie = await addUser("nora", "viewer");
  const { key } = await makeKey("viewer");
  const told = [
    ...bench.logged,
    await (await bench.get("/api/v1/users")).text(),
    await (await bench.get("/api/v1/keys")).text(),
    await (await bench.get("/api/v1/audit?limit=500")).text(),
    await (await bench.get("/metrics")).text(),
  ].join("\n");
  for (const secret of [PASSWORD, cookie.split("=")[1] ?? "-", key, TOKEN, "scrypt$"])
    expect(told).not.toContain(secret);
});

test("a password is kept as a hash with its own salt and cost", async () => {
  const kept = await hashPassword("pässword with 🔑");
  expect(kept).toMatch(/^scrypt\$32768\$8\$3\$[\w-]{22}\$[\w-]{43}$/);
  expect(await hashPassword("pässword with 🔑")).not.toBe(kept);
  expect(await isPassword("pa\u0308ssword with 🔑", kept)).toBe(true);
  expect(await isPassword("password with 🔑", kept)).toBe(false);
  expect(await isPassword("pässword with 🔑", null)).toBe(false);
});
