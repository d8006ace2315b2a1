import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ImapFlow } from "imapflow";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import email from "../../connectors/email/index.ts";
import type { EmailOptions } from "../../connectors/email/settings.ts";
import type { Outgoing, System } from "../../src/connector/contract.ts";
import { HubError } from "../../src/errors.ts";
import type { TestEngine } from "../flow/setup.ts";
import { hubReading, until } from "./reading-hub.ts";

const peer = (name: string): string => process.env[`TIELINE_PEER_${name}`] ?? "";
const PASSWORD = peer("PASSWORD");
const TLS = { authority: peer("AUTHORITY") };

const folder = await mkdtemp(join(tmpdir(), "tieline-mail-peer-"));
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Somebody with an empty mailbox. */
const somebody = (): string => `user-${randomBytes(6).toString("hex")}@crm.test`;

function settingsOf(user: string, over: Partial<EmailOptions> = {}): EmailOptions {
  const name = encodeURIComponent(user);
  return {
    imap: { url: `imap://${name}@127.0.0.1:${peer("IMAP")}`, password: PASSWORD },
    mailboxes: { inbox: { every: 300_000 } },
    smtp: { url: `smtps://${name}@127.0.0.1:${peer("SMTPS")}`, password: PASSWORD, ...TLS },
    outgoing: {
      letter: { from: `Tieline <${user}>`, idempotent: false },
      reply: { from: user, automatic: true, idempotent: false },
    },
    ...over,
  };
}

function open(settings: EmailOptions): System {
  return email.open(settings, { system: "mail", data: folder, hub: "peer", now: () => Date.now() });
}

async function hubOn(system: System): Promise<TestEngine> {
  const hub = await hubReading({ flow: "mails", system: "mail", read: "inbox", key: "id" }, system);
  closing.push(() => hub.dispose());
  return hub;
}

/** Somebody else's mail program. */
async function program(user: string): Promise<ImapFlow> {
  const client = new ImapFlow({
    host: "127.0.0.1",
    port: Number(peer("IMAP")),
    secure: false,
    doSTARTTLS: false,
    auth: { user, pass: PASSWORD },
    logger: false,
  });
  client.on("error", () => undefined);
  await client.connect();
  closing.push(() => client.logout());
  return client;
}

const letter = (n: number, text = `This is number ${n}.`): string =>
  `From: Ann <ann@example.org>\r\nTo: desk@crm.test\r\nSubject: Number ${n}\r\nMessage-ID: <n${n}@example.org>\r\nDate: Fri, 27 Nov 2026 10:00:00 +0100\r\n\r\n${text}\r\n`;

const countOf = (hub: TestEngine) => hub.sql.get<{ n: number }>("SELECT count(*) AS n FROM message")?.n ?? 0;
const recordsOf = (hub: TestEngine) =>
  hub.sql
    .all<{ body: Uint8Array }>("SELECT body FROM message_body ORDER BY place")
    .map(({ body }) => JSON.parse(Buffer.from(body).toString()) as Record<string, unknown>);

async function send(system: System, sink: string, body: Outgoing["body"], id = "m-1.mail"): Promise<string> {
  const delivery: Outgoing = { id, sequence: 1, key: "K", body, attempt: 1 };
  const sent = system.sinks[sink]?.send(delivery, AbortSignal.timeout(14_000));
  return (sent ?? Promise.reject(new Error("no sink"))).then(
    ({ answer }) => answer,
    (error: unknown) => (error instanceof HubError ? error.code : String(error)),
  );
}

describe("a mailbox that is read", () => {
  test("gives a mail that is sent while the hub listens, from end to end, and leaves it unread", async () => {
    const user = somebody();
    const system = open(settingsOf(user));
    const hub = await hubOn(system);
    await until(async () => (await hub.engine.status()).flows[0]?.source?.state === "connected");
    expect(await send(system, "letter", { to: [user], subject: "Grüße", text: "Hallo, Welt" })).toMatch(
      /^250 /,
    );
    await until(() => countOf(hub) === 1);
    expect(recordsOf(hub)[0]).toMatchObject({
      from: { name: "Tieline", address: user },
      subject: "Grüße",
      text: "Hallo, Welt\n",
      automatic: "auto-submitted",
    });
    const other = await program(user);
    await other.mailboxOpen("INBOX");
    const [kept] = await other.fetchAll("1:*", { flags: true });
    expect([...(kept?.flags ?? [])].filter((flag) => flag !== "\\Recent")).toEqual([]);
  });

  test("I1: is read on by its cursor after the hub was stopped three times, none lost and none twice", async () => {
    const user = somebody();
    const other = await program(user);
    for (let n = 0; n < 120; n += 1) await other.append("INBOX", letter(n));
    const hub = await hubOn(open(settingsOf(user)));
    for (let stop = 0; stop < 3; stop += 1) {
      const before = countOf(hub);
      await until(() => countOf(hub) > before || before === 120);
      await hub.restart();
    }
    await until(() => countOf(hub) >= 120);
    await hub.settled();
    expect(recordsOf(hub).map(({ subject }) => subject)).toEqual(
      Array.from({ length: 120 }, (_, n) => `Number ${n}`),
    );
  });

  test("whose UIDs lost their meaning is read again, and what is known is not taken twice", async () => {
    const user = somebody();
    const other = await program(user);
    await other.mailboxCreate("Leads");
    for (const n of [1, 2, 3]) await other.append("Leads", letter(n));
    const hub = await hubOn(
      open(settingsOf(user, { mailboxes: { inbox: { folder: "Leads", every: 1_000 } } })),
    );
    await until(() => countOf(hub) === 3);
    const before = await other.status("Leads", { uidValidity: true });
    await other.mailboxDelete("Leads");
    await other.mailboxCreate("Leads");
    const after = await other.status("Leads", { uidValidity: true });
    expect(after && before && after.uidValidity !== before.uidValidity).toBe(true);
    for (const n of [0, 1, 2, 3]) await other.append("Leads", letter(n));
    await until(() => countOf(hub) === 4);
    expect(recordsOf(hub).map(({ subject }) => subject)).toEqual([1, 2, 3, 0].map((n) => `Number ${n}`));
  });

  test("gives a mail once that lies there twice, and two that share a Message-ID", async () => {
    const user = somebody();
    const other = await program(user);
    for (const text of [letter(1), letter(1), letter(1, "Something else.")])
      await other.append("INBOX", text);
    const hub = await hubOn(open(settingsOf(user)));
    await until(() => countOf(hub) === 2);
    expect(new Set(recordsOf(hub).map(({ id }) => id)).size).toBe(2);
  });

  test.each(["move", "delete"] as const)(
    "is emptied by `%s` once mails are stored, except what is too large",
    async (after) => {
      const user = somebody();
      const other = await program(user);
      await other.mailboxCreate("Done");
      for (const n of [1, 2, 3]) await other.append("INBOX", letter(n));
      await other.append("INBOX", letter(4, "x".repeat(70).concat("\r\n").repeat(200)));
      const moveTo = after === "move" ? { moveTo: "Done" } : {};
      const hub = await hubOn(
        open(settingsOf(user, { mailboxes: { inbox: { after, ...moveTo, limit: 4_096 } } })),
      );
      await until(() => countOf(hub) === 4);
      const left = async (name: string) => (await other.status(name, { messages: true })) || { messages: -1 };
      await until(async () => (await left("INBOX")).messages === 1);
      expect((await left("Done")).messages).toBe(after === "move" ? 3 : 0);
      await hub.settled();
      expect(hub.sql.all("SELECT failure ->> 'code' AS code FROM message WHERE state = 4")).toEqual([
        { code: "TL_RECORD_TOO_LARGE" },
      ]);
    },
  );

  test("takes every mail of the collection, or says why not", async ({ skip }) => {
    const samples = join(process.env["SAMPLES"] ?? "../shared/samples", "email");
    const files = filesIn(samples);
    skip(files.length === 0, "there is no folder of samples; name one with SAMPLES");
    const user = somebody();
    const other = await program(user);
    for (const file of files) await other.append("INBOX", readFileSync(file));
    const hub = await hubOn(open(settingsOf(user)));
    await until(() => countOf(hub) === files.length);
  });
});

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".eml"))
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

describe("mail that is sent", () => {
  const user = somebody();

  test("arrives with a Message-ID that every attempt bears", async () => {
    const system = open(settingsOf(user));
    const to = somebody();
    for (let attempt = 0; attempt < 2; attempt += 1)
      expect(await send(system, "letter", { to: [to], subject: "Once", text: "more" })).toMatch(/^250 /);
    const other = await program(to);
    await until(
      async () => ((await other.status("INBOX", { messages: true })) || { messages: 0 }).messages === 2,
    );
    await other.mailboxOpen("INBOX");
    const ids = (await other.fetchAll("1:*", { envelope: true })).map(({ envelope }) => envelope?.messageId);
    expect(new Set(ids).size).toBe(1);
  });

  test("goes to all or to nobody when one address is refused", async () => {
    const to = somebody();
    const system = open(settingsOf(user));
    expect(await send(system, "letter", { to: [to, "gone@crm.test"], subject: "x", text: "y" })).toBe(
      "TL_TARGET_REFUSED",
    );
    expect(await send(system, "letter", { to: [to], subject: "second", text: "y" })).toMatch(/^250 /);
    const other = await program(to);
    await until(async () => {
      const status = await other.status("INBOX", { messages: true });
      return status !== false && (status.messages ?? 0) > 0;
    });
    await other.mailboxOpen("INBOX");
    expect(
      (await other.fetchAll("1:*", { envelope: true })).map(({ envelope }) => envelope?.subject),
    ).toEqual(["second"]);
  });

  test.each([
    ["a mailbox that is not there (550)", "gone@crm.test", "TL_TARGET_REFUSED"],
    ["a mailbox that is full (452)", "full@crm.test", "TL_TARGET_FAILED"],
    ["another's domain (554)", "ann@elsewhere.example", "TL_TARGET_REFUSED"],
  ])("to %s is sorted by whose fault it is", async (_, to, code) => {
    expect(await send(open(settingsOf(user)), "letter", { to: [to], subject: "x", text: "y" })).toBe(code);
  });

  test("that is larger than the server takes is refused", async () => {
    const text = "x".repeat(70).concat("\n").repeat(14_000);
    const attachments = [1, 2].map((n) => ({
      name: `${n}.txt`,
      content: Buffer.from(text).toString("base64"),
    }));
    expect(await send(open(settingsOf(user)), "letter", { to: [user], text: "y", attachments })).toBe(
      "TL_TARGET_REFUSED",
    );
  });

  test("by itself has no return path, and is not answered again", async () => {
    const to = somebody();
    const system = open(settingsOf(user));
    const answers = { automatic: null, own: false };
    expect(await send(system, "reply", { to: [to], subject: "Re: x", text: "We have it.", answers })).toMatch(
      /^250 /,
    );
    const hub = await hubOn(open(settingsOf(to)));
    await until(() => countOf(hub) === 1);
    const [record] = recordsOf(hub);
    expect(record).toMatchObject({ automatic: "auto-submitted" });
    const { automatic, own } = record as { automatic: string; own: boolean };
    expect(await send(system, "reply", { to: [to], text: "again", answers: { automatic, own } })).toBe(
      "TL_LOOP",
    );
  });
});

describe("a mail account that is tested", () => {
  const user = somebody();
  const name = encodeURIComponent(user);
  const codeOf = (settings: EmailOptions): Promise<string> =>
    open(settings)
      .check()
      .then(
        () => "good",
        (error: unknown) => (error instanceof HubError ? error.code : String(error)),
      );
  const imap = (url: string, over: object = {}): EmailOptions => ({
    imap: { url, password: PASSWORD, ...over },
  });
  const smtp = (url: string, over: object = {}): EmailOptions => ({
    smtp: { url, password: PASSWORD, ...over },
  });

  test.each<[string, EmailOptions, string]>([
    ["all is well", settingsOf(user), "good"],
    ["IMAP with TLS", imap(`imaps://${name}@localhost:${peer("IMAPS")}`, TLS), "good"],
    [
      "IMAP with STARTTLS",
      imap(`imap://${name}@localhost:${peer("IMAP")}`, { tls: "verify", ...TLS }),
      "good",
    ],
    [
      "an IMAP certificate that nobody vouches for",
      imap(`imaps://${name}@localhost:${peer("IMAPS")}`),
      "TL_SOURCE_REFUSED",
    ],
    [
      "the same by STARTTLS",
      imap(`imap://${name}@localhost:${peer("IMAP")}`, { tls: "verify" }),
      "TL_SOURCE_REFUSED",
    ],
    [
      "a wrong IMAP password",
      imap(`imap://${name}@localhost:${peer("IMAP")}`, { password: "wrong" }),
      "TL_SOURCE_ACCESS",
    ],
    [
      "a folder that is not there",
      { ...imap(`imap://${name}@localhost:${peer("IMAP")}`), mailboxes: { inbox: { folder: "Nowhere" } } },
      "TL_SOURCE_REFUSED",
    ],
    [
      "SMTP with STARTTLS",
      smtp(`smtp://${name}@localhost:${peer("SMTP")}`, { tls: "verify", ...TLS }),
      "good",
    ],
    [
      "an SMTP certificate that nobody vouches for",
      smtp(`smtps://${name}@localhost:${peer("SMTPS")}`),
      "TL_TARGET_ACCESS",
    ],
    [
      "the same by STARTTLS",
      smtp(`smtp://${name}@localhost:${peer("SMTP")}`, { tls: "verify" }),
      "TL_TARGET_ACCESS",
    ],
    [
      "a wrong SMTP password (535)",
      smtp(`smtp://${name}@localhost:${peer("SMTP")}`, { password: "wrong" }),
      "TL_TARGET_ACCESS",
    ],
    ["nobody there", imap(`imap://${name}@127.0.0.1:1`), "TL_SOURCE_UNAVAILABLE"],
  ])("says what is the matter: %s", async (_, settings, code) => {
    expect(await codeOf(settings)).toBe(code);
  });
});
