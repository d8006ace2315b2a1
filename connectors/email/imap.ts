import type { ImapFlow, MailboxObject } from "imapflow";
import { MailFailure, networkFailure } from "./failure.ts";
import { type Server, withProof } from "./server.ts";

const CONNECT_MS = 10_000;
/** A server that says nothing for so long is gone; idling says something every `every`. */
const SILENT_MS = 120_000;

/**
 * Connects and logs in. The connection's failures are told by what is under way.
 * @param limit largest literal, bytes
 * @throws MailFailure
 */
export function connectImap(server: Server, limit: number, signal: AbortSignal): Promise<ImapFlow> {
  return withProof(server, signal, (token) => logIn(server, token, limit, signal));
}

async function logIn(
  server: Server,
  token: string | null,
  limit: number,
  signal: AbortSignal,
): Promise<ImapFlow> {
  const { ImapFlow } = await import("imapflow");
  const ca = await server.authority();
  const client = new ImapFlow({
    host: server.host,
    port: server.port,
    secure: server.implicit,
    ...(server.implicit ? {} : { doSTARTTLS: !server.plain }),
    auth: {
      user: server.user ?? "",
      ...(token === null ? { pass: server.password ?? "" } : { accessToken: token }),
    },
    tls: { minVersion: "TLSv1.2", ...(ca === undefined ? {} : { ca: [ca] }) },
    logger: false,
    disableAutoIdle: true,
    disableCompression: true,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: SILENT_MS,
    maxLiteralSize: limit + 64 * 1024,
    maxLineLength: 16 * 1024 * 1024,
  });
  // What breaks is told by what was under way; without a listener it would end the process.
  client.on("error", () => undefined);
  const stop = (): void => client.close();
  signal.addEventListener("abort", stop, { once: true });
  try {
    await client.connect();
    return client;
  } catch (error) {
    client.close();
    throw imapFailure(error);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** Opens a folder. @throws MailFailure when it is not there */
export async function openFolder(
  client: ImapFlow,
  folder: string,
  readOnly: boolean,
): Promise<MailboxObject> {
  try {
    return await client.mailboxOpen(folder, { readOnly });
  } catch (error) {
    if (answerOf(error) === "NO") throw noFolder(folder, error);
    throw imapFailure(error);
  }
}

export function noFolder(folder: string, cause?: unknown): MailFailure {
  return new MailFailure(
    "settings",
    `the account has no folder ${JSON.stringify(folder.slice(0, 100))} that it may open`,
    {
      cause,
      cure: "Write the folder as the server lists it, with its delimiter, or have it made.",
    },
  );
}

export function imapFailure(error: unknown): MailFailure {
  if (error instanceof MailFailure) return error;
  if (isRefusedLogin(error)) {
    return new MailFailure("access", "the mail server refused the user or the password", { cause: error });
  }
  if ((error as { readonly tlsFailed?: boolean } | undefined)?.tlsFailed === true) {
    const cure =
      "Use imaps://, or have the server offer STARTTLS with a certificate that is valid for this host.";
    return new MailFailure("settings", "the connection could not be encrypted", { cause: error, cure });
  }
  const answer = answerOf(error);
  if (answer === "BAD")
    return new MailFailure("settings", "the mail server does not know a command (BAD)", { cause: error });
  if (answer === "NO")
    return new MailFailure("away", "the mail server could not do it now (NO)", { cause: error });
  return networkFailure(error, "the mail server");
}

function isRefusedLogin(error: unknown): boolean {
  const { authenticationFailed, serverResponseCode } = (error ?? {}) as Readonly<Record<string, unknown>>;
  // RFC 5530: such a server says itself that it is no matter of the password.
  return (
    authenticationFailed === true && !/^(UNAVAILABLE|INUSE|LIMIT|SERVERBUG)$/.test(String(serverResponseCode))
  );
}

function answerOf(error: unknown): unknown {
  return (error as { readonly responseStatus?: unknown } | undefined)?.responseStatus;
}
