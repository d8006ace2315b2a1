import {
  type ErrorCode,
  HubError,
  type Said,
  SOURCE_CODES,
  type SystemFault,
  TARGET_CODES,
  type Tell,
} from "tieline/connector";

/** Whose fault a failure is. `server`: Odoo failed in a way that says nothing about whose. */
export type OdooFault = SystemFault | "server";

/** A failure in words that quote no data: what Odoo says may hold values of a record, so its class alone is told. */
export class OdooFailure extends Error {
  override readonly name = "OdooFailure";
  readonly fault: OdooFault;
  /** The field it is about, where Odoo names one. */
  readonly field: string | undefined;
  /** Odoo's own words, for those who may see records. */
  readonly said: string | undefined;

  constructor(
    fault: OdooFault,
    message: string,
    more: { readonly field?: string; readonly said?: string; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: more.cause });
    this.fault = fault;
    this.field = more.field;
    this.said = more.said;
  }
}

/** By the class that `error.data.name` of JSON-RPC names; the first that fits. */
const BY_CLASS: readonly (readonly [RegExp, OdooFault])[] = [
  [/^odoo\.exceptions\.Access(Denied|Error)$/, "access"],
  [/^odoo\.exceptions\.(UserError|ValidationError|MissingError|RedirectWarning|Warning)$/, "data"],
  [/^psycopg2\.errors\.(SerializationFailure|DeadlockDetected|LockNotAvailable|QueryCanceled)$/, "busy"],
  [/^(psycopg2\.errors\.TooManyConnections|psycopg2\.pool\.PoolError|odoo\.sql_db\.PoolError)$/, "busy"],
  [
    /^psycopg2\.(OperationalError|InterfaceError|errors\.(AdminShutdown|CrashShutdown|CannotConnectNow))$/,
    "away",
  ],
  [/^psycopg2\.(IntegrityError|DataError)$/, "data"],
  [
    /^psycopg2\.errors\.(\w+Violation|StringDataRightTruncation|NumericValueOutOfRange|InvalidTextRepresentation)$/,
    "data",
  ],
];

/** What Odoo's database says when it is not there at all: no matter of waiting. */
const NO_DATABASE = /database ".*" does not exist/;

export function faultOf(name: string, message: string): OdooFault {
  const fault = BY_CLASS.find(([pattern]) => pattern.test(name))?.[1] ?? "server";
  return fault === "away" && NO_DATABASE.test(message) ? "settings" : fault;
}

/** What a failure means to who reads. */
export function sourceFailure(error: unknown): unknown {
  if (!(error instanceof OdooFailure)) return error;
  const codes: Readonly<Record<OdooFault, ErrorCode>> = {
    ...SOURCE_CODES,
    server: "TL_SOURCE_REFUSED",
  };
  return new HubError(codes[error.fault], error.message, { cause: error });
}

/** Tells what Odoo said to something that was sent; nothing, where that failed before. @param error also as a cause */
export function tellFailure(tell: Tell | undefined, sent: Said, error: unknown): void {
  if (error instanceof HubError) tellFailure(tell, sent, error.cause);
  if (!(error instanceof OdooFailure)) return;
  const { message, said } = error;
  if (said === undefined) tell?.({ sent });
  else tell?.({ sent, answered: { line: message, body: { text: said, size: Buffer.byteLength(said) } } });
}

/** What a failure means to who writes. Every sink finds out by itself what was done before: none leaves doubt. */
export function targetFailure(error: unknown): unknown {
  if (!(error instanceof OdooFailure)) return error;
  const codes: Readonly<Record<OdooFault, ErrorCode>> = {
    ...TARGET_CODES,
    server: "TL_TARGET_FAILED",
  };
  const place = error.field === undefined ? {} : { place: { field: error.field } };
  return new HubError(codes[error.fault], error.message, { cause: error, ...place });
}
