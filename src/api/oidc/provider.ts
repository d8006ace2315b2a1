import type { ClientAuth, Configuration } from "openid-client";
import type { OidcSettings } from "../../config/oidc-settings.ts";
import { HubError } from "../../errors.ts";
import type { JsonObject } from "../../message/json.ts";
import type { ApiDeps } from "../deps.ts";
import type { Attempt } from "./attempt.ts";
import { claimAt, type Person, personIn } from "./claims.ts";
import { failureOf } from "./failure.ts";

type Client = typeof import("openid-client");

/** How long the provider may take for one answer; seconds. */
const PATIENCE_S = 5;
/** By how much its clock may differ from ours; seconds. */
const SKEW_S = 60;
/** Its description is read again when it is older, or, after a failure, so much later; milliseconds. */
const FRESH_MS = 3_600_000;
const AGAIN_MS = 30_000;
/** Answers that are checked at a time: each asks the provider, and anybody may send one. */
const MOST_WAITING = 20;

/** The OpenID provider at which people sign in. */
export interface Provider {
  /** What the button says. */
  readonly label: string;
  /** Whether it answered the last time it was asked. */
  isThere(): boolean;
  /** Where a browser is sent to, and what it keeps until it is back. @throws HubError TL_TARGET_UNAVAILABLE */
  begin(redirect: string, to: string): Promise<{ readonly url: string; readonly attempt: Attempt }>;
  /**
   * Who has come back.
   * @param answer the whole address that the browser came back to
   * @throws HubError TL_TARGET_UNAVAILABLE, TL_UNAUTHORIZED, TL_BACKLOG_FULL
   */
  prove(answer: URL, attempt: Attempt): Promise<Person>;
  /** Where a browser signs out of the provider too; null: it has no such address, or does not answer. */
  leave(back: string): Promise<string | null>;
}

/** Begins to read the provider's description, and waits for nothing: a hub starts without its provider. */
export function openProvider(oidc: OidcSettings, deps: Pick<ApiDeps, "logger" | "now">): Provider {
  const description = openDescription(oidc, deps);
  let waiting = 0;
  return {
    label: oidc.label,
    isThere: description.isThere,
    async begin(redirect, to) {
      const { client, config } = await description.read();
      const state = client.randomState();
      const attempt = { state, nonce: client.randomNonce(), verifier: client.randomPKCECodeVerifier(), to };
      const url = client.buildAuthorizationUrl(config, {
        ...{ redirect_uri: redirect, scope: oidc.scopes.join(" "), state, nonce: attempt.nonce },
        code_challenge: await client.calculatePKCECodeChallenge(attempt.verifier),
        code_challenge_method: "S256",
      });
      return { url: url.href, attempt };
    },
    async prove(answer, attempt) {
      if (waiting >= MOST_WAITING)
        throw new HubError("TL_BACKLOG_FULL", "too many sign in at the same time", { retryAfter: 2000 });
      waiting += 1;
      try {
        const { client, config } = await description.read();
        return personIn(await claimsOf(client, config, oidc, answer, attempt), oidc);
      } catch (error) {
        throw failureOf(error);
      } finally {
        waiting -= 1;
      }
    },
    async leave(back) {
      const read = await description.read().catch(() => null);
      if (read?.config.serverMetadata().end_session_endpoint === undefined) return null;
      return read.client.buildEndSessionUrl(read.config, { post_logout_redirect_uri: back }).href;
    },
  };
}

/** Exchanges the code, checks the ID token, and drops the tokens: nothing but what they say leaves this function. */
async function claimsOf(
  client: Client,
  config: Configuration,
  { roles, nameClaim }: OidcSettings,
  answer: URL,
  { state, nonce, verifier }: Attempt,
): Promise<JsonObject & { readonly iss: string; readonly sub: string }> {
  const tokens = await client.authorizationCodeGrant(config, answer, {
    ...{ expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true },
  });
  const claims = tokens.claims();
  if (claims === undefined) throw new HubError("TL_UNAUTHORIZED", "the provider gave no ID token");
  const { iss, sub } = claims;
  const own = claims as unknown as JsonObject;
  const isWhole = claimAt(own, roles.claim) !== undefined && claimAt(own, nameClaim) !== undefined;
  if (isWhole || config.serverMetadata().userinfo_endpoint === undefined) return { ...own, iss, sub };
  const more = await client.fetchUserInfo(config, tokens.access_token, sub);
  return { ...(more as unknown as JsonObject), ...own, iss, sub };
}

interface Read {
  readonly client: Client;
  readonly config: Configuration;
}

/** The provider's description (OpenID Connect Discovery 1.0), read when it is needed and kept for a while. */
function openDescription(oidc: OidcSettings, { logger, now }: Pick<ApiDeps, "logger" | "now">) {
  let known: (Read & { readonly at: number }) | null = null;
  let failedAt: number | null = null;
  let asked: Promise<Read> | null = null;

  const ask = async (): Promise<Read> => {
    try {
      const client = await import("openid-client");
      known = { client, config: await discover(client, oidc), at: now() };
      failedAt = null;
      return known;
    } catch (error) {
      const failure = failureOf(error);
      if (failedAt === null)
        logger.warn({ failure: failure.message }, "the provider of sign-in cannot be used");
      failedAt = now();
      if (known !== null) return known;
      throw new HubError("TL_TARGET_UNAVAILABLE", "the provider of sign-in does not answer", {
        cause: error,
      });
    }
  };
  const read = (): Promise<Read> => {
    if (known !== null && now() - known.at < FRESH_MS) return Promise.resolve(known);
    asked ??= ask().finally(() => {
      asked = null;
    });
    return asked;
  };
  read().catch(() => undefined);
  return {
    read,
    isThere(): boolean {
      if (failedAt !== null && now() - failedAt > AGAIN_MS) read().catch(() => undefined);
      return failedAt === null;
    },
  };
}

function discover(client: Client, { issuer, clientId, clientSecret }: OidcSettings): Promise<Configuration> {
  const checks = [client.enableNonRepudiationChecks];
  // The settings take it for this machine alone.
  if (issuer.startsWith("http:")) checks.push(client.allowInsecureRequests);
  const auth = clientSecret === undefined ? client.None() : secretAuth(client, clientSecret);
  const metadata = { [client.clockTolerance]: SKEW_S };
  const options = { execute: checks, timeout: PATIENCE_S };
  return client.discovery(new URL(issuer), clientId, metadata, auth, options);
}

/** Shows the secret as the standard has it, or where the provider does not take that, in the body. */
function secretAuth(client: Client, secret: string): ClientAuth {
  const basic = client.ClientSecretBasic(secret);
  const post = client.ClientSecretPost(secret);
  return (server, ...rest) => {
    const taken = server.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
    return (taken.includes("client_secret_basic") ? basic : post)(server, ...rest);
  };
}
