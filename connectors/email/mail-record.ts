import type { Address, Email } from "postal-mime";
import { HubError, type Json, type JsonObject } from "tieline/connector";
import { attachmentName } from "./attachment-name.ts";
import { automaticReason } from "./automatic.ts";
import { unknownCharsets } from "./charset.ts";
import { sha256 } from "./file-store.ts";
import { htmlText } from "./html-text.ts";
import { requireBounded } from "./mime-bounds.ts";

const DEEPEST = 20;
const HEADER_BYTES = 256 * 1024;
/** UTF-16 units of one text in a record; the whole is in the mail's file. */
const LONGEST_TEXT = 256 * 1024;
const MOST_ADDRESSES = 500;

/** A mail as a record, and what lies beside it. */
export interface Mail {
  /** As `schemas/email/message.schema.json` has it. */
  readonly record: JsonObject;
  /** Names the happening: these bytes. */
  readonly event: string;
  /** The attachments' bytes, as the record lists them. */
  readonly attachments: readonly Uint8Array[];
  /** Why it cannot be read; then the record holds little more than its hash. */
  readonly wrong?: HubError;
}

/**
 * Reads one mail (RFC 5322, MIME). Never throws for what is in it: a mail that cannot be read, or is built to harm, comes
 * with `wrong`. Attachments are taken as they are; nothing is unpacked.
 * @param own addresses that are ours, or `@domain`, in lower case
 */
export async function readMail(raw: Uint8Array, own: readonly string[] = []): Promise<Mail> {
  const text = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString("latin1");
  const hash = sha256(raw);
  const whole = { sha256: hash, size: raw.byteLength };
  try {
    requireBounded(text);
    const { default: PostalMime } = await import("postal-mime");
    const email = await PostalMime.parse(raw, {
      forceRfc822Attachments: true,
      maxNestingDepth: DEEPEST,
      maxHeadersSize: HEADER_BYTES,
    });
    return mailOf(email, { text, hash, whole, own });
  } catch (error) {
    const wrong =
      error instanceof HubError
        ? error
        : new HubError(
            "TL_DECODE_FAILED",
            `the mail cannot be read: it is nested over ${DEEPEST} levels, its headers are over ${HEADER_BYTES} bytes, or it is no mail`,
            { cause: error },
          );
    return { record: { id: `sha256:${hash}`, whole }, event: hash, attachments: [], wrong };
  }
}

interface Source {
  readonly text: string;
  readonly hash: string;
  readonly whole: JsonObject;
  readonly own: readonly string[];
}

function mailOf(email: Email, { text, hash, whole, own }: Source): Mail {
  const messageId = messageIds(email.messageId)[0] ?? null;
  const from = mailboxes(email.from === undefined ? [] : [email.from])[0] ?? null;
  const html = email.html ?? "";
  const read = clean(email.text ?? htmlText(html.slice(0, 8 * LONGEST_TEXT)));
  const attachments = email.attachments.map(({ content }) =>
    typeof content === "string" ? Buffer.from(content) : new Uint8Array(content),
  );
  const address = from?.["address"] ?? null;
  const record: JsonObject = {
    id: idOf(messageId, text, hash),
    messageId,
    from,
    replyTo: mailboxes(email.replyTo),
    to: mailboxes(email.to),
    cc: mailboxes(email.cc),
    subject:
      email.subject === undefined ? null : clean(email.subject).replace(/\s+/g, " ").trim().slice(0, 2_000),
    date: dateOf(email.date),
    inReplyTo: messageIds(email.inReplyTo)[0] ?? null,
    references: messageIds(email.references).slice(-50),
    automatic: automaticReason(email.headers, address),
    own: address !== null && isOwn(address, own),
    text: read.slice(0, LONGEST_TEXT).replace(/[\ud800-\udbff]$/, ""),
    textFrom: email.text !== undefined ? "text" : html === "" ? null : "html",
    attachments: email.attachments.map((attachment, index) => ({
      name: attachmentName(attachment.filename, index),
      type: attachment.mimeType.slice(0, 128),
      size: attachments[index]?.byteLength ?? 0,
      sha256: sha256(attachments[index] ?? new Uint8Array()),
      inline: attachment.disposition === "inline" || attachment.related === true,
    })),
    whole,
    remarks: remarksOf(email, text, read),
  };
  return { record, event: hash, attachments };
}

/** Stable wherever the mail is read: its Message-ID, with what it says, since some senders use one for many mails. */
function idOf(messageId: string | null, text: string, hash: string): string {
  if (messageId === null) return `sha256:${hash}`;
  const end = /\r?\n\r?\n/.exec(text);
  const body = end === null ? "" : text.slice(end.index + end[0].length);
  return `${messageId}/${sha256(Buffer.from(body.trimEnd(), "latin1")).slice(0, 12)}`;
}

function messageIds(header: string | undefined): string[] {
  return [...(header ?? "").matchAll(/<([^<>\s]{1,200})>/g)].map(([, id]) => clean(id ?? ""));
}

function mailboxes(
  addresses: readonly Address[] | undefined,
): readonly { readonly name: string | null; readonly address: string }[] {
  return (addresses ?? [])
    .flatMap((one) => one.group ?? [one])
    .filter(({ address }) => /^[^\s@]+@[^\s@]+$/.test(address ?? "") && (address ?? "").length <= 320)
    .slice(0, MOST_ADDRESSES)
    .map(({ name, address }) => ({
      name: clean(name).replace(/\s+/g, " ").trim().slice(0, 256) || null,
      address: clean(address ?? "").replace(/@.*$/, (domain) => domain.toLowerCase()),
    }));
}

function isOwn(address: string, own: readonly string[]): boolean {
  const plain = address.toLowerCase();
  return own.some((one) => (one.startsWith("@") ? plain.endsWith(one) : plain === one));
}

function dateOf(date: string | undefined): string | null {
  return date !== undefined && /^\d{4}-\d\d-\d\dT/.test(date) ? date : null;
}

/** What is worth knowing about how it was read; never what it says. */
function remarksOf(email: Email, text: string, read: string): Json[] {
  const missing = [
    ["From", email.from],
    ["Subject", email.subject],
    ["Date", dateOf(email.date) ?? undefined],
    ["Message-ID", email.messageId],
  ].flatMap(([name, value]) => (value === undefined ? [`it has no ${String(name)} that can be read`] : []));
  return [
    ...missing,
    ...unknownCharsets(text).map((label) => `the character set ${label} is unknown: read as windows-1252`),
    ...(read.includes("\ufffd") ? ["its text holds bytes that are not of its character set"] : []),
    ...(read.length > LONGEST_TEXT ? [`its text is longer than ${LONGEST_TEXT} characters: cut`] : []),
  ];
}

/** No store takes U+0000 or half a character. */
function clean(text: string): string {
  return text.replaceAll("\u0000", "").replace(/\p{Surrogate}/gu, "\ufffd");
}
