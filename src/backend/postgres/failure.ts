import { DatabaseError } from "pg";
import { HubError } from "../../errors.ts";

/**
 * Classes of SQLSTATE that are about the values of a statement, not about the server: data exceptions, constraints that
 * are broken, limits that are passed (https://www.postgresql.org/docs/current/errcodes-appendix.html).
 */
const ABOUT_VALUES: readonly string[] = ["22", "23", "54"];

/** A failure of the database in the hub's words. The server's own texts may quote values, so only its code is passed on. */
export function storeFailure(error: unknown, what: string): HubError {
  if (error instanceof HubError) return error;
  const code = codeOf(error);
  if (ABOUT_VALUES.includes(code.slice(0, 2)))
    return new HubError("TL_INTERNAL", `the store refuses a value (${code})`, { cause: error });
  return new HubError("TL_STORE_FAILED", `${what} (${code})`, { cause: error, retryAfter: 2_000 });
}

/** Two transactions waited for each other, or could not both be as if alone; this one was undone, and may be tried again. */
const CLASHES: readonly string[] = ["40001", "40P01"];

export function isClash(error: unknown): boolean {
  const cause = error instanceof HubError ? error.cause : error;
  return cause !== undefined && CLASHES.includes(codeOf(cause));
}

/** Whether the error comes from the driver or the server; anything else was thrown by the hub's own code. */
export function isDatabaseFailure(error: unknown): boolean {
  return error instanceof DatabaseError || isConnectionFailure(error);
}

/** Whether the server has judged the statement and goes on: then it has not taken effect, and the session lives. */
export function isAnswer(error: unknown): boolean {
  return error instanceof DatabaseError && error.severity === "ERROR";
}

/** What the driver says when a connection ends under it, besides the system's own codes. */
const DRIVER_TEXTS =
  /^(Connection terminated|Client (was closed|has encountered)|Query read timeout|timeout exp)/;

function isConnectionFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return DRIVER_TEXTS.test(error.message) || ("code" in error && /^E[A-Z_]+$/.test(String(error.code)));
}

/** What is said of a server that is not there now, or not yet: the same attempt may go well later. */
const AWAY: ReadonlySet<string> = new Set([
  ...[
    "ECONNREFUSED",
    "ECONNRESET",
    "ETIMEDOUT",
    "EHOSTUNREACH",
    "ENETUNREACH",
    "ENOTFOUND",
    "EAI_AGAIN",
    "ENOENT",
  ],
  // It starts up or shuts down, or has as many clients as it takes.
  ...["57P01", "57P02", "57P03", "53300", "the connection ended"],
]);

/** Whether a failure to connect may end by itself. */
export function isAway(error: unknown): boolean {
  const cause = error instanceof HubError ? error.cause : error;
  return cause !== undefined && AWAY.has(codeOf(cause));
}

/** SQLSTATE, the system's code (ECONNREFUSED), or the driver's own word. */
export function codeOf(error: unknown): string {
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  if (error instanceof Error && DRIVER_TEXTS.test(error.message)) return "the connection ended";
  return error instanceof Error ? error.name : typeof error;
}
