import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import email from "../../connectors/email/index.ts";
import type { EmailOptions } from "../../connectors/email/settings.ts";
import type { Outgoing, System } from "../../src/connector/contract.ts";
import { HubError } from "../../src/errors.ts";
import { startTokenEndpoint, type TokenEndpoint } from "../fakes/token-endpoint.ts";
import { startTokenIntrospection, type TokenIntrospection } from "../fakes/token-introspection.ts";
import type { TestEngine } from "../flow/setup.ts";
import { hubReading, until } from "./reading-hub.ts";

const peer = (name: string): string => process.env[`TIELINE_PEER_${name}`] ?? "";
const TLS = { tls: "verify", authority: peer("AUTHORITY") } as const;

let introspection: TokenIntrospection;
let endpoint: TokenEndpoint;
let folder: string;
let user: string;
let name: string;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tieline-oauth-peer-"));
  introspection = await startTokenIntrospection(Number(peer("INTROSPECTION")));
});
afterAll(async () => {
  await introspection.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  endpoint = await startTokenEndpoint();
  closing.push(() => endpoint.close());
  introspection.good.clear();
  (introspection.asked as string[]).length = 0;
  user = `user-${randomBytes(6).toString("hex")}@crm.test`;
  name = encodeURIComponent(user);
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const oauth = () => ({ url: endpoint.url, client: "tieline", secret: "the-secret", scope: "mail" });

function open(over: Partial<EmailOptions> = {}): System {
  const settings: EmailOptions = {
    imap: { url: `imap://${name}@localhost:${peer("IMAP")}`, oauth: oauth(), ...TLS },
    mailboxes: { inbox: { every: 300_000 } },
    smtp: { url: `smtps://${name}@localhost:${peer("SMTPS")}`, oauth: oauth(), authority: TLS.authority },
    outgoing: { letter: { from: user, idempotent: false } },
    ...over,
  };
  return email.open(settings, { system: "mail", data: folder, hub: "peer", now: () => Date.now() });
}

async function send(system: System): Promise<string> {
  const body = { to: [user], subject: "By token", text: "Hello" };
  const delivery: Outgoing = { id: "m-1.mail", sequence: 1, key: "K", body, attempt: 1 };
  const sent = system.sinks["letter"]?.send(delivery, AbortSignal.timeout(14_000));
  return (sent ?? Promise.reject(new Error("no sink"))).then(({ answer }) => answer.slice(0, 3), codeOf);
}

function codeOf(error: unknown): string {
  return error instanceof HubError ? `${error.code}: ${error.message}. ${error.cure}` : String(error);
}

const checked = (system: System): Promise<string> => system.check().then(() => "good", codeOf);

async function hubOn(system: System): Promise<TestEngine> {
  const hub = await hubReading({ flow: "mails", system: "mail", read: "inbox", key: "id" }, system);
  closing.push(() => hub.dispose());
  return hub;
}

/** A way to the IMAP server on which it does not speak of OAUTHBEARER, as many do not; unencrypted. */
async function imapOfXoauth2(): Promise<number> {
  const server = createServer((client) => {
    const upstream = connect(Number(peer("IMAP")), "127.0.0.1");
    for (const socket of [client, upstream]) socket.on("error", () => undefined);
    client.pipe(upstream);
    upstream.on("data", (bytes) =>
      client.write(bytes.toString("latin1").replaceAll(" AUTH=OAUTHBEARER", ""), "latin1"),
    );
    client.on("close", () => upstream.destroy());
    upstream.on("close", () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(async () => server.close());
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

describe("a mail account that is proved by a token", () => {
  test("reads by OAUTHBEARER and sends by XOAUTH2, each with one token", async () => {
    introspection.good.set("token-1", user).set("token-2", user);
    const system = open();
    const hub = await hubOn(system);
    await until(async () => (await hub.engine.status()).flows[0]?.source?.state === "connected");
    expect(await send(system)).toBe("250");
    expect(await send(system)).toBe("250");
    await until(() => (hub.sql.get<{ n: number }>("SELECT count(*) AS n FROM message")?.n ?? 0) > 0);
    expect(new Set(introspection.asked)).toEqual(new Set(["token-1", "token-2"]));
    expect(endpoint.asked.map(({ form }) => form.get("scope"))).toEqual(["mail", "mail"]);
  });

  test.each<[string, () => Promise<Partial<EmailOptions>>]>([
    [
      "by XOAUTH2 where IMAP offers nothing else",
      async () => ({ imap: { url: `imap://${name}@127.0.0.1:${await imapOfXoauth2()}`, oauth: oauth() } }),
    ],
    [
      "by OAUTHBEARER where SMTP offers nothing else",
      async () => ({ smtp: { url: `smtp://${name}@localhost:${peer("BEARER")}`, oauth: oauth(), ...TLS } }),
    ],
    [
      "by XOAUTH2 where SMTP offers passwords too, after STARTTLS",
      async () => ({ smtp: { url: `smtp://${name}@localhost:${peer("SMTP")}`, oauth: oauth(), ...TLS } }),
    ],
  ])("is proved %s", async (_, over) => {
    introspection.good.set("token-1", user).set("token-2", user);
    expect(await checked(open(await over()))).toBe("good");
    expect(introspection.asked).toEqual(["token-1", "token-2"]);
  });

  test("whose token ended before its time gets a new one, once, and nobody notices", async () => {
    introspection.good.set("token-1", user);
    const system = open();
    expect(await send(system)).toBe("250");
    introspection.good.clear();
    introspection.good.set("token-2", user);
    expect(await send(system)).toBe("250");
    expect(introspection.asked).toEqual(["token-1", "token-1", "token-2"]);
    expect(endpoint.asked).toHaveLength(2);
  });

  test("reads on with a new token after the server has refused the one it had", async () => {
    introspection.good.set("token-2", user);
    const hub = await hubOn(open());
    await until(async () => (await hub.engine.status()).flows[0]?.source?.state === "connected");
    expect(introspection.asked).toEqual(["token-1", "token-2"]);
  });

  test.each<[string, (names: typeof introspection.good) => void]>([
    ["no token", () => undefined],
    ["the token of another", (good) => good.set("token-1", "ann@crm.test").set("token-2", "ann@crm.test")],
  ])("is refused after the second try, with what to do: %s", async (_, set) => {
    set(introspection.good);
    const refusal =
      /^TL_TARGET_ACCESS: the mail server refused the token, and a new one too\. Compare `oauth`/;
    expect(await send(open())).toMatch(refusal);
    expect(introspection.asked).toEqual(["token-1", "token-2"]);
    expect(
      await checked(open({ smtp: undefined, outgoing: {} } as unknown as Partial<EmailOptions>)),
    ).toMatch(/^TL_SOURCE_ACCESS: the mail server refused the token, and a new one too\. Compare `oauth`/);
  });

  test("is refused where the endpoint gives no token, and the mail server is not asked", async () => {
    endpoint.answers.push({ status: 401, body: '{"error":"invalid_client"}' });
    expect(await send(open())).toMatch(
      /^TL_TARGET_ACCESS: .* gave no token: it answered 401 \(invalid_client\)/,
    );
    expect(introspection.asked).toEqual([]);
  });
});
