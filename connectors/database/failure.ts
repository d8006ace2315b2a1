import { type ErrorCode, HubError } from "tieline/connector";
import { DbFailure, type DbFault } from "./db.ts";

/** What a failure means to who reads. */
export function sourceFailure(error: unknown): unknown {
  if (!(error instanceof DbFailure)) return error;
  const codes: Readonly<Record<DbFault, ErrorCode>> = {
    away: "TL_SOURCE_UNAVAILABLE",
    busy: "TL_SOURCE_UNAVAILABLE",
    access: "TL_SOURCE_ACCESS",
    settings: "TL_SOURCE_REFUSED",
    data: "TL_SOURCE_REFUSED",
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
    away: "TL_TARGET_UNAVAILABLE",
    busy: "TL_TARGET_BUSY",
    access: "TL_TARGET_ACCESS",
    settings: "TL_TARGET_ACCESS",
    data: "TL_TARGET_REFUSED",
    statement: "TL_TARGET_FAILED",
  };
  return new HubError(codes[error.fault], error.message, { cause: error });
}

/** By the class of SQLSTATE, which both kinds of server tell (ISO/IEC 9075-2, 24.1). */
export function faultOf(state: string): DbFault {
  if (/^(08|57P)/.test(state)) return "away";
  if (/^(53|40|55)/.test(state) || state === "57014") return "busy";
  if (/^28/.test(state) || state === "42501") return "access";
  if (/^(3D|3F|42)/.test(state)) return "settings";
  return /^(21|22|23)/.test(state) ? "data" : "statement";
}
