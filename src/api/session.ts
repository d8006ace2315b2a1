import { createHmac, randomBytes } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { sameToken } from "./token.ts";

const NAME = "tieline_session";
/** How long a browser stays signed in; seconds. */
const LIFE_S = 12 * 3600;
export const LIFE_MS = LIFE_S * 1000;

/**
 * The cookie of a browser that has shown the token. No script can read it, and it does not hold the token but a proof of
 * it that ends by itself: it outlives a restart, needs nothing to be stored so that it opens a hub whose disk is full, and
 * a new token ends all of them. Of one that was signed out the store keeps the hash, so that no copy of it opens anything.
 * @param secure whether the browser came by https, so that the cookie never goes over a plain connection
 */
export function sessionCookie(token: string, now: number, secure: boolean): string {
  const until = now + LIFE_MS;
  const own = randomBytes(12).toString("base64url");
  return cookie(`${until}.${own}.${proofOf(token, until, own)}`, LIFE_S, secure);
}

/** The cookie of a user's browser; the store has the hash of its value, and forgets it when the user signs out. */
export function userCookie(value: string, secure: boolean): string {
  return cookie(value, LIFE_S, secure);
}

export function endedCookie(secure: boolean): string {
  return cookie("", 0, secure);
}

function cookie(value: string, seconds: number, secure: boolean): string {
  const rest = `Path=/api; HttpOnly; SameSite=Strict; Max-Age=${seconds}`;
  return `${NAME}=${value}; ${rest}${secure ? "; Secure" : ""}`;
}

/** What the browser's cookie holds; empty without one. */
export function sessionOf({ cookie: cookies = "" }: IncomingHttpHeaders): string {
  return new RegExp(`(?:^|; ?)${NAME}=([^;]*)`).exec(cookies)?.[1] ?? "";
}

/**
 * Whether a request comes from a browser that has shown the token, and from our own page when it changes something; it may
 * have been signed out since.
 */
export function hasSession(
  request: { readonly method: string; readonly headers: IncomingHttpHeaders },
  token: string,
  now: number,
): boolean {
  const until = tokenSessionEnd(request.headers, token);
  return until !== undefined && until >= now && isOwnAct(request);
}

/** When the session of a browser that has shown the token ends by itself; undefined: this is none. */
export function tokenSessionEnd(headers: IncomingHttpHeaders, token: string): number | undefined {
  const [until = "", own = "", proof = ""] = sessionOf(headers).split(".");
  if (!/^\d{13}$/.test(until)) return undefined;
  return sameToken(proof, proofOf(token, Number(until), own)) ? Number(until) : undefined;
}

/** Whether a request changes nothing, or comes from our own page. */
export function isOwnAct(request: {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
}): boolean {
  return ["GET", "HEAD"].includes(request.method) || isOwnPage(request.headers);
}

/** Browsers say which page a request comes from, and no page can make them lie. */
function isOwnPage({ "sec-fetch-site": site, origin, host }: IncomingHttpHeaders): boolean {
  if (site !== undefined) return site === "same-origin";
  return origin !== undefined && host !== undefined && /^https?:\/\/(.+)$/.exec(origin)?.[1] === host;
}

function proofOf(token: string, until: number, own: string): string {
  return createHmac("sha256", token).update(`session ${own} until ${until}`).digest("base64url");
}
