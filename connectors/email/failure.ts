import { type ErrorCode, HubError, SOURCE_CODES, type SystemFault, TARGET_CODES } from "tieline/connector";

/** Whose fault a failure of a mail server is. */
export type MailFault = SystemFault | "message";

/** A failure in words that quote no mail. */
export class MailFailure extends Error {
  override readonly name = "MailFailure";
  readonly fault: MailFault;
  readonly cure: string | undefined;

  constructor(fault: MailFault, message: string, details: { cause?: unknown; cure?: string } = {}) {
    super(message, { cause: details.cause });
    this.fault = fault;
    this.cure = details.cure;
  }
}

const SOURCE: Readonly<Record<MailFault, ErrorCode>> = {
  ...SOURCE_CODES,
  message: "TL_SOURCE_UNAVAILABLE",
};
const TARGET: Readonly<Record<MailFault, ErrorCode>> = {
  ...TARGET_CODES,
  message: "TL_TARGET_FAILED",
};
/** A token that could not be got, to one who reads. */
const OF_TOKEN: Readonly<Partial<Record<ErrorCode, ErrorCode>>> = {
  TL_TARGET_ACCESS: "TL_SOURCE_ACCESS",
  TL_TARGET_UNAVAILABLE: "TL_SOURCE_UNAVAILABLE",
  TL_TARGET_BUSY: "TL_SOURCE_UNAVAILABLE",
};

export function sourceFailure(error: unknown): unknown {
  if (error instanceof HubError) {
    const code = OF_TOKEN[error.code];
    return code === undefined ? error : new HubError(code, error.message, { cause: error });
  }
  return hubError(error, SOURCE);
}

export function targetFailure(error: unknown): unknown {
  return hubError(error, TARGET);
}

/** What the mail server said when it refused, for those who may see mails; undefined: nothing. */
export function responseTo(error: unknown): string | undefined {
  if (!(error instanceof MailFailure)) return undefined;
  const { response } = (error.cause ?? {}) as { readonly response?: unknown };
  return typeof response === "string" && response !== "" ? response : undefined;
}

function hubError(error: unknown, codes: Readonly<Record<MailFault, ErrorCode>>): unknown {
  if (!(error instanceof MailFailure)) return error;
  const cure = error.cure === undefined ? {} : { cure: error.cure };
  return new HubError(codes[error.fault], error.message, { cause: error, ...cure });
}

/** Codes with which node's TLS refuses a certificate. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_|ALTNAME|ERR_TLS|ERR_SSL|EPROTO/;

/** A failure of the network or of TLS, by the codes that node gives. */
export function networkFailure(error: unknown, what: string): MailFailure {
  const code = codesOf(error).join(" ");
  if (CERTIFICATE.test(code)) {
    const cure = "Name the authority that signed its certificate in `authority`, or mend the certificate.";
    return new MailFailure("settings", `${what}'s certificate or encryption is not accepted (${code})`, {
      cause: error,
      cure,
    });
  }
  return new MailFailure("away", `${what} does not answer${code === "" ? "" : ` (${code})`}`, {
    cause: error,
  });
}

function codesOf(error: unknown): readonly string[] {
  const { code, originalCode, cause } = (error ?? {}) as Readonly<Record<string, unknown>>;
  const inner = typeof cause === "object" && cause !== null ? (cause as { code?: unknown }).code : undefined;
  return [...new Set([code, originalCode, inner])].filter(
    (one): one is string => typeof one === "string" && /^[A-Za-z_0-9]{1,60}$/.test(one),
  );
}
