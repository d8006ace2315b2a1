import { HubError } from "../errors.ts";
import { isObject, type Json } from "../message/json.ts";
import type { OAuthOptions } from "./oauth-settings.ts";
import { parseRetryAfter } from "./retry-after.ts";

/** Tokens of a client, got when they are needed and kept until shortly before they end. Never logged, never in an error. */
export interface OAuthTokens {
  /**
   * The value of the header `Authorization`. Who ask at once share one request.
   * @throws HubError TL_TARGET_ACCESS, TL_TARGET_UNAVAILABLE, TL_TARGET_BUSY
   */
  header(signal: AbortSignal): Promise<string>;
  /** The target answered 401 to this header: the next gets a new token. */
  refused(header: string): void;
}

interface Token {
  readonly header: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** A token is not used in its last tenth, nor in its last half minute. */
const MARGIN = { share: 0.1, most: 30_000 };
/** Where the endpoint does not say how long a token is good; milliseconds (RFC 6749 §5.1 leaves it open). */
const UNSAID_MS = 300_000;
const TIMEOUT_MS = 10_000;
const ANSWER_LIMIT = 64 * 1024;

/**
 * @param now milliseconds since 1970
 * @throws HubError TL_CONFIG_INVALID
 */
export function oauthTokens(options: OAuthOptions, now: () => number): OAuthTokens {
  const url = requireTokenUrl(options.url);
  let token: Token | null = null;
  let asking: Promise<Token> | null = null;

  return {
    async header(signal) {
      if (token !== null && now() < token.until) return token.header;
      asking ??= askToken(url, options, now)
        .then((got) => {
          token = got;
          return got;
        })
        .finally(() => {
          asking = null;
        });
      return (await untilAborted(asking, signal)).header;
    },
    refused(header) {
      // Somebody else may have got a new one already.
      if (token?.header === header) token = null;
    },
  };
}

function requireTokenUrl(text: string): URL {
  const cure = "Write it like https://login.example.com/oauth2/token.";
  if (!URL.canParse(text))
    throw new HubError("TL_CONFIG_INVALID", "`oauth.url` is not an absolute URL", { cure });
  const url = new URL(text);
  const isHere = url.protocol === "http:" && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  if (url.protocol !== "https:" && !isHere)
    throw new HubError("TL_CONFIG_INVALID", "`oauth.url` must begin with https://: a secret is sent there", {
      cure,
    });
  if (url.username !== "" || url.password !== "")
    throw new HubError("TL_CONFIG_INVALID", "`oauth.url` must not hold a password", {
      cure: "Use `client` and `secret`.",
    });
  return url;
}

async function askToken(url: URL, options: OAuthOptions, now: () => number): Promise<Token> {
  const { client, secret, scope, audience, send = "header" } = options;
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    ...(scope === undefined ? {} : { scope }),
    ...(audience === undefined ? {} : { audience }),
    ...(send === "body" ? { client_id: client, client_secret: secret } : {}),
  });
  const headers: Record<string, string> = {
    accept: "application/json",
    "content-type": "application/x-www-form-urlencoded",
  };
  if (send === "header") {
    const pair = `${encodeURIComponent(client)}:${encodeURIComponent(secret)}`;
    headers["authorization"] = `Basic ${Buffer.from(pair).toString("base64")}`;
  }
  const asked = now();
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method: "POST",
      headers,
      body: form.toString(),
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    text = await response.text();
  } catch (cause) {
    throw new HubError("TL_TARGET_UNAVAILABLE", `${url.host} gave no token: it does not answer`, { cause });
  }
  return tokenOf(response, text, url, asked, now);
}

function tokenOf(response: Response, text: string, url: URL, asked: number, now: () => number): Token {
  const { status } = response;
  if (status === 429 || status >= 500) {
    const retryAfter = parseRetryAfter(response.headers.get("retry-after") ?? undefined, now());
    const wait = retryAfter === undefined ? {} : { retryAfter };
    throw new HubError("TL_TARGET_BUSY", `${url.host} gave no token: it answered ${status}`, wait);
  }
  const body = text.length > ANSWER_LIMIT ? undefined : parse(text);
  const token = isObject(body) ? body["access_token"] : undefined;
  if (status !== 200 || typeof token !== "string" || !/^[\x21-\x7e]+$/.test(token)) {
    throw new HubError(
      "TL_TARGET_ACCESS",
      `${url.host} gave no token: it answered ${status}${reasonOf(body)}`,
      {
        cure: "Compare `oauth` of the system with the client at the token endpoint, then resume the route.",
      },
    );
  }
  const seconds = isObject(body) ? Number(body["expires_in"]) : Number.NaN;
  const life = Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : UNSAID_MS;
  return { header: `Bearer ${token}`, until: asked + life - Math.min(life * MARGIN.share, MARGIN.most) };
}

/** The code of RFC 6749 §5.2, which quotes nothing. */
function reasonOf(body: Json | undefined): string {
  const code = isObject(body) ? body["error"] : undefined;
  return typeof code === "string" && /^[a-z_]{1,40}$/.test(code) ? ` (${code})` : "";
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** What others wait for too goes on when one of them does not wait any longer. */
function untilAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason as unknown);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
