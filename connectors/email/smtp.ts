import { Readable } from "node:stream";
import type SMTPConnection from "nodemailer/lib/smtp-connection";
import type { Composed } from "./compose.ts";
import { MailFailure, type MailFault, networkFailure } from "./failure.ts";
import { type Server, withProof } from "./server.ts";

const CONNECT_MS = 8_000;
/** No answer for so long, and the connection is given up. */
const SILENT_MS = 13_000;

/** The mail was handed over whole, and the answer did not come: it may have been taken. */
export class MailInDoubt extends Error {
  override readonly name = "MailInDoubt";
}

/** What nodemailer's errors tell. */
interface SmtpError {
  readonly code?: string;
  readonly command?: string;
  readonly response?: string;
  readonly responseCode?: number;
}

/** What nodemailer knows of the recipients before the mail is read; it tells nobody until it is sent. */
interface Underway {
  readonly _envelope?: { readonly rejectedErrors?: readonly SmtpError[] } | false;
}

/**
 * Hands one mail over, on a connection of its own, to all recipients or to none: when one is refused, the mail is broken off
 * before its end, and the server drops it.
 * @returns the server's answer
 * @throws MailFailure, MailInDoubt
 */
export async function handOver(server: Server, mail: Composed, signal: AbortSignal): Promise<string> {
  const connection = await connectSmtp(server, signal);
  let whole = false;
  let refusal: SmtpError | undefined;
  async function* read() {
    const envelope = (connection as unknown as Underway)._envelope;
    refusal = envelope === false ? undefined : envelope?.rejectedErrors?.[0];
    if (refusal !== undefined) throw new Error("a recipient was refused");
    yield mail.bytes;
    whole = true;
  }
  const envelope: SMTPConnection.Envelope = {
    from: mail.envelopeFrom ?? false,
    to: [...mail.recipients],
    size: mail.bytes.byteLength,
  };
  try {
    const { response } = await untilAborted<SMTPConnection.SentMessageInfo>(connection, signal, (done) =>
      connection.send(envelope, Readable.from(read(), { objectMode: false }), done),
    );
    connection.quit();
    return response.replace(/[^\x20-\x7e]/g, " ").slice(0, 100);
  } catch (error) {
    connection.close();
    const failure = (error ?? {}) as SmtpError;
    if (refusal !== undefined) throw smtpFailure({ ...refusal, command: "RCPT TO" });
    if (whole && failure.responseCode === undefined)
      throw new MailInDoubt("the mail server did not answer after the mail", { cause: error });
    throw smtpFailure(failure);
  }
}

/** Connects and logs in. @throws MailFailure */
export function connectSmtp(server: Server, signal: AbortSignal): Promise<SMTPConnection> {
  return withProof(server, signal, (token) => logIn(server, token, signal));
}

async function logIn(server: Server, token: string | null, signal: AbortSignal): Promise<SMTPConnection> {
  const { default: Connection } = await import("nodemailer/lib/smtp-connection");
  const ca = await server.authority();
  const connection = new Connection({
    host: server.host,
    port: server.port,
    secure: server.implicit,
    requireTLS: !server.implicit && !server.plain,
    ignoreTLS: server.plain,
    tls: { minVersion: "TLSv1.2", ...(ca === undefined ? {} : { ca: [ca] }) },
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    dnsTimeout: CONNECT_MS,
    socketTimeout: SILENT_MS,
    maxResponseSize: 64 * 1024,
    customAuth: { [BEARER]: bearer },
  });
  try {
    await untilAborted(connection, signal, (done) => connection.connect((error) => done(error ?? null)));
    if (server.user === null) return connection;
    const login =
      token === null
        ? { user: server.user, pass: server.password ?? "" }
        : { user: server.user, pass: token, method: BEARER };
    await untilAborted(connection, signal, (done) => connection.login(login, done));
    return connection;
  } catch (error) {
    connection.close();
    throw smtpFailure((error ?? {}) as SmtpError);
  }
}

/** Called XOAUTH2, nodemailer would take what the server names first, and send the token as a password by PLAIN. */
const BEARER = "BEARER-TOKEN";

/** SASL XOAUTH2, or OAUTHBEARER (RFC 7628) where the server lacks it, with a token in place of the password. */
const bearer: NonNullable<SMTPConnection.Options["customAuth"]>[string] = async (context) => {
  const { user, pass } = context.auth.credentials;
  const isXoauth2 = context.authMethods.includes("XOAUTH2");
  const name = isXoauth2 ? `user=${user}` : `n,a=${user.replaceAll("=", "=3D").replaceAll(",", "=2C")},`;
  const proof = Buffer.from(`${name}\u0001auth=Bearer ${pass}\u0001\u0001`).toString("base64");
  let answer = await context.sendCommand(`AUTH ${isXoauth2 ? "XOAUTH2" : "OAUTHBEARER"} ${proof}`);
  // The server says why in a challenge, and wants an answer that says nothing before it refuses.
  if (answer.status === 334) answer = await context.sendCommand(isXoauth2 ? "" : "AQ==");
  if (answer.status === 235) context.resolve();
  else context.reject(Object.assign(new Error("refused"), { responseCode: answer.status }));
};

type Done<Result> = (error: Error | null, result?: Result) => void;

function untilAborted<Result>(
  connection: SMTPConnection,
  signal: AbortSignal,
  act: (done: Done<Result>) => void,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      reject(signal.reason);
      connection.close();
    };
    // An error may come twice, by the event and by the callback; the first settles it.
    connection.on("error", reject);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    act((error, result) => {
      signal.removeEventListener("abort", stop);
      if (error === null || error === undefined) resolve(result as Result);
      else reject(error);
    });
  });
}

/** 5xx is for good, 4xx passes (RFC 5321 §4.2.1); whose matter it is the command and the enhanced code tell (RFC 3463). */
export function smtpFailure(error: SmtpError): MailFailure {
  const { code, command = "", response = "", responseCode } = error;
  if (code === "ETLS") {
    const cure =
      "Use smtps://, or have the server offer STARTTLS with a certificate that is valid for this host.";
    return new MailFailure("settings", "the connection could not be encrypted", { cause: error, cure });
  }
  if (code === "EMESSAGE" && responseCode === undefined)
    return new MailFailure("data", "the mail is larger than the mail server takes", { cause: error });
  if (code === "EAUTH" || code === "ENOAUTH" || /^AUTH/.test(command)) {
    const isTemporary = responseCode !== undefined && responseCode < 500;
    return new MailFailure(
      isTemporary ? "busy" : "access",
      `the mail server refused the user or the password${told(responseCode, "")}`,
      { cause: error },
    );
  }
  if (responseCode === undefined) return networkFailure(error, "the mail server");
  const enhanced = /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/.exec(response)?.[1] ?? "";
  const where = /^(MAIL FROM|RCPT TO|DATA)/.exec(command)?.[1];
  const of = where === undefined ? "the mail server answered" : `the mail server answered to ${where}`;
  return new MailFailure(faultOf(responseCode, enhanced, where), `${of}${told(responseCode, enhanced)}`, {
    cause: error,
  });
}

function faultOf(code: number, enhanced: string, where: string | undefined): MailFault {
  // 4.3.x and 5.3.x speak of the mail system itself, but 5.3.4 of a mail that is too large.
  if (code < 500) return code === 421 || enhanced.startsWith("4.3.") ? "busy" : "message";
  if (code === 530 || code === 534 || code === 535 || code === 538) return "access";
  if (code === 552 || enhanced === "5.3.4" || where === "RCPT TO" || where === "DATA") return "data";
  return "settings";
}

function told(code: number | undefined, enhanced: string): string {
  return code === undefined ? "" : ` (${[code, enhanced].filter((part) => part !== "").join(" ")})`;
}
