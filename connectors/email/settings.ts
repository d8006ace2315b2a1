import { named, OAuthSettings, type Static, secret, Type } from "tieline/connector";

const access = (url: string, pattern: string) => ({
  url: Type.String({ description: url, pattern }),
  password: Type.Optional(secret({ description: "Password of the user", minLength: 1 })),
  oauth: Type.Optional(OAuthSettings),
  tls: Type.Optional(
    Type.Union([Type.Literal("verify"), Type.Literal("none")], {
      description:
        "verify: encrypted, with a certificate for this host; none: only within a trusted network. Default: verify, on this machine none",
    }),
  ),
  authority: Type.Optional(
    Type.String({
      description: "PEM file of the authority that signed the server's certificate",
      minLength: 1,
    }),
  ),
});

const Imap = Type.Object(
  access(
    "imaps://, or imap:// for STARTTLS, with user, host and port, without a password",
    "^imaps?://[^/]+/?$",
  ),
  { additionalProperties: false, description: "Server that mailboxes are read from" },
);

const Mailbox = Type.Object(
  {
    folder: Type.Optional(
      Type.String({ description: "Folder that is read", minLength: 1, maxLength: 255, default: "INBOX" }),
    ),
    after: Type.Optional(
      Type.Union([Type.Literal("leave"), Type.Literal("move"), Type.Literal("delete")], {
        description: "What becomes of a mail once it is stored",
        default: "leave",
      }),
    ),
    moveTo: Type.Optional(
      Type.String({
        description: "Folder that stored mails are moved to; it must be there",
        minLength: 1,
        maxLength: 255,
      }),
    ),
    every: Type.Optional(
      Type.Integer({
        description:
          "Milliseconds after which the folder is looked at, should the server not tell of new mail",
        minimum: 1_000,
        maximum: 1_500_000,
        default: 60_000,
      }),
    ),
    limit: Type.Optional(
      Type.Integer({
        description: "Largest mail in bytes; a larger one is parked by its headers and stays in the mailbox",
        minimum: 1_024,
        maximum: 104_857_600,
        default: 26_214_400,
      }),
    ),
    own: Type.Optional(
      Type.Array(Type.String({ description: "An address, or @domain", pattern: "^[^@\\s]*@[^@\\s]+$" }), {
        description: "Addresses that are ours: mail from them is marked as `own`",
        minItems: 1,
      }),
    ),
    keepDays: Type.Optional(
      Type.Integer({
        description: "Days that whole mails and attachments are kept as files",
        minimum: 1,
        maximum: 36_500,
        default: 90,
      }),
    ),
  },
  { additionalProperties: false, description: "A folder that is read" },
);

const Smtp = Type.Object(
  access(
    "smtps://, or smtp:// for STARTTLS, with host and port, and the user where one is needed; without a password",
    "^smtps?://[^/]+/?$",
  ),
  { additionalProperties: false, description: "Server that mail is handed to" },
);

const Outgoing = Type.Object(
  {
    from: Type.String({
      description: 'Who writes: "Tieline <crm@example.com>", or an address alone',
      minLength: 3,
      maxLength: 320,
      pattern: "^[^\\r\\n]+$",
    }),
    automatic: Type.Optional(
      Type.Boolean({
        description:
          "Each mail answers another by itself (RFC 3834): it bears Auto-Submitted, has no return path, and is refused where the mail it answers was automatic",
        default: false,
      }),
    ),
    idempotent: Type.Boolean({
      description:
        "True when whoever receives drops a second mail with the same Message-ID; false parks a mail that got no answer after it was sent",
    }),
    concurrency: Type.Optional(
      Type.Integer({ description: "Mails under way at once", minimum: 1, maximum: 32, default: 4 }),
    ),
  },
  { additionalProperties: false, description: "Mail of one sender" },
);

export const EmailSettings = Type.Object(
  {
    imap: Type.Optional(Imap),
    mailboxes: named(Mailbox, "Sources: folders by name"),
    smtp: Type.Optional(Smtp),
    outgoing: named(Outgoing, "Sinks: senders by name"),
  },
  { additionalProperties: false, description: "One mail account" },
);

export type EmailOptions = Static<typeof EmailSettings>;
export type AccessOptions = Static<typeof Imap>;
export type MailboxOptions = Static<typeof Mailbox>;
export type OutgoingOptions = Static<typeof Outgoing>;
