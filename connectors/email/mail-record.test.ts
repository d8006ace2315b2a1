import { describe, expect, it } from "vitest";
import { attachmentName } from "./attachment-name.ts";
import { htmlText } from "./html-text.ts";
import { readMail } from "./mail-record.ts";

const HEAD =
  "From: Ann <ann@Example.ORG>\r\nSubject: Hello\r\nMessage-ID: <1@example.org>\r\nDate: Fri, 27 Nov 2026 10:00:00 +0100\r\n";
const read = (text: string, own: readonly string[] = []) => readMail(Buffer.from(text, "latin1"), own);
const recordOf = async (text: string, own: readonly string[] = []) => (await read(text, own)).record;

function multipart(parts: readonly string[], boundary = "B"): string {
  const body = parts.map((part) => `--${boundary}\r\n${part}\r\n`).join("");
  return `${HEAD}MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=${boundary}\r\n\r\n${body}--${boundary}--\r\n`;
}

describe("a mail", () => {
  it("becomes a record of what a person reads", async () => {
    const record = await recordOf(
      `${HEAD}To: "Desk" <desk@crm.test>, team: bob@example.org, eve@example.org;\r\nIn-Reply-To: <0@crm.test>\r\nReferences: <a@b> <0@crm.test>\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\nGr\u00fc\u00dfe\r\n`,
      ["@crm.test"],
    );
    expect(record).toMatchObject({
      messageId: "1@example.org",
      from: { name: "Ann", address: "ann@example.org" },
      to: [
        { name: "Desk", address: "desk@crm.test" },
        { address: "bob@example.org" },
        { address: "eve@example.org" },
      ],
      subject: "Hello",
      date: "2026-11-27T09:00:00.000Z",
      inReplyTo: "0@crm.test",
      references: ["a@b", "0@crm.test"],
      text: "Grüße\n",
      automatic: null,
      own: false,
      remarks: [],
    });
  });

  it("of ours is known as such, by address or domain", async () => {
    expect((await recordOf(`${HEAD}\r\nx`, ["@example.org"]))["own"]).toBe(true);
    expect((await recordOf(`${HEAD}\r\nx`, ["ann@example.org"]))["own"]).toBe(true);
    expect((await recordOf(`${HEAD}\r\nx`, ["bob@example.org", "@ample.org"]))["own"]).toBe(false);
  });

  it("without From, Subject, Date and Message-ID is taken, and says what it lacks", async () => {
    const { record, wrong } = await read("To: desk@crm.test\r\n\r\nhello");
    expect(wrong).toBeUndefined();
    expect(record).toMatchObject({ messageId: null, from: null, subject: null, date: null, text: "hello\n" });
    expect(record["id"]).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(record["remarks"]).toHaveLength(4);
  });

  it("has the same id by whatever way it came, and another when it says something else", async () => {
    const [one, other, same] = await Promise.all([
      recordOf(`${HEAD}\r\nhello`),
      recordOf(`${HEAD}\r\nsomething else`),
      recordOf(`Received: from elsewhere\r\n${HEAD}\r\nhello\r\n`),
    ]);
    expect(same["id"]).toBe(one["id"]);
    expect(other["id"]).not.toBe(one["id"]);
  });

  it("with an unknown character set is read, with a remark", async () => {
    const record = await recordOf(`${HEAD}Content-Type: text/plain; charset=x-klingon-7\r\n\r\ncaf\u00e9`);
    expect(record["text"]).toBe("café\n");
    expect(record["remarks"]).toEqual(["the character set x-klingon-7 is unknown: read as windows-1252"]);
  });

  it("with bytes that are not of its character set says so", async () => {
    const record = await recordOf(`${HEAD}Content-Type: text/plain; charset=utf-8\r\n\r\ncaf\u00e9`);
    expect(record["remarks"]).toEqual(["its text holds bytes that are not of its character set"]);
  });

  it("of HTML alone is read as text", async () => {
    const record = await recordOf(
      `${HEAD}Content-Type: text/html\r\n\r\n<style>p{}</style><p>One &amp; two</p><p>three<br>four</p>`,
    );
    expect(record).toMatchObject({ text: "One & two\nthree\nfour", textFrom: "html" });
  });

  it("holds no character that a store refuses", async () => {
    const record = await recordOf(`${HEAD}\r\na\u0000b`);
    expect(record["text"]).toBe("ab\n");
  });
});

describe("attachments", () => {
  it("stay out of the record: their hashes stand for them", async () => {
    const part =
      'Content-Type: application/pdf; name="../../etc/passwd"\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERg==';
    const { record, attachments } = await read(multipart(["\r\nsee the file", part]));
    expect(attachments.map((bytes) => Buffer.from(bytes).toString())).toEqual(["%PDF"]);
    expect(record["attachments"]).toEqual([
      {
        name: "passwd",
        type: "application/pdf",
        size: 4,
        sha256: "315d429b7714cedb6ad04ac31240145257692630457f3c88253c5beceac76027",
        inline: false,
      },
    ]);
  });

  it("that are packed are not unpacked, and a mail within a mail is one file", async () => {
    const zip =
      "Content-Type: application/zip\r\nContent-Disposition: attachment; filename=bomb.zip\r\n\r\nPK";
    const inner = `Content-Type: message/rfc822\r\n\r\n${HEAD}\r\ninner text`;
    const { record } = await read(multipart(["\r\nouter", zip, inner]));
    expect(record["text"]).toBe("outer\n");
    expect((record["attachments"] as { type: string }[]).map(({ type }) => type)).toEqual([
      "application/zip",
      "message/rfc822",
    ]);
  });

  it.each([
    ["C:\\temp\\report.pdf", "report.pdf"],
    ["..", "attachment-1"],
    [".bashrc", "bashrc"],
    ["invoice\u202efdp.exe", "invoice_fdp.exe"],
    ["a\r\nb.txt", "a__b.txt"],
    [null, "attachment-1"],
    [`${"x".repeat(300)}.pdf`, `${"x".repeat(124)}.pdf`],
  ])("named %j are named %j", (name, safe) => {
    expect(attachmentName(name, 0)).toBe(safe);
  });
});

describe("a mail that is built to harm", () => {
  const nested = (depth: number): string => {
    let text = "Content-Type: text/plain\r\n\r\nx\r\n";
    for (let level = 0; level < depth; level += 1)
      text = `Content-Type: multipart/mixed; boundary=b${level}\r\n\r\n--b${level}\r\n${text}--b${level}--\r\n`;
    return `${HEAD}${text}`;
  };

  it.each<[string, string]>([
    ["nested too deeply", nested(30)],
    ["of too many parts", multipart(Array.from({ length: 1_001 }, () => "\r\nx"))],
    ["of too many multiparts", nested(101)],
    [
      "whose boundary is written in pieces",
      `${HEAD}Content-Type: multipart/mixed; boundary*0=a; boundary*1=b\r\n\r\n--ab\r\n`,
    ],
    ["with headers beyond measure", `${HEAD}X: ${"y".repeat(300_000)}\r\n\r\nx`],
  ])("%s is parked, and its bytes are kept", async (_, text) => {
    const { record, wrong, event } = await read(text);
    expect(wrong?.code).toBe("TL_DECODE_FAILED");
    expect(record).toEqual({ id: `sha256:${event}`, whole: { sha256: event, size: text.length } });
  });
});

describe("what must not be answered by a program", () => {
  it.each([
    ["Auto-Submitted: auto-replied", "auto-submitted"],
    ["Precedence: bulk", "precedence"],
    ["List-Id: <x.example.org>", "list"],
    ["Return-Path: <>", "no return path"],
    ["X-Auto-Response-Suppress: OOF, AutoReply", "suppressed"],
    ["Content-Type: multipart/report; boundary=x", "report"],
  ])("is known by %s", async (header, reason) => {
    expect((await recordOf(`${HEAD}${header}\r\n\r\nx`))["automatic"]).toBe(reason);
  });

  it.each([
    "MAILER-DAEMON@example.org",
    "no-reply@example.org",
    "owner-x@example.org",
    "x-bounces+1@example.org",
  ])("is known by its writer %s", async (address) => {
    expect((await recordOf(`From: ${address}\r\n\r\nx`))["automatic"]).toBe("robot");
  });

  it("is not what says `Auto-Submitted: no`", async () => {
    expect((await recordOf(`${HEAD}Auto-Submitted: no\r\n\r\nx`))["automatic"]).toBeNull();
  });
});

describe("HTML as text", () => {
  it.each(["<style>", "<!--", "<p", "<", "&#0;", " \n ", "</style><style>", "<script>x"])(
    "of a megabyte of %j is read in one pass",
    (piece) => {
      expect(htmlText(piece.repeat(1_000_000 / piece.length))).toBeTypeOf("string");
    },
  );
});
