import { type ErrorCode, HubError, SOURCE_CODES, type SystemFault, TARGET_CODES } from "tieline/connector";

/** Whose fault a failure of the broker is. */
export type BrokerFault = Extract<SystemFault, "away" | "access" | "settings" | "data">;

/** A failure in words that quote no message. */
export class BrokerFailure extends Error {
  override readonly name = "BrokerFailure";
  readonly fault: BrokerFault;

  constructor(fault: BrokerFault, message: string, cause: unknown) {
    super(message, { cause });
    this.fault = fault;
  }
}

export function sourceFailure(error: unknown): unknown {
  return hubError(error, SOURCE_CODES);
}

export function targetFailure(error: unknown): unknown {
  return hubError(error, TARGET_CODES);
}

function hubError(error: unknown, codes: Readonly<Record<BrokerFault, ErrorCode>>): unknown {
  return error instanceof BrokerFailure
    ? new HubError(codes[error.fault], error.message, { cause: error })
    : error;
}
