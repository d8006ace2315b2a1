import { type ErrorCode, HubError } from "tieline/connector";

/**
 * Whose fault it is: `away` nobody answers, `access` wrong user or right, `settings` it cannot do that the way it is set up,
 * `content` it refused what was asked, `doubt` the connection ended before it answered.
 */
export type AmiFault = "away" | "access" | "settings" | "content" | "doubt";

/** A failure of the manager interface, in words that quote nothing of a call. */
export class AmiFailure extends Error {
  override readonly name = "AmiFailure";
  readonly fault: AmiFault;

  constructor(fault: AmiFault, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.fault = fault;
  }
}

const SOURCE: Readonly<Record<AmiFault, ErrorCode>> = {
  away: "TL_SOURCE_UNAVAILABLE",
  access: "TL_SOURCE_ACCESS",
  settings: "TL_SOURCE_REFUSED",
  content: "TL_SOURCE_REFUSED",
  doubt: "TL_SOURCE_UNAVAILABLE",
};
const TARGET: Readonly<Record<AmiFault, ErrorCode>> = {
  away: "TL_TARGET_UNAVAILABLE",
  access: "TL_TARGET_ACCESS",
  settings: "TL_TARGET_ACCESS",
  content: "TL_TARGET_REFUSED",
  doubt: "TL_IN_DOUBT",
};

export function sourceFailure(error: unknown): unknown {
  return error instanceof AmiFailure
    ? new HubError(SOURCE[error.fault], error.message, { cause: error })
    : error;
}

export function targetFailure(error: unknown): unknown {
  return error instanceof AmiFailure
    ? new HubError(TARGET[error.fault], error.message, { cause: error })
    : error;
}
