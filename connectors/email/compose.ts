import { createHash } from "node:crypto";
import { HubError, isObject, type Json, type JsonObject, type Outgoing } from "tieline/connector";

const MOST_RECIPIENTS = 50;
const LONGEST_TEXT = 1024 * 1024;
const MOST_ATTACHED = 10 * 1024 * 1024;

export interface Mailbox {
  readonly name: string;
  readonly address: string;
}

/** A mail ready to be handed over. */
export interface Composed {
  /** Null: no return path, so that nobody answers it by a program. */
  readonly envelopeFrom: string | null;
  readonly recipients: readonly string[];
  readonly bytes: Uint8Array;
}

export interface ComposeOptions {
  readonly from: Mailbox;
  readonly automatic: boolean;
  /** Tells this hub's mails from those of another. */
  readonly hub: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const FIELDS = new Set([
  "to",
  "cc",
  "bcc",
  "replyTo",
  "subject",
  "text",
  "html",
  "inReplyTo",
  "references",
  "attachments",
  "answers",
]);

/**
 * Writes the mail of a delivery (`schemas/email/outgoing.schema.json`). Its Message-ID comes of the delivery's id, so that
 * every attempt bears the same.
 * @throws HubError TL_TARGET_REFUSED for what no mail may hold, TL_LOOP where it answers what a program wrote
 */
export async function compose(delivery: Outgoing, options: ComposeOptions): Promise<Composed> {
  const body = delivery.body;
  if (!isObject(body)) throw refused("it is not an object of fields");
  const unknown = Object.keys(body).find((name) => !FIELDS.has(name));
  if (unknown !== undefined) throw refused("the hub does not know the field", unknown);
  if (options.automatic) requireAnswerable(body["answers"] ?? null);
  const [to, cc, bcc, replyTo] = ["to", "cc", "bcc", "replyTo"].map((field) => mailboxesOf(body, field)) as [
    Mailbox[],
    Mailbox[],
    Mailbox[],
    Mailbox[],
  ];
  const recipients = [...new Set([...to, ...cc, ...bcc].map(({ address }) => address))];
  if (recipients.length === 0) throw refused("it has nobody to go to", "to");
  if (recipients.length > MOST_RECIPIENTS)
    throw refused(`it has more than ${MOST_RECIPIENTS} recipients`, "to");
  const text = textOf(body, "text", LONGEST_TEXT);
  const html = textOf(body, "html", LONGEST_TEXT);
  if (text === undefined && html === undefined) throw refused("it has neither `text` nor `html`", "text");
  const { default: MailComposer } = await import("nodemailer/lib/mail-composer");
  const bytes = await new MailComposer({
    disableFileAccess: true,
    disableUrlAccess: true,
    from: options.from,
    to,
    cc,
    replyTo,
    subject: lineOf(body, "subject") ?? "",
    ...(text === undefined ? {} : { text }),
    ...(html === undefined ? {} : { html }),
    ...optional("inReplyTo", idsOf(body, "inReplyTo")[0]),
    ...optional("references", idsOf(body, "references").join(" ") || undefined),
    attachments: attachmentsOf(body),
    messageId: messageIdOf(delivery, options),
    date: new Date(options.now),
    headers: options.automatic
      ? { "Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All" }
      : { "Auto-Submitted": "auto-generated" },
  })
    .compile()
    .build();
  return { envelopeFrom: options.automatic ? null : options.from.address, recipients, bytes };
}

/** `Name <address>`, or an address alone. Null: it is neither. */
export function mailboxOf(text: string): Mailbox | null {
  const [, name = "", inner, alone] = /^\s*(?:"?([^"<>]*?)"?\s*<([^<>]+)>|([^<>\s]+))\s*$/.exec(text) ?? [];
  const address = (inner ?? alone ?? "").trim();
  return isAddress(address) ? { name: name.trim(), address } : null;
}

// No blank, no control character, nothing that ends a command or a list.
const isAddress = (text: string): boolean =>
  /^[^\s@<>(),;:\\"[\]\p{C}]{1,64}@[^\s@<>(),;:\\"[\]\p{C}]{1,255}$/u.test(text);

/** RFC 3834 §2: a program does not answer a program, nor itself. */
function requireAnswerable(answers: Json): void {
  if (!isObject(answers))
    throw refused("an automatic mail must say in `answers` which mail it answers", "answers");
  const { automatic, own, fresh } = answers;
  if (automatic !== null || own !== false || fresh === false) {
    const reason = own === true ? "we sent" : fresh === false ? "is old" : "a program wrote";
    throw new HubError("TL_LOOP", `it answers a mail that ${reason}`, {
      place: { field: "answers" },
      cure: "Let the route take only what a person wrote: `when: automatic = null and own = false`.",
    });
  }
}

function messageIdOf({ id }: Outgoing, { from, hub }: ComposeOptions): string {
  const name = /^[A-Za-z0-9._-]{1,100}$/.test(id) ? id : digest(id).slice(0, 32);
  return `<${name}.${digest(hub).slice(0, 12)}@${from.address.replace(/^.*@/, "")}>`;
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function mailboxesOf(body: JsonObject, field: string): Mailbox[] {
  const value = body[field] ?? [];
  return (Array.isArray(value) ? value : [value]).map((one: Json) => {
    const given = typeof one === "string" ? mailboxOf(oneLine(one, field)) : isObject(one) ? one : null;
    const { name = "", address } = (given ?? {}) as Readonly<Record<string, Json>>;
    if (typeof address !== "string" || !isAddress(address))
      throw refused("it holds what is no address", field);
    return { name: typeof name === "string" ? oneLine(name, field) : "", address };
  });
}

function lineOf(body: JsonObject, field: string): string | undefined {
  const text = textOf(body, field, 900);
  return text === undefined ? undefined : oneLine(text, field);
}

/** A line break in a header begins another header. */
function oneLine(text: string, field: string): string {
  if (/[\p{Cc}\u2028\u2029]/u.test(text))
    throw refused("it holds a line break or a control character", field);
  return text;
}

function idsOf(body: JsonObject, field: string): string[] {
  const value = body[field] ?? [];
  return (Array.isArray(value) ? value : [value]).map((one: Json) => {
    const id = typeof one === "string" ? one.replace(/^<|>$/g, "") : "";
    if (!/^[\x21-\x3b\x3d\x3f-\x7e]{1,200}$/.test(id)) throw refused("it holds what is no Message-ID", field);
    return `<${id}>`;
  });
}

function attachmentsOf(body: JsonObject) {
  const value = body["attachments"] ?? [];
  if (!Array.isArray(value)) throw refused("it must be a list", "attachments");
  let bytes = 0;
  return value.map((one: Json) => {
    const { name, type = "application/octet-stream", content } = isObject(one) ? one : {};
    if (typeof name !== "string" || typeof type !== "string" || typeof content !== "string") {
      throw refused("each needs `name`, and `content` in base64", "attachments");
    }
    if (!/^[\w.+-]{1,64}\/[\w.+-]{1,64}$/.test(type))
      throw refused("its type is no media type", "attachments");
    if (!/^[A-Za-z0-9+/\r\n]*={0,2}\s*$/.test(content))
      throw refused("its content is not base64", "attachments");
    bytes += content.length;
    if (bytes > MOST_ATTACHED)
      throw refused(`they have more than ${MOST_ATTACHED} characters`, "attachments");
    return {
      filename: oneLine(name, "attachments").replace(/[/\\]/g, "_"),
      contentType: type,
      content: Buffer.from(content, "base64"),
    };
  });
}

function textOf(body: JsonObject, field: string, longest: number): string | undefined {
  const value = body[field] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value !== "string") throw refused("it is not text", field);
  if (value.length > longest) throw refused(`it has more than ${longest} characters`, field);
  return value;
}

function optional(name: string, value: string | undefined): Readonly<Record<string, string>> {
  return value === undefined ? {} : { [name]: value };
}

function refused(message: string, field?: string): HubError {
  return new HubError("TL_TARGET_REFUSED", `the mail cannot be sent: ${message}`, {
    ...(field === undefined ? {} : { place: { field } }),
    cure: "Mend the mapping, or the record, then replay.",
  });
}
