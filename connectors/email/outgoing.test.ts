import { type Exchange, HubError, type Json, type Outgoing, type Tell } from "tieline/connector";
import { afterEach, describe, expect, it } from "vitest";
import { type AfterMail, type FakeSmtp, startSmtp } from "../../test/fakes/smtp-server.ts";
import email from "./index.ts";
import { smtpFailure } from "./smtp.ts";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const MAIL = { to: ["Ann <ann@example.org>"], subject: "Grüße", text: "Hello\n.\nend" };

async function setup(after: AfterMail, over: object = {}, greeting?: string) {
  const server = await startSmtp(after, greeting);
  closing.push(() => server.close());
  const system = email.open(
    {
      smtp: { url: `smtp://127.0.0.1:${server.port}` },
      outgoing: { out: { from: "Desk <desk@crm.test>", idempotent: false, ...over } },
    },
    { system: "mail", hub: "hub-a", now: () => Date.UTC(2026, 10, 27) },
  );
  const told: Exchange[] = [];
  const send = (body: Json, id = "m-1.mail.out"): Promise<string> => {
    const delivery: Outgoing = { id, sequence: 1, key: "K", body, attempt: 1 };
    const tell: Tell = (one) => void told.push(one);
    return (system.sinks["out"]?.send(delivery, AbortSignal.timeout(14_000), tell) ?? Promise.reject()).then(
      ({ answer }) => answer,
      (error: unknown) => (error instanceof HubError ? error.code : String(error)),
    );
  };
  return { server, send, told };
}

const header = ({ mails }: FakeSmtp, name: string, index = 0): string | undefined =>
  new RegExp(`^${name}: (.*)$`, "im").exec(mails[index] ?? "")?.[1];

describe("a mail that is handed over", () => {
  it("is sent when the server says that it has it", async () => {
    const { server, send } = await setup("take");
    expect(await send(MAIL)).toBe("250 2.0.0 queued as 4711");
    expect(header(server, "From")).toBe("Desk <desk@crm.test>");
    expect(header(server, "To")).toBe("Ann <ann@example.org>");
    expect(header(server, "Auto-Submitted")).toBe("auto-generated");
    // A line of a dot alone would have ended it.
    expect(server.mails[0]).toContain("\r\n..\r\nend");
  });

  it.each([
    ["cut", false, "TL_IN_DOUBT"],
    ["cut", true, "TL_TARGET_UNAVAILABLE"],
    ["refuse", false, "TL_TARGET_REFUSED"],
    ["busy", false, "TL_TARGET_BUSY"],
  ] as const)("and whose answer is: %s (idempotent %s) ends as %s", async (after, idempotent, code) => {
    const { server, send } = await setup(after, { idempotent });
    expect(await send(MAIL)).toBe(code);
    expect(server.mails).toHaveLength(1);
  });

  it.each([
    ["take", { line: "250 2.0.0 queued as 4711" }],
    ["refuse", { line: expect.stringMatching(/^5\d\d /) }],
    ["cut", undefined],
  ] as const)("is told with its envelope and what the server said: %s", async (after, answered) => {
    const { server, send, told } = await setup(after);
    await send(MAIL);
    expect(told).toHaveLength(1);
    expect(told[0]?.sent).toEqual({
      line: `SMTP 127.0.0.1:${server.port}`,
      fields: {
        ...{ "MAIL FROM": "<desk@crm.test>", "RCPT TO": "<ann@example.org>" },
        bytes: expect.stringMatching(/^\d+$/),
      },
    });
    expect(told[0]?.answered).toEqual(answered);
  });

  it("bears the same Message-ID on every attempt, and another delivery another", async () => {
    const { server, send } = await setup("take");
    await send(MAIL);
    await send(MAIL);
    await send(MAIL, "m-2.mail.out");
    const ids = [0, 1, 2].map((index) => header(server, "Message-ID", index));
    expect(ids[0]).toMatch(/^<m-1\.mail\.out\.[0-9a-f]{12}@crm\.test>$/);
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  it("to somebody who is not to be seen does not name them", async () => {
    const { server, send } = await setup("take");
    await send({ ...MAIL, bcc: ["eve@example.org"] });
    expect(server.commands).toContain("RCPT TO:<eve@example.org>");
    expect(server.mails[0]).not.toContain("eve@");
  });
});

describe("a mail that no server should see", () => {
  it.each<[string, Json]>([
    ["a line break in the subject", { ...MAIL, subject: "x\r\nBcc: eve@example.org" }],
    ["a line break in an address", { ...MAIL, to: ["ann@example.org\r\nRCPT TO:<eve@example.org>"] }],
    [
      "a line break in a name",
      { ...MAIL, to: [{ name: "Ann\r\nBcc: eve@example.org", address: "ann@example.org" }] },
    ],
    ["a line break in an answer's address", { ...MAIL, replyTo: ["x\n <a@example.org>"] }],
    ["a line break in a Message-ID", { ...MAIL, inReplyTo: "a@b\r\nX: y" }],
    ["a line break in the name of a file", { ...MAIL, attachments: [{ name: "a\r\nb", content: "QQ==" }] }],
    ["a header of the mapping's own", { ...MAIL, headers: { Bcc: "eve@example.org" } }],
    ["a file of the hub's", { ...MAIL, attachments: [{ name: "a", path: "/etc/passwd" }] }],
    ["nobody to go to", { subject: "x", text: "y" }],
    ["nothing to say", { to: ["ann@example.org"] }],
    ["an address that is none", { ...MAIL, cc: ["ann"] }],
    ["no fields", "hello"],
  ])("with %s is refused before anything is sent", async (_, body) => {
    const { server, send } = await setup("take");
    expect(await send(body)).toBe("TL_TARGET_REFUSED");
    expect(server.commands).toEqual([]);
  });
});

describe("a mail that answers by itself", () => {
  const answers = { automatic: null, own: false, fresh: true };

  it("has no return path and says what it is", async () => {
    const { server, send } = await setup("take", { automatic: true });
    expect(await send({ ...MAIL, answers, inReplyTo: "a@b", references: ["z@b", "a@b"] })).toMatch(/^250/);
    expect(server.commands).toContain("MAIL FROM:<>");
    expect(header(server, "Auto-Submitted")).toBe("auto-replied");
    expect(header(server, "In-Reply-To")).toBe("<a@b>");
    expect(header(server, "References")).toBe("<z@b> <a@b>");
  });

  it.each<[Json, string]>([
    [{ ...answers, automatic: "list" }, "TL_LOOP"],
    [{ ...answers, own: true }, "TL_LOOP"],
    [{ ...answers, fresh: false }, "TL_LOOP"],
    [{}, "TL_LOOP"],
    [null, "TL_TARGET_REFUSED"],
  ])("to what says of itself %j is not sent", async (said, code) => {
    const { server, send } = await setup("take", { automatic: true });
    expect(await send({ ...MAIL, answers: said })).toBe(code);
    expect(server.commands).toEqual([]);
  });
});

describe("what a mail server answers", () => {
  it.each([
    [421, "4.3.2", undefined, "busy"],
    [450, "4.2.0", "RCPT TO", "message"],
    [452, "4.3.1", "MAIL FROM", "busy"],
    [535, "5.7.8", undefined, "access"],
    [550, "5.1.1", "RCPT TO", "data"],
    [550, "5.7.1", "MAIL FROM", "settings"],
    [552, "5.3.4", "MAIL FROM", "data"],
    [554, "5.7.1", "DATA", "data"],
    [502, "5.5.1", undefined, "settings"],
  ])("%d %s to %s is a matter of: %s", (responseCode, enhanced, command, fault) => {
    const failure = smtpFailure({
      responseCode,
      response: `${responseCode} ${enhanced} <ann@example.org> is unknown`,
      ...(command === undefined ? {} : { command }),
    });
    expect(failure.fault).toBe(fault);
    expect(failure.message).not.toContain("ann@");
  });

  it("a server that greets with 421 is busy, and gets no mail", async () => {
    const { send } = await setup("take", {}, "421 4.3.2 shutting down");
    expect(await send(MAIL)).toBe("TL_TARGET_BUSY");
  });
});
