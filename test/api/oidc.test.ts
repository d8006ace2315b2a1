import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { OidcSettings } from "../../src/config/oidc-settings.ts";
import type { UserRole } from "../../src/message/permission.ts";
import { CLIENT_SECRET, type OpenIdProvider, openOpenIdProvider } from "../fakes/openid-provider.ts";
import { type Bench, openBench } from "./setup.ts";

const OWN = { "sec-fetch-site": "same-origin" };
/** A password takes a third of a second to check, where nothing else runs. */
vi.setConfig({ testTimeout: 120_000 });

const PEOPLE = {
  "s-vera": { preferred_username: "Vera", groups: ["staff", "hub-viewers"] },
  "s-otto": { preferred_username: "otto", groups: ["hub-viewers", "hub-operators"] },
  "s-enno": { preferred_username: "Énno Müller", groups: ["hub-engineers"] },
  "s-adam": { preferred_username: "adam", groups: ["hub-admins", "hub-viewers"] },
  "s-agda": { preferred_username: "agda", groups: ["hub-agents"] },
  "s-nora": { preferred_username: "nora", groups: ["staff"] },
  "s-dora": { preferred_username: "dora", groups: ["hub-viewers"] },
  "s-lena": { preferred_username: "lena", groups: ["hub-viewers"] },
  "s-mary": { preferred_username: "mary", groups: ["hub-admins"] as string[] },
  "s-cli": { preferred_username: "cli", groups: ["hub-viewers"] },
};

let provider: OpenIdProvider;
let bench: Bench;

async function openAt(issuer: string, change: Partial<OidcSettings> = {}): Promise<Bench> {
  const roles = {
    ...{ "hub-viewers": "viewer", "hub-operators": "operator", "hub-engineers": "engineer" },
    ...{ "hub-admins": "admin", "hub-agents": "agent" },
  } as const;
  const oidc: OidcSettings = {
    ...{ issuer, clientId: "tieline", clientSecret: CLIENT_SECRET, label: "Sign in with ACME" },
    ...{ scopes: ["openid", "profile", "email", "groups"], nameClaim: "preferred_username" },
    roles: { claim: "groups", map: new Map(Object.entries(roles) as [string, UserRole][]), otherwise: null },
    ...change,
  };
  return openBench({ settings: { oidc } });
}

beforeAll(async () => {
  provider = await openOpenIdProvider(PEOPLE);
  bench = await openAt(provider.issuer);
  provider.register(`${bench.url}/api/v1/session/oidc/callback`, `${bench.url}/`);
});
beforeEach(() => {
  Object.assign(provider, { tokens: null, isThere: true, codeLife: 60 });
});
afterAll(async () => {
  await bench.close();
  await provider.close();
});

/** As much of a browser as signing in needs: it keeps cookies of each host, and follows where it is sent. */
function openBrowser() {
  const jars = new Map<string, Map<string, string>>();
  const jarOf = (url: string) => {
    const { host } = new URL(url);
    const jar = jars.get(host) ?? new Map<string, string>();
    jars.set(host, jar);
    return jar;
  };
  const visit = async (url: string): Promise<Response> => {
    const jar = jarOf(url);
    const cookie = [...jar].map((pair) => pair.join("=")).join("; ");
    const answer = await fetch(url, { redirect: "manual", headers: { cookie } });
    for (const set of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (value === "" || /Max-Age=0/.test(set)) jar.delete(name);
      else jar.set(name, value);
    }
    return answer;
  };
  const next = (answer: Response, from: string) => new URL(answer.headers.get("location") ?? "", from).href;
  return {
    visit,
    cookies: () => jarOf(bench.url),
    /** Goes to the provider and there to its last answer: the address that leads back to the hub. */
    async answerFor(who: string, to = "/", at = bench): Promise<string> {
      provider.who = who;
      let url = `${at.url}/api/v1/session/oidc?to=${encodeURIComponent(to)}`;
      for (let hops = 0; hops < 10; hops++) {
        const answer = await visit(url);
        expect(answer.status, await answer.text()).toBeLessThan(304);
        url = next(answer, url);
        if (url.startsWith(`${at.url}/api/v1/session/oidc/callback`)) return url;
      }
      throw new Error("the provider sends nobody back");
    },
    session: () => jarOf(bench.url).get("tieline_session"),
  };
}

type Browser = ReturnType<typeof openBrowser>;

/** Signs in, and tells where the browser ends up. */
async function signIn(who: string, to = "/", browser: Browser = openBrowser()) {
  const answer = await browser.visit(await browser.answerFor(who, to));
  return { browser, at: answer.headers.get("location"), answer };
}

async function sessionOf(browser: Browser): Promise<Record<string, unknown>> {
  const cookie = `tieline_session=${browser.session()}`;
  return (await (await bench.get("/api/v1/session", { cookie })).json()) as Record<string, unknown>;
}

async function actsOn(target: string): Promise<readonly string[]> {
  const { items } = await bench.queries.audit({ before: null, limit: 500 });
  return items
    .filter((entry) => entry.target === target)
    .map(({ actor, act }) => `${actor} ${act}`)
    .reverse();
}

test.each([
  ["s-vera", "vera", "viewer"],
  ["s-otto", "otto", "operator"],
  ["s-enno", "enno-muller", "engineer"],
  ["s-adam", "adam", "admin"],
  ["s-agda", "agda", "agent"],
])("%s signs in as %s, with the strongest role its groups give: %s", async (who, name, role) => {
  const { browser, at } = await signIn(who, "/messages?key=4711");
  expect(at).toBe("/messages?key=4711");
  expect(await sessionOf(browser)).toMatchObject({ signedIn: true, user: { name, role } });
  expect(await actsOn(name)).toEqual([`system add-user`, `${name} sign-in`]);
  expect([...browser.cookies().keys()]).toEqual(["tieline_session"]);
});

test("the hub asks by code, with a challenge, a state and a nonce, and never twice the same", async () => {
  const ask = async () => {
    const answer = await openBrowser().visit(`${bench.url}/api/v1/session/oidc`);
    const cookie = answer.headers.get("set-cookie") ?? "";
    for (const part of ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=600"]) expect(cookie).toContain(part);
    return new URL(answer.headers.get("location") ?? "").searchParams;
  };
  const [first, second] = [await ask(), await ask()];
  expect(Object.fromEntries(first)).toMatchObject({
    ...{ response_type: "code", client_id: "tieline", scope: "openid profile email groups" },
    ...{ redirect_uri: `${bench.url}/api/v1/session/oidc/callback`, code_challenge_method: "S256" },
  });
  for (const name of ["state", "nonce", "code_challenge"]) {
    expect(first.get(name)).toMatch(/^[\w-]{43}$/);
    expect(first.get(name)).not.toBe(second.get(name));
  }
});

test("an answer to another browser's question opens nothing", async () => {
  const stranger = openBrowser();
  const answer = await stranger.answerFor("s-vera");
  const victim = openBrowser();
  expect((await victim.visit(answer)).headers.get("location")).toBe("/?sign-in=failed");
  await victim.answerFor("s-otto");
  expect((await victim.visit(answer)).headers.get("location")).toBe("/?sign-in=failed");
  expect(victim.session()).toBeUndefined();
});

/** Comes back with a token that is the provider's own but for some claims, or for its signature. */
async function bring(change: Record<string, unknown>, signature?: string): Promise<string | null> {
  const browser = openBrowser();
  const answer = await browser.answerFor("s-vera");
  const nonce = browser.cookies().get("tieline_oidc")?.split(".")[1];
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: provider.issuer, sub: "s-vera", aud: "tieline", iat: now, exp: now + 600, nonce };
  const signed = provider.sign({ ...claims, ...change });
  const [head, body] = signed.split(".");
  const token = signature === undefined ? signed : [head, body, signature].join(".");
  const tokens = JSON.parse(provider.lastTokens()) as Record<string, string>;
  provider.tokens = JSON.stringify({ ...tokens, id_token: token });
  const { headers } = await browser.visit(answer);
  provider.tokens = null;
  expect(browser.session() === undefined).toBe(headers.get("location") !== "/");
  return headers.get("location");
}

test("an ID token that is not for this browser, hub and moment is refused", async () => {
  await signIn("s-vera");
  const own = { groups: ["hub-viewers"], preferred_username: "Vera" };
  expect(await bring(own)).toBe("/");
  expect(await bring({ ...own, nonce: "another" })).toBe("/?sign-in=failed");
  expect(await bring({ ...own, nonce: undefined })).toBe("/?sign-in=failed");
  expect(await bring({ ...own, aud: "another" })).toBe("/?sign-in=failed");
  expect(await bring({ ...own, iss: "https://login.example" })).toBe("/?sign-in=failed");
  expect(await bring(own, "A".repeat(342))).toBe("/?sign-in=failed");
  expect(await bring(own, "")).toBe("/?sign-in=failed");
});

test("clocks may differ by a minute and no more", async () => {
  await signIn("s-vera");
  const own = { groups: ["hub-viewers"], preferred_username: "Vera" };
  const now = Math.floor(Date.now() / 1000);
  expect(await bring({ ...own, iat: now - 100, exp: now - 30 })).toBe("/");
  expect(await bring({ ...own, iat: now - 200, exp: now - 120 })).toBe("/?sign-in=failed");
  expect(await bring({ ...own, nbf: now + 30 })).toBe("/");
  expect(await bring({ ...own, nbf: now + 120 })).toBe("/?sign-in=failed");
});

test("a code that has expired, or was used before, opens nothing", async () => {
  provider.codeLife = 1;
  const late = openBrowser();
  const answer = await late.answerFor("s-vera");
  await pause(2100);
  expect((await late.visit(answer)).headers.get("location")).toBe("/?sign-in=failed");
  provider.codeLife = 60;

  const browser = openBrowser();
  const used = await browser.answerFor("s-vera");
  const attempt = browser.cookies().get("tieline_oidc") ?? "";
  expect((await browser.visit(used)).headers.get("location")).toBe("/");
  expect((await browser.visit(used)).headers.get("location")).toBe("/?sign-in=failed");
  const copy = openBrowser();
  copy.cookies().set("tieline_oidc", attempt);
  expect((await copy.visit(used)).headers.get("location")).toBe("/?sign-in=failed");
  expect(copy.session()).toBeUndefined();
});

test("who has no group with a role is refused, leaves no user behind, and is in the audit log", async () => {
  const { at, browser } = await signIn("s-nora");
  expect(at).toBe("/?sign-in=refused");
  expect(browser.session()).toBeUndefined();
  expect(await bench.queries.access.user("nora")).toBeUndefined();
  expect(await actsOn("nora")).toEqual(["system refuse-sign-in"]);

  const open = await openAt(provider.issuer, {
    roles: { claim: "groups", map: new Map(), otherwise: "viewer" },
  });
  provider.register(`${open.url}/api/v1/session/oidc/callback`, `${open.url}/`);
  const guest = openBrowser();
  expect((await guest.visit(await guest.answerFor("s-nora", "/", open))).headers.get("location")).toBe("/");
  expect(await open.queries.access.user("nora")).toMatchObject({ role: "viewer", hash: null });
  provider.register(`${bench.url}/api/v1/session/oidc/callback`, `${bench.url}/`);
  await open.close();
});

test("a disabled user stays out, whatever the provider says", async () => {
  const { browser } = await signIn("s-dora");
  expect((await bench.post("/api/v1/users/dora", { disabled: true })).status).toBe(200);
  expect(await sessionOf(browser)).toMatchObject({ signedIn: false });
  expect((await signIn("s-dora")).at).toBe("/?sign-in=refused");
  expect((await actsOn("dora")).at(-1)).toBe("dora refuse-sign-in");
});

test("the role follows the claim at each sign-in, and the audit log says so", async () => {
  expect(await sessionOf((await signIn("s-mary")).browser)).toMatchObject({ user: { role: "admin" } });
  PEOPLE["s-mary"].groups = ["hub-viewers"];
  expect(await sessionOf((await signIn("s-mary")).browser)).toMatchObject({ user: { role: "viewer" } });
  expect(await actsOn("mary")).toEqual([
    ...["system add-user", "mary sign-in", "system change-user", "mary sign-in"],
  ]);
});

test("a person never gets a local account, or the hub's own name, by having the same name", async () => {
  const local = { name: "lena", password: "correct horse battery", role: "admin" };
  expect((await bench.post("/api/v1/users", local)).status).toBe(200);
  const { browser } = await signIn("s-lena");
  expect(await sessionOf(browser)).toMatchObject({ user: { name: "lena-2", role: "viewer" } });
  expect(await sessionOf((await signIn("s-cli")).browser)).toMatchObject({ user: { name: "cli-2" } });
  expect(await bench.queries.access.user("lena")).toMatchObject({ role: "admin", subject: null });
  const byPassword = await bench.post(
    "/api/v1/session",
    { name: "lena-2", password: "correct horse battery" },
    { authorization: "", ...OWN },
  );
  expect(byPassword.status).toBe(401);
});

test("a session that a browser had before is not the one that is signed in", async () => {
  const browser = openBrowser();
  const planted = "A".repeat(43);
  browser.cookies().set("tieline_session", planted);
  await signIn("s-vera", "/", browser);
  expect(browser.session()).toMatch(/^[\w-]{43}$/);
  expect(browser.session()).not.toBe(planted);
  const answer = await bench.get("/api/v1/status", { cookie: `tieline_session=${planted}` });
  expect(answer.status).toBe(401);
});

test("signing out ends the session here, leads to the provider, and is for our own page only", async () => {
  const { browser } = await signIn("s-otto");
  const cookie = `tieline_session=${browser.session()}`;
  const signOut = (headers: Record<string, string>) =>
    fetch(`${bench.url}/api/v1/session`, { method: "DELETE", headers: { cookie, ...headers } });
  for (const site of ["cross-site", "same-site"])
    expect((await signOut({ "sec-fetch-site": site })).status).toBe(401);
  expect(await sessionOf(browser)).toMatchObject({ signedIn: true });
  const { leave } = (await (await signOut(OWN)).json()) as { leave: string };
  expect(Object.fromEntries(new URL(leave).searchParams)).toEqual({
    ...{ client_id: "tieline", post_logout_redirect_uri: `${bench.url}/` },
  });
  expect(leave.startsWith(`${provider.issuer}/`)).toBe(true);
  expect((await browser.visit(leave)).status).toBe(200);
  expect(await sessionOf(browser)).toMatchObject({ signedIn: false });
});

test("who came by another name of this machine signs in under the name that the provider knows", async () => {
  const byName = bench.url.replace("127.0.0.1", "localhost");
  const answer = await fetch(`${byName}/api/v1/session/oidc?to=%2Ferrors`, { redirect: "manual" });
  expect(answer.headers.get("location")).toBe(`${bench.url}/api/v1/session/oidc?to=%2Ferrors`);
});

test.each([
  "//evil.example",
  "/\\evil.example",
  "https://evil.example/",
  "/api/v1/session",
  "javascript:x",
  "/x/..//e",
])("nobody is sent on to %s", async (to) => {
  expect((await signIn("s-vera", to)).at).toBe("/");
});

test("without its provider the hub starts, tells so, and takes local accounts", async () => {
  const lost = await openAt("http://127.0.0.1:9");
  const browser = openBrowser();
  const answer = await browser.visit(`${lost.url}/api/v1/session/oidc`);
  expect(answer.headers.get("location")).toBe("/?sign-in=away");
  expect(await (await lost.get("/api/v1/session", {})).json()).toMatchObject({
    provider: { label: "Sign in with ACME", there: false },
  });
  const local = { name: "lena", password: "correct horse battery", role: "viewer" };
  expect((await lost.post("/api/v1/users", local)).status).toBe(200);
  const { name, password } = local;
  expect((await lost.post("/api/v1/session", { name, password }, { authorization: "", ...OWN })).status).toBe(
    200,
  );
  await lost.close();

  const back = await openBrowser().answerFor("s-vera");
  provider.isThere = false;
  expect((await openBrowser().visit(back)).headers.get("location")).toBe("/?sign-in=failed");
  const here = openBrowser();
  provider.isThere = true;
  const own = await here.answerFor("s-vera");
  provider.isThere = false;
  expect((await here.visit(own)).headers.get("location")).toBe("/?sign-in=away");
});

test("what the provider says when a person does not agree ends on the sign-in screen", async () => {
  const browser = openBrowser();
  const answer = new URL(await browser.answerFor("s-vera"));
  answer.searchParams.delete("code");
  answer.searchParams.set("error", "access_denied");
  answer.searchParams.set("error_description", "<script>secret");
  expect((await browser.visit(answer.href)).headers.get("location")).toBe("/?sign-in=failed");
  expect(bench.logged.join("\n")).toContain("access_denied");
});

test("no code, token or secret is in what the hub logs, stores or tells", async () => {
  const browser = openBrowser();
  const answer = await browser.answerFor("s-vera");
  await browser.visit(answer);
  await browser.visit(answer);
  const tokens = JSON.parse(provider.lastTokens()) as Record<string, string>;
  const told = [
    ...bench.logged,
    JSON.stringify(await bench.queries.access.users()),
    await (await bench.get("/api/v1/audit?limit=500")).text(),
    await (await bench.get("/metrics")).text(),
    JSON.stringify(await sessionOf(browser)),
  ].join("\n");
  const { code } = Object.fromEntries(new URL(answer).searchParams);
  const secrets = [code, tokens["access_token"], tokens["id_token"], CLIENT_SECRET, browser.session()];
  for (const secret of secrets) expect(told).not.toContain(secret ?? "-");
});
