import { type ErrorCode, HubError, SOURCE_CODES, type SystemFault, TARGET_CODES } from "tieline/connector";

/** Whose fault it is. `doubt`: the connection ended before it answered. */
export type AmiFault = SystemFault | "doubt";

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
  ...SOURCE_CODES,
  doubt: "TL_SOURCE_UNAVAILABLE",
};
const TARGET: Readonly<Record<AmiFault, ErrorCode>> = {
  ...TARGET_CODES,
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
