import type { IncomingHttpHeaders } from "node:http";

/** What a browser keeps while its person is at the provider, so that it comes back with an answer to its own question. */
export interface Attempt {
  /** Comes back with the answer; who has another was not sent by this browser. */
  readonly state: string;
  /** Comes back within the ID token, so that no other token will do. */
  readonly nonce: string;
  /** Proves to the provider that who brings the code has asked for it (RFC 7636). */
  readonly verifier: string;
  /** Where in the dashboard the person wanted to go; a path. */
  readonly to: string;
}

/** How long a person may take at the provider; seconds. */
const LIFE_S = 600;

/**
 * The cookie of an attempt. The answer comes from the provider's page, so a strict cookie would stay away. By https its
 * name has it that no other host or plain connection has set it (RFC 6265bis, `__Host-`): else a stranger could have a
 * person end up in the stranger's own session.
 */
export function attemptCookie({ state, nonce, verifier, to }: Attempt, secure: boolean): string {
  return cookie([state, nonce, verifier, Buffer.from(to).toString("base64url")].join("."), LIFE_S, secure);
}

export function endedAttemptCookie(secure: boolean): string {
  return cookie("", 0, secure);
}

/** The attempt of a browser; undefined: it has none, or it took too long. */
export function attemptOf(
  { cookie: cookies = "" }: IncomingHttpHeaders,
  secure: boolean,
): Attempt | undefined {
  const value = new RegExp(`(?:^|; ?)${nameOf(secure)}=([^;]*)`).exec(cookies)?.[1] ?? "";
  const [state, nonce, verifier, to] = value.split(".");
  if (!state || !nonce || !verifier || to === undefined) return undefined;
  return { state, nonce, verifier, to: ownPath(Buffer.from(to, "base64url").toString()) };
}

/** A path of the dashboard with its query; what leads to another host or to the API becomes the first screen. */
export function ownPath(text: string): string {
  const base = "http://hub.invalid";
  if (!text.startsWith("/") || !URL.canParse(text, base)) return "/";
  const { origin, pathname, search } = new URL(text, base);
  return origin === base && !/^\/(\/|api\/)/.test(pathname) ? `${pathname}${search}` : "/";
}

function cookie(value: string, seconds: number, secure: boolean): string {
  const rest = `Path=/; HttpOnly; SameSite=Lax; Max-Age=${seconds}`;
  return `${nameOf(secure)}=${value}; ${rest}${secure ? "; Secure" : ""}`;
}

function nameOf(secure: boolean): string {
  return secure ? "__Host-tieline_oidc" : "tieline_oidc";
}
