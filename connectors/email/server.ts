import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { HubError, type OAuthTokens, oauthTokens, type SystemContext } from "tieline/connector";
import { MailFailure } from "./failure.ts";
import type { AccessOptions } from "./settings.ts";

/** Where a mail server is, and how the hub proves itself there. */
export interface Server {
  readonly host: string;
  readonly port: number;
  /** Encrypted from the first byte; otherwise by STARTTLS, unless `plain`. */
  readonly implicit: boolean;
  readonly plain: boolean;
  /** Null: nobody logs in. */
  readonly user: string | null;
  readonly password: string | null;
  readonly tokens: OAuthTokens | null;
  /** The authority's certificate, where one is named. */
  authority(): Promise<string | undefined>;
}

const PORTS: Readonly<Record<string, number>> = { "imap:": 143, "imaps:": 993, "smtp:": 587, "smtps:": 465 };

/** @throws HubError TL_CONFIG_INVALID */
export function serverOf(name: "imap" | "smtp", options: AccessOptions, context: SystemContext): Server {
  const cure = `Write it like ${name}s://hub%40example.com@mail.example.com:${PORTS[`${name}s:`]}.`;
  const wrong = (message: string): HubError =>
    new HubError("TL_CONFIG_INVALID", `\`${name}.${message}`, { cure });
  if (!URL.canParse(options.url)) throw wrong("url` is not a URL");
  const url = new URL(options.url);
  if (url.password !== "") {
    throw new HubError("TL_CONFIG_INVALID", `\`${name}.url\` must not hold a password`, {
      cure: `Write it to \`password\`, as \${env:NAME}.`,
    });
  }
  if (url.hostname === "") throw wrong("url` names no host");
  const user = url.username === "" ? null : decodeURIComponent(url.username);
  if (name === "imap" && user === null) throw wrong("url` names no user");
  const proofs = [options.password, options.oauth].filter((one) => one !== undefined).length;
  if (proofs !== (user === null ? 0 : 1))
    throw wrong("url` with a user needs `password` or `oauth`, one of them");
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const isHere = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host);
  const implicit = url.protocol === `${name}s:`;
  const tls = options.tls ?? (isHere && !implicit ? "none" : "verify");
  if (implicit && tls === "none") throw wrong("tls` cannot be none with an encrypted protocol");
  return {
    host,
    port: url.port === "" ? (PORTS[url.protocol] ?? 0) : Number(url.port),
    implicit,
    plain: tls === "none",
    user,
    password: options.password ?? null,
    tokens: options.oauth === undefined ? null : oauthTokens(options.oauth, () => context.now()),
    authority: async () =>
      options.authority === undefined
        ? undefined
        : await readFile(resolve(context.dir ?? ".", options.authority), "utf8"),
  };
}

/**
 * Logs in: with an OAuth token twice where need be, since one that the server refuses may have ended before its time.
 * @param logIn with a token, or null where the password proves it
 * @throws MailFailure; HubError TL_TARGET_* when no token could be got
 */
export async function withProof<Result>(
  { tokens }: Server,
  signal: AbortSignal,
  logIn: (token: string | null) => Promise<Result>,
): Promise<Result> {
  if (tokens === null) return await logIn(null);
  for (let again = false; ; again = true) {
    const header = await tokens.header(signal);
    try {
      return await logIn(header.replace(/^\S+\s+/, ""));
    } catch (error) {
      if (!(error instanceof MailFailure) || error.fault !== "access") throw error;
      tokens.refused(header);
      if (!again) continue;
      throw new MailFailure("access", "the mail server refused the token, and a new one too", {
        // It holds the server's own words.
        cause: error.cause,
        cure: "Compare `oauth` with what the server wants: the scope, and a client that may use this mailbox; then resume the route.",
      });
    }
  }
}
