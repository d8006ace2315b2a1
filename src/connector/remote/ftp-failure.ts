import { RemoteFailure, type RemoteFault, reasonOf } from "./remote.ts";

/** Reply codes of RFC 959, section 4.2, and RFC 4217, which say whose fault it is. */
const REPLIES: Readonly<Record<number, RemoteFault>> = {
  421: "away",
  425: "away",
  426: "away",
  430: "access",
  450: "failed",
  451: "failed",
  452: "failed",
  522: "access",
  530: "access",
  532: "access",
  534: "access",
  550: "absent",
  552: "failed",
  553: "denied",
};

/** What a certificate that is not the server's, or is of no known authority, is told by. */
const CERTIFICATE = /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT_|HOSTNAME_MISMATCH|INVALID_CA)/;

/** @param phase while logging in, what the server does not know is what the settings ask of it */
export function ftpFailure(error: unknown, phase: "login" | "work" = "work"): RemoteFailure {
  if (error instanceof RemoteFailure) return error;
  const code = (error as { readonly code?: unknown } | null)?.code;
  if (typeof code === "string" && CERTIFICATE.test(code))
    return new RemoteFailure("access", `the server's certificate is not accepted (${code})`, error);
  if (typeof code !== "number")
    return new RemoteFailure("away", `the server does not answer${reasonOf(error)}`, error);
  const fault = REPLIES[code] ?? (phase === "login" ? "access" : "failed");
  return new RemoteFailure(fault, `the server ${WORDS[fault]} (${code})`, error);
}

const WORDS: Readonly<Record<RemoteFault, string>> = {
  away: "ended the connection",
  access: "refused the user, the password or the encryption",
  denied: "refuses it",
  absent: "has no such file or folder, or refuses it",
  failed: "could not do it",
};
