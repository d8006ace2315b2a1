import { HubError } from "tieline/connector";
import { describe, expect, it } from "vitest";
import { describeConnector } from "../../test/conformance/connector.ts";
import email from "./index.ts";
import { placeOf } from "./place.ts";
import type { EmailOptions } from "./settings.ts";

const IMAP = { url: "imap://desk%40crm.test@127.0.0.1:1", password: "secret" };
const SMTP = { url: "smtp://127.0.0.1:1" };
const MAIL = { to: ["ann@example.org"], subject: "Hello", text: "Hello" };

describeConnector("email", email, {
  settings: () => ({
    imap: IMAP,
    mailboxes: { inbox: { after: "move" as const, moveTo: "Done", own: ["@crm.test"] } },
    smtp: SMTP,
    outgoing: { letter: { from: "Tieline <desk@crm.test>", idempotent: false } },
  }),
  wrongSettings: [
    { imap: { url: "https://mail.example" } },
    { imap: IMAP, mailboxes: { inbox: { after: "burn" } } },
    { imap: IMAP, mailboxes: { inbox: { own: ["nobody"] } } },
    { smtp: SMTP, outgoing: { letter: { from: "a\r\nBcc: b@example.org", idempotent: true } } },
    { smtp: SMTP, outgoing: { letter: { from: "a@example.org" } } },
  ],
  listens: ["inbox"],
  deadSinks: { letter: MAIL },
  unreachable: "TL_SOURCE_UNAVAILABLE",
});

describe("the settings of a mail account", () => {
  const context = { system: "mail", now: () => 0 };
  const refusal = (settings: EmailOptions): string => {
    try {
      email.open(settings, context);
    } catch (error) {
      return error instanceof HubError ? `${error.code}: ${error.message}` : String(error);
    }
    return "taken";
  };

  it.each<[string, EmailOptions, string]>([
    ["a password in the URL", { imap: { url: "imaps://a:b@mail.example" } }, "must not hold a password"],
    ["no user", { imap: { url: "imaps://mail.example" } }, "names no user"],
    ["a user without a proof", { smtp: { url: "smtps://a@mail.example" } }, "needs `password` or `oauth`"],
    [
      "encryption without encryption",
      { smtp: { url: "smtps://mail.example", tls: "none" } },
      "cannot be none",
    ],
    ["mailboxes on no server", { mailboxes: { inbox: {} } }, "`mailboxes` needs `imap`"],
    ["a move to nowhere", { imap: IMAP, mailboxes: { inbox: { after: "move" } } }, "belong together"],
    [
      "a sender who is none",
      { smtp: SMTP, outgoing: { letter: { from: "somebody", idempotent: true } } },
      "`from` is no address",
    ],
  ])("are refused with %s", (_, settings, why) => {
    expect(refusal(settings)).toMatch(/^TL_CONFIG_INVALID: /);
    expect(refusal(settings)).toContain(why);
  });
});

describe("the place in a mailbox", () => {
  it("is where the cursor says, while UIDs mean the same", () => {
    const cursor = { uidValidity: "7", lastUid: 12, unsettled: [11, 12] };
    expect(placeOf(cursor, "7")).toEqual(cursor);
    expect(placeOf(cursor, "8")).toEqual({ uidValidity: "8", lastUid: 0, unsettled: [] });
  });

  it.each([[null], [{ uidValidity: "7" }], [{ uidValidity: "7", lastUid: -1 }], ["7"]])(
    "is the beginning when the cursor is %j",
    (cursor) => {
      expect(placeOf(cursor, "7").lastUid).toBe(0);
    },
  );
});
