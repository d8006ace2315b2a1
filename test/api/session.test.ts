import { afterAll, beforeAll, expect, test } from "vitest";
import { hasSession, sessionCookie } from "../../src/api/session.ts";
import { type Bench, openBench, problemIn, TOKEN } from "./setup.ts";

const NOW = Date.UTC(2027, 2, 28);
const OWN = { "sec-fetch-site": "same-origin" };
let bench: Bench;

beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

function cookieOf(set: string): string {
  return set.split(";", 1)[0] ?? "";
}

test("a session ends by itself, with a new token, and when it is changed", () => {
  const cookie = cookieOf(sessionCookie(TOKEN, NOW, false));
  const asks = (token: string, at: number, given = cookie) =>
    hasSession({ method: "GET", headers: { cookie: `a=b; ${given}; c=d` } }, token, at);
  expect(asks(TOKEN, NOW)).toBe(true);
  expect(asks(TOKEN, NOW + 13 * 3_600_000)).toBe(false);
  expect(asks("tl_another", NOW)).toBe(false);
  const [, until = "", proof = ""] = /=(\d+)\.(.*)$/.exec(cookie) ?? [];
  expect(asks(TOKEN, NOW, `tieline_session=${Number(until) + 1}.${proof}`)).toBe(false);
  for (const broken of ["", ".", `${until}.`, `.${proof}`, `${until}`, "tieline_session="])
    expect(asks(TOKEN, NOW, `tieline_session=${broken}`)).toBe(false);
});

test("the cookie is out of reach of scripts and other sites, and holds no token", () => {
  const set = sessionCookie(TOKEN, NOW, true);
  for (const part of ["HttpOnly", "SameSite=Strict", "Path=/api", "Secure"]) expect(set).toContain(part);
  expect(set).not.toContain(TOKEN);
  expect(sessionCookie(TOKEN, NOW, false)).not.toContain("Secure");
});

test("a browser that is signed in changes things from our own page only", () => {
  const cookie = cookieOf(sessionCookie(TOKEN, NOW, false));
  const asks = (headers: Record<string, string>) =>
    hasSession({ method: "POST", headers: { cookie, host: "hub:8400", ...headers } }, TOKEN, NOW);
  expect(asks(OWN)).toBe(true);
  expect(asks({ origin: "http://hub:8400" })).toBe(true);
  expect(asks({})).toBe(false);
  expect(asks({ "sec-fetch-site": "cross-site", origin: "http://hub:8400" })).toBe(false);
  expect(asks({ "sec-fetch-site": "same-site" })).toBe(false);
  expect(asks({ origin: "http://evil.example" })).toBe(false);
  expect(asks({ origin: "http://hub:8400.evil.example" })).toBe(false);
});

test("a browser signs in with the token, acts in its own name, and signs out", async () => {
  const wrong = await bench.post("/api/v1/session", { token: "tl_wrong" }, { authorization: "" });
  expect(await problemIn(bench, wrong)).toMatchObject({ status: 401, code: "TL_UNAUTHORIZED" });
  expect(wrong.headers.get("set-cookie")).toBeNull();

  const right = await bench.post("/api/v1/session", { token: TOKEN }, { authorization: "" });
  expect(await right.json()).toMatchObject({
    signedIn: true,
    auth: "token",
    users: false,
    user: { name: null, role: "admin" },
  });
  const cookie = cookieOf(right.headers.get("set-cookie") ?? "");
  expect(await (await bench.get("/api/v1/session", { cookie })).json()).toMatchObject({ signedIn: true });
  expect(await (await bench.get("/api/v1/session", {})).json()).toMatchObject({ signedIn: false });
  expect((await bench.get("/api/v1/status", { cookie })).status).toBe(200);
  expect((await bench.get("/api/v1/status", {})).status).toBe(401);

  const pause = (headers: Record<string, string>) =>
    bench.post("/api/v1/flows/any/pause", {}, { authorization: "", cookie, ...headers });
  expect((await pause({})).status).toBe(401);
  expect((await pause(OWN)).status).toBe(200);
  expect(bench.engine.acts.at(-1)).toMatchObject({ act: "pause", by: { actor: "dashboard" } });

  const other = await bench.post("/api/v1/session", { token: TOKEN }, { authorization: "" });
  const signOut = (headers: Record<string, string>) =>
    fetch(`${bench.url}/api/v1/session`, { method: "DELETE", headers: { cookie, ...headers } });
  expect((await signOut({ "sec-fetch-site": "same-site" })).status).toBe(401);
  expect((await signOut({})).status).toBe(401);
  expect((await bench.get("/api/v1/status", { cookie })).status).toBe(200);
  for (let time = 0; time < 2; time++)
    expect((await signOut(OWN)).headers.get("set-cookie")).toContain("Max-Age=0");
  expect((await bench.get("/api/v1/status", { cookie })).status).toBe(401);
  expect(
    (await bench.get("/api/v1/status", { cookie: cookieOf(other.headers.get("set-cookie") ?? "") })).status,
  ).toBe(200);
  const { items } = await bench.queries.audit({ before: null, limit: 5 });
  expect(items.map(({ actor, act, target }) => `${actor} ${act} ${target}`)).toContain(
    "dashboard sign-out api",
  );
});

test("a page of another site cannot act on a hub that asks for no token", async () => {
  const open = await openBench({ settings: { auth: "none" } });
  const pause = (site: string) =>
    open.post("/api/v1/flows/any/pause", undefined, { authorization: "", "sec-fetch-site": site });
  expect((await pause("cross-site")).status).toBe(401);
  expect((await pause("same-origin")).status).toBe(200);
  expect(await (await open.get("/api/v1/session", {})).json()).toMatchObject({
    signedIn: true,
    auth: "none",
  });
  await open.close();
});
