import { createHash, timingSafeEqual } from "node:crypto";
import { HubError } from "../errors.ts";
import type { PushRequest } from "./contract.ts";
import { hmac } from "./hmac.ts";

/** How a sender signs: where the signature stands, how it is written, and over which bytes it goes. */
export interface SignatureScheme {
  readonly encoding: "hex" | "base64";
  /** Turns a secret as configured into the key. */
  readonly key: (secret: string) => Uint8Array;
  /** Header with one signature or several, lower-case. */
  readonly header: string;
  /** What stands before each signature, `sha256=` or `v1,`; empty for none. */
  readonly prefix: string;
  /** What separates several signatures in one header. */
  readonly separator: RegExp;
  /** The signed bytes; `{id}`, `{timestamp}` and, once, `{body}` are filled in. */
  readonly content: string;
  readonly idHeader?: string;
  /** Header with the time of sending, seconds or milliseconds since 1970; `{ within: "t=" }` finds it in the signature header. */
  readonly timestamp?: string | { readonly within: string };
}

/** Standard Webhooks 1.0.0, symmetric signatures (`v1`). */
export const STANDARD_WEBHOOKS: SignatureScheme = {
  encoding: "base64",
  key: standardKey,
  header: "webhook-signature",
  prefix: "v1,",
  separator: /[\s]+/,
  content: "{id}.{timestamp}.{body}",
  idHeader: "webhook-id",
  timestamp: "webhook-timestamp",
};

/**
 * Stripe's scheme: `Stripe-Signature: t=1492774577,v1=5257a869…`. Its secrets begin with `whsec_` too, but are the
 * key as they stand.
 */
export const STRIPE: SignatureScheme = {
  encoding: "hex",
  key: plainKey,
  header: "stripe-signature",
  prefix: "v1=",
  separator: /\s*,\s*/,
  content: "{timestamp}.{body}",
  timestamp: { within: "t=" },
};

/** The key of Standard Webhooks: `whsec_` is followed by base64; any other secret is its own UTF-8. */
export function standardKey(secret: string): Uint8Array {
  return secret.startsWith("whsec_")
    ? Buffer.from(secret.slice("whsec_".length), "base64")
    : plainKey(secret);
}

/** The secret as it stands, in UTF-8. */
export function plainKey(secret: string): Uint8Array {
  return Buffer.from(secret, "utf8");
}

/** One Standard Webhooks signature, `v1,<base64>`. `timestamp` in seconds. */
export function signStandard(secret: string, id: string, timestamp: number, body: Uint8Array): string {
  return `v1,${hmac(standardKey(secret))([`${id}.${timestamp}.`, body], "base64")}`;
}

/**
 * Judges requests by a scheme: one is accepted when one of its signatures was made with one of the secrets, and it is no
 * older and no newer than `tolerance` milliseconds. Compares in constant time.
 * The function throws HubError TL_SIGNATURE_INVALID or TL_SIGNATURE_STALE.
 */
export function signatureJudge(
  scheme: SignatureScheme,
  secrets: readonly string[],
  clock: { readonly now: () => number; readonly tolerance: number },
): (request: PushRequest) => void {
  const signers = secrets.map((secret) => signer(scheme, secret));
  return (request) => {
    const header = requireHeader(request, scheme.header);
    const timestamp = timestampOf(scheme, request, header);
    const id = scheme.idHeader === undefined ? "" : requireHeader(request, scheme.idHeader);
    const given = signaturesIn(header, scheme);
    if (given.length === 0)
      throw invalid(`header ${scheme.header} holds no signature of the form ${formOf(scheme)}`);
    const expected = signers.map((sign) => sign(id, timestamp, request.body));
    if (!anyEqual(expected, given))
      throw invalid("no signature in the request was made with the secret over this body");
    // Judged last: only a genuine request is told that it is late.
    if (scheme.timestamp !== undefined && Math.abs(clock.now() - milliseconds(timestamp)) > clock.tolerance) {
      throw new HubError(
        "TL_SIGNATURE_STALE",
        `the request was signed more than ${clock.tolerance / 1000} s before or after now`,
      );
    }
  };
}

/** The headers of a request as its sender would sign it. `timestamp` in seconds. */
export function signRequest(
  scheme: SignatureScheme,
  secret: string,
  id: string,
  timestamp: number,
  body: Uint8Array,
): Readonly<Record<string, string>> {
  const signature = `${scheme.prefix}${signer(scheme, secret)(id, String(timestamp), body)}`;
  if (scheme.timestamp === undefined) return { [scheme.header]: signature };
  if (typeof scheme.timestamp === "string") {
    return { [scheme.header]: signature, [scheme.timestamp]: String(timestamp) };
  }
  return { [scheme.header]: `${scheme.timestamp.within}${timestamp},${signature}` };
}

/** Compares two secrets without telling by its time how much of them is alike. */
export function sameSecret(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function requireHeader(request: PushRequest, name: string): string {
  const value = request.headers[name]?.trim() ?? "";
  if (value === "") throw invalid(`header ${name} is missing or empty`);
  return value;
}

function timestampOf(scheme: SignatureScheme, request: PushRequest, header: string): string {
  if (scheme.timestamp === undefined) return "";
  let text: string | undefined;
  if (typeof scheme.timestamp === "string") {
    text = requireHeader(request, scheme.timestamp);
  } else {
    const { within } = scheme.timestamp;
    text = header
      .split(scheme.separator)
      .find((part) => part.startsWith(within))
      ?.slice(within.length);
  }
  if (text === undefined || !/^\d{1,13}$/.test(text)) {
    throw invalid("the time of signing is missing or not whole seconds or milliseconds since 1970");
  }
  return text;
}

/** Thirteen digits are milliseconds, as HubSpot writes them: as seconds they would lie in the year 33658 or later. */
function milliseconds(timestamp: string): number {
  return timestamp.length === 13 ? Number(timestamp) : Number(timestamp) * 1000;
}

const FORMS = { hex: /^[0-9A-Fa-f]{64}$/, base64: /^[A-Za-z0-9+/]{43}=$/ } as const;

/** The signatures as written: compared as text, so that no other spelling of the same bytes passes. */
function signaturesIn(header: string, scheme: SignatureScheme): string[] {
  const form = FORMS[scheme.encoding];
  // The usual header is one signature and nothing else.
  if (scheme.prefix === "" && form.test(header))
    return [scheme.encoding === "hex" ? header.toLowerCase() : header];
  return header
    .split(scheme.separator)
    .map((part) => part.replace(/,$/, ""))
    .filter((part) => part.startsWith(scheme.prefix))
    .map((part) => part.slice(scheme.prefix.length))
    .filter((signature) => form.test(signature))
    .map((signature) => (scheme.encoding === "hex" ? signature.toLowerCase() : signature));
}

type Signer = (id: string, timestamp: string, body: Uint8Array) => string;

/** What does not change from one request to the next is worked out once. */
function signer(scheme: SignatureScheme, secret: string): Signer {
  const mac = hmac(scheme.key(secret));
  const [before = "", after = ""] = scheme.content.split("{body}");
  if (before === "" && after === "") return (_id, _timestamp, body) => mac([body], scheme.encoding);
  return (id, timestamp, body) =>
    mac([filled(before, id, timestamp), body, filled(after, id, timestamp)], scheme.encoding);
}

function filled(text: string, id: string, timestamp: string): string {
  return text.replace(/\{(id|timestamp)\}/g, (_, name) => (name === "id" ? id : timestamp));
}

function anyEqual(expected: readonly string[], given: readonly string[]): boolean {
  let found = false;
  for (const one of expected) {
    for (const other of given) {
      if (one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other))) found = true;
    }
  }
  return found;
}

function formOf(scheme: SignatureScheme): string {
  return `${scheme.prefix}<${scheme.encoding}>`;
}

function invalid(message: string): HubError {
  return new HubError("TL_SIGNATURE_INVALID", message);
}
