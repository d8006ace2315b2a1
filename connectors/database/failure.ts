import {
  type ErrorCode,
  HubError,
  type Said,
  SOURCE_CODES,
  TARGET_CODES,
  type Tell,
} from "tieline/connector";
import { DbFailure, type DbFault } from "./db.ts";

/** What a failure means to who reads. */
export function sourceFailure(error: unknown): unknown {
  if (!(error instanceof DbFailure)) return error;
  const codes: Readonly<Record<DbFault, ErrorCode>> = {
    ...SOURCE_CODES,
    statement: "TL_SOURCE_REFUSED",
  };
  return new HubError(codes[error.fault], error.message, { cause: error });
}

/** What a failure means to who writes. */
export function targetFailure(error: unknown, idempotent: boolean): unknown {
  if (!(error instanceof DbFailure)) return error;
  if (error.inDoubt && !idempotent) {
    return new HubError("TL_IN_DOUBT", `the statement was sent, and then ${error.message}`, { cause: error });
  }
  const codes: Readonly<Record<DbFault, ErrorCode>> = {
    ...TARGET_CODES,
    statement: "TL_TARGET_FAILED",
  };
  return new HubError(codes[error.fault], error.message, { cause: error });
}

/** Tells what the database said to a statement, in its own words, which may quote values. @param error also as a cause */
export function tellFailure(tell: Tell | undefined, sent: Said, error: unknown): void {
  if (error instanceof HubError) tellFailure(tell, sent, error.cause);
  if (!(error instanceof DbFailure)) return;
  const { code, message, sqlMessage, detail } = (error.cause ?? {}) as Readonly<Record<string, unknown>>;
  const text = [sqlMessage ?? message, detail].filter((one) => typeof one === "string").join("\n");
  if (error.fault === "away" || typeof code !== "string") tell?.({ sent });
  else tell?.({ sent, answered: { line: code, body: { text, size: Buffer.byteLength(text) } } });
}

/** By the class of SQLSTATE, which both kinds of server tell (ISO/IEC 9075-2, 24.1). */
export function faultOf(state: string): DbFault {
  if (/^(08|57P)/.test(state)) return "away";
  if (/^(53|40|55)/.test(state) || state === "57014") return "busy";
  if (/^28/.test(state) || state === "42501") return "access";
  if (/^(3D|3F|42)/.test(state)) return "settings";
  return /^(21|22|23)/.test(state) ? "data" : "statement";
}
