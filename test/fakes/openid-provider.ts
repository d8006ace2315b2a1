import { createSign, generateKeyPairSync } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import Provider, { type Context } from "oidc-provider";

export const CLIENT_SECRET = "a-secret-of-the-client-of-the-tests";

/** A person as the provider knows it: claims by name. */
export type Claims = Readonly<Record<string, unknown>>;

/** A certified OpenID provider on this machine, at which one person at a time has signed in already. */
export interface OpenIdProvider {
  readonly issuer: string;
  /** Who signs in next; the subject. */
  who: string;
  /** How long a code is good for; seconds. */
  codeLife: number;
  /** What the token endpoint answers instead of its own answer, if anything; a text of JSON. */
  tokens: string | null;
  /** The answer the token endpoint gave last. */
  readonly lastTokens: () => string;
  /** An ID token of these claims, signed as the provider's own are. */
  sign(claims: Claims): string;
  /** False: it does not answer. */
  isThere: boolean;
  /** Where clients may be sent back to. */
  register(redirect: string, afterSignOut: string): void;
  close(): Promise<void>;
}

export async function openOpenIdProvider(people: Readonly<Record<string, Claims>>): Promise<OpenIdProvider> {
  let serve: (request: IncomingMessage, response: ServerResponse) => void = (_, response) => response.end();
  let last = "";
  const server = createServer((request, response) => {
    if (!fake.isThere) request.socket.destroy();
    else if (request.url === "/token" && fake.tokens !== null)
      response.writeHead(200, { "content-type": "application/json" }).end(fake.tokens);
    else {
      if (request.url === "/token") note(response, (text) => (last = text));
      serve(request, response);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const fake: OpenIdProvider = {
    ...{ issuer, who: "", codeLife: 60, tokens: null, isThere: true },
    lastTokens: () => last,
    sign(claims) {
      const text = [{ alg: "RS256", kid: "k" }, claims].map((part) =>
        Buffer.from(JSON.stringify(part)).toString("base64url"),
      );
      const signature = createSign("RSA-SHA256").update(text.join(".")).sign(privateKey);
      return [...text, signature.toString("base64url")].join(".");
    },
    register(redirect, afterSignOut) {
      const provider = new Provider(issuer, configuration(fake, people, redirect, afterSignOut));
      const routes = provider.callback();
      serve = (request, response) => {
        if (!request.url?.startsWith("/interaction/")) return routes(request, response);
        // The person is known here and agrees: no page is shown.
        const login = { accountId: fake.who, remember: false };
        provider.interactionFinished(request, response, { login }).catch((error) => {
          response.writeHead(500).end(String(error));
        });
      };
      async function grantAll({ oidc }: Context) {
        const grant = new provider.Grant({
          clientId: oidc.client?.clientId,
          accountId: oidc.session?.accountId,
        });
        grant.addOIDCScope("openid profile email groups");
        await grant.save();
        return grant;
      }
      grants.set(fake, grantAll);
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return fake;
}

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const grants = new WeakMap<OpenIdProvider, (context: Context) => Promise<object>>();

function configuration(
  fake: OpenIdProvider,
  people: Readonly<Record<string, Claims>>,
  redirect: string,
  afterSignOut: string,
): object {
  const client = (id: string) => ({
    ...{ client_id: id, client_secret: CLIENT_SECRET, redirect_uris: [redirect] },
    post_logout_redirect_uris: [afterSignOut],
  });
  return {
    clients: [client("tieline"), client("another")],
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), use: "sig", alg: "RS256", kid: "k" }] },
    cookies: { keys: ["the provider's own"] },
    claims: { openid: ["sub"], profile: ["preferred_username"], email: ["email"], groups: ["groups"] },
    features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true } },
    ttl: Object.fromEntries([
      ["AuthorizationCode", () => fake.codeLife],
      ...["AccessToken", "Grant", "IdToken", "Interaction", "Session"].map((name) => [name, 600]),
    ]),
    interactions: { url: (_: unknown, interaction: { uid: string }) => `/interaction/${interaction.uid}` },
    findAccount: (_: unknown, sub: string) =>
      Object.hasOwn(people, sub) ? { accountId: sub, claims: () => ({ sub, ...people[sub] }) } : undefined,
    loadExistingGrant: (context: Context) => grants.get(fake)?.(context),
  };
}

/** Reads along what is answered. */
function note(response: ServerResponse, tell: (text: string) => void): void {
  const end = response.end.bind(response);
  response.end = ((chunk?: unknown, ...rest: never[]) => {
    if (typeof chunk === "string" || chunk instanceof Buffer) tell(String(chunk));
    return end(chunk, ...rest);
  }) as typeof response.end;
}
