import type { Place } from "./message/place.ts";
import { describePlace } from "./message/place.ts";

/**
 * Whose fault a failure is. It decides what happens next, everywhere:
 *
 * - `system`     the other system is down or busy: its route waits, nothing is counted against a message
 * - `message`    this message failed while others pass: finite retries, then parked
 * - `data`       the content is wrong: a batch row is rejected, a real-time message is parked
 * - `contract`   a schema was broken (accepts, emits, header): like data, named apart for the operator
 * - `access`     credentials or settings are wrong: the route to that system stops until a person acts
 * - `reference`  something it refers to is not there yet: wait, then park
 * - `in-doubt`   a request left and no answer came back: probe, or park
 * - `usage`      the caller asked for something that cannot be: answered with a 4xx, nothing is stored
 * - `hub`        the hub itself cannot do it now (disk, backlog, stopping): the sender keeps the item
 */
export type Fault =
  | "system"
  | "message"
  | "data"
  | "contract"
  | "access"
  | "reference"
  | "in-doubt"
  | "usage"
  | "hub";

interface Entry {
  readonly fault: Fault;
  /** HTTP status where the failure is answered over HTTP. */
  readonly status: number;
  /** What happened, in words an operator reads. */
  readonly title: string;
  /** What to do about it. */
  readonly cure: string;
}

/** Every failure the hub can report. A test keeps this list, the code and the documentation the same. */
export const ERRORS = {
  TL_CONFIG_INVALID: {
    fault: "usage",
    status: 400,
    title: "Settings or a flow file are not valid",
    cure: "Mend the places listed; `tieline check` lists them all.",
  },
  TL_USAGE: { fault: "usage", status: 400, title: "The request is not valid", cure: "See the detail." },
  TL_NOT_FOUND: {
    fault: "usage",
    status: 404,
    title: "There is no such thing",
    cure: "Check the id; the list commands show what exists.",
  },
  TL_CONFLICT: {
    fault: "usage",
    status: 409,
    title: "It cannot be done in this state",
    cure: "Look at the present state, then try again.",
  },
  TL_UNAUTHORIZED: {
    fault: "usage",
    status: 401,
    title: "The caller did not prove who it is",
    cure: "Send `Authorization: Bearer <token>`; the token is in the data folder, file api-token.",
  },
  TL_FORBIDDEN: {
    fault: "usage",
    status: 403,
    title: "The caller may not do this",
    cure: "Ask an administrator for a role that may; README.md lists who may do what.",
  },
  TL_SIGNATURE_INVALID: {
    fault: "usage",
    status: 401,
    title: "The signature does not match the body",
    cure: "Compare the secret on both sides, and sign the raw bytes.",
  },
  TL_SIGNATURE_STALE: {
    fault: "usage",
    status: 401,
    title: "The signature is too old or from the future",
    cure: "Compare the clocks; a recorded request cannot be sent again.",
  },
  TL_BODY_TOO_LARGE: {
    fault: "usage",
    status: 413,
    title: "The body is larger than this source allows",
    cure: "Send less at once, or raise `limit` of the source.",
  },
  TL_MEDIA_TYPE: {
    fault: "usage",
    status: 415,
    title: "The body is not of a type this source takes",
    cure: "Send the content type that the flow's `format` names.",
  },
  TL_METHOD: {
    fault: "usage",
    status: 405,
    title: "This address does not take this method",
    cure: "Use a method that the header Allow names.",
  },
  TL_REQUEST_TIMEOUT: {
    fault: "usage",
    status: 408,
    title: "The request did not arrive in time",
    cure: "Send it in one piece; look at the network between.",
  },
  TL_HEADERS_TOO_LARGE: {
    fault: "usage",
    status: 431,
    title: "The address and headers are larger than 16 KiB",
    cure: "Send fewer and shorter headers.",
  },
  TL_IDEMPOTENCY_REUSED: {
    fault: "usage",
    status: 422,
    title: "The idempotency key was used before with another body",
    cure: "Use a new key for a new request.",
  },
  TL_BACKLOG_FULL: {
    fault: "hub",
    status: 429,
    title: "Too much is waiting already",
    cure: "Send again after the time in Retry-After.",
  },
  TL_DISK_LOW: {
    fault: "hub",
    status: 507,
    title: "The hub's disk is nearly full",
    cure: "Free space on the data disk; accepting resumes by itself.",
  },
  TL_STOPPING: {
    fault: "hub",
    status: 503,
    title: "The hub is stopping or not ready",
    cure: "Send again in a few seconds.",
  },
  TL_STORE_FAILED: {
    fault: "hub",
    status: 503,
    title: "The store could not commit",
    cure: "Nothing was taken; send again. `tieline doctor` looks for the cause.",
  },
  TL_LANE_LOST: {
    fault: "hub",
    status: 503,
    title: "Another process works on this now",
    cure: "Nothing is lost, and nothing is to be done: the other process finishes it.",
  },
  TL_DISPATCH_UNAVAILABLE: {
    fault: "hub",
    status: 503,
    title: "Workers cannot be woken through Redis",
    cure: "Nothing is lost: work is found by polling. `tieline doctor` looks for the cause.",
  },
  TL_FLOW_PAUSED: {
    fault: "hub",
    status: 503,
    title: "The flow is not accepting",
    cure: "Resume it with `tieline flows resume`.",
  },
  TL_DECODE_FAILED: {
    fault: "data",
    status: 400,
    title: "The bytes are not of the declared format",
    cure: "Mend the place named, or correct `format` in the flow.",
  },
  TL_ENCODING_INVALID: {
    fault: "data",
    status: 400,
    title: "The bytes are not of the declared encoding",
    cure: "Set `encoding` to the one the sender writes.",
  },
  TL_TOO_DEEP: {
    fault: "data",
    status: 400,
    title: "The content is nested too deeply",
    cure: "At most 64 levels are taken.",
  },
  TL_RECORD_TOO_LARGE: {
    fault: "data",
    status: 400,
    title: "One record is larger than allowed",
    cure: "Look for a quote that is never closed, or raise `recordLimit`.",
  },
  TL_HEADER_MISMATCH: {
    fault: "contract",
    status: 400,
    title: "The header is not the one the flow expects",
    cure: "Compare the columns named; mend the file or the accepts-schema.",
  },
  TL_FILE_TRUNCATED: {
    fault: "data",
    status: 400,
    title: "The file ends before its content does",
    cure: "Have the sender write it again, in one piece.",
  },
  TL_FILE_BUSY: {
    fault: "hub",
    status: 409,
    title: "The file is taken by another hub or still being written",
    cure: "It stays where it is and is looked at again by itself.",
  },
  TL_FILE_NAME: {
    fault: "data",
    status: 400,
    title: "The file's name is not one the hub takes",
    cure: "Use letters, digits, dot, dash and underscore, at most 128.",
  },
  TL_REJECT_THRESHOLD: {
    fault: "data",
    status: 400,
    title: "Too many rows of the file were rejected",
    cure: "Mend the file or the mapping, then replay the rest.",
  },
  TL_ACCEPTS_FAILED: {
    fault: "contract",
    status: 422,
    title: "The record breaks the accepts-schema",
    cure: "Mend the record at the source, or the schema.",
  },
  TL_EMITS_FAILED: {
    fault: "contract",
    status: 422,
    title: "The mapping's result breaks the emits-schema",
    cure: "Mend the mapping at the place named.",
  },
  TL_KEY_MISSING: {
    fault: "data",
    status: 422,
    title: "The record has no key",
    cure: "Mend the record, or the flow's `key`; `key: none` says order does not matter.",
  },
  TL_MAPPING_INVALID: {
    fault: "usage",
    status: 400,
    title: "The mapping is not valid JSONata",
    cure: "Mend the place named.",
  },
  TL_MAPPING_FAILED: {
    fault: "data",
    status: 422,
    title: "The mapping failed on this record",
    cure: "Try it: `tieline try` shows the result and the place.",
  },
  TL_MAPPING_RUNAWAY: {
    fault: "data",
    status: 422,
    title: "The mapping ran out of time, depth or size",
    cure: "Look for a recursion or a sequence without an end at the place named.",
  },
  TL_REFERENCE_MISSING: {
    fault: "reference",
    status: 422,
    title: "It refers to something the hub does not know yet",
    cure: "It resumes when the other record arrives; else send that one.",
  },
  TL_SOURCE_UNAVAILABLE: {
    fault: "system",
    status: 503,
    title: "The source cannot be read",
    cure: "It is tried again by itself; check that the folder exists and the hub may read and write there.",
  },
  TL_SOURCE_ACCESS: {
    fault: "access",
    status: 502,
    title: "The source refused the hub's credentials",
    cure: "Mend the credentials in tieline.yaml; it is asked again every few minutes, or by `tieline flows run`.",
  },
  TL_SOURCE_REFUSED: {
    fault: "usage",
    status: 502,
    title: "The source cannot be read the way it is configured",
    cure: "Compare the settings with the system; `tieline systems check` tests them.",
  },
  TL_TARGET_UNAVAILABLE: {
    fault: "system",
    status: 503,
    title: "The target system does not answer",
    cure: "It is tried again by itself; `tieline doctor` tests the connection.",
  },
  TL_TARGET_BUSY: {
    fault: "system",
    status: 503,
    title: "The target system asks to wait",
    cure: "It is tried again when the target allows.",
  },
  TL_TARGET_FAILED: {
    fault: "message",
    status: 502,
    title: "The target failed on this message",
    cure: "After the retries it is parked; look at the answer, then replay.",
  },
  TL_TARGET_REFUSED: {
    fault: "data",
    status: 502,
    title: "The target refused this message",
    cure: "Look at the answer, mend the record or the mapping, then replay.",
  },
  TL_TARGET_ACCESS: {
    fault: "access",
    status: 502,
    title: "The target refused the hub's credentials",
    cure: "Mend the credentials in tieline.yaml, then resume the route.",
  },
  TL_IN_DOUBT: {
    fault: "in-doubt",
    status: 502,
    title: "A request left and no answer came back",
    cure: "Look in the target whether it arrived, then replay or discard.",
  },
  TL_PARKED: {
    fault: "message",
    status: 409,
    title: "Parked by a person",
    cure: "The audit log says who did and why; replay or discard it.",
  },
  TL_LOOP: {
    fault: "data",
    status: 422,
    title: "The message came back to where it started",
    cure: "Look at the routes of the flows it passed.",
  },
  TL_INTERNAL: {
    fault: "message",
    status: 500,
    title: "The hub failed in a way it does not know",
    cure: "Please report it, with the log line that bears the same id.",
  },
} as const satisfies Record<string, Entry>;

export type ErrorCode = keyof typeof ERRORS;

interface Details {
  /** Where: file, line, column, record, field. */
  readonly place?: Place;
  /** A better cure than the catalogue's. */
  readonly cure?: string;
  /** Several findings of one kind (schema issues, config problems). Never payload values. */
  readonly issues?: readonly Issue[];
  readonly cause?: unknown;
  /** The sender or the route should wait this long; milliseconds. */
  readonly retryAfter?: number;
}

/** One finding among several. `message` never quotes payload values. */
export interface Issue {
  readonly place?: Place;
  readonly message: string;
}

/** The one error type that crosses module borders. `message` never quotes payload values. */
export class HubError extends Error {
  override readonly name = "HubError";
  readonly code: ErrorCode;
  readonly place: Place | undefined;
  readonly cure: string;
  readonly issues: readonly Issue[];
  readonly retryAfter: number | undefined;

  constructor(code: ErrorCode, message: string, details: Details = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.place = details.place;
    this.cure = details.cure ?? ERRORS[code].cure;
    this.issues = details.issues ?? [];
    this.retryAfter = details.retryAfter;
  }

  get fault(): Fault {
    return ERRORS[this.code].fault;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }

  /** One line: place, message, cure. */
  describe(): string {
    const where = this.place === undefined ? "" : `${describePlace(this.place)}: `;
    return `${where}${this.message}. ${this.cure}`;
  }
}

/** A failure as stored with a message or a row; plain JSON. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly place?: Place;
  readonly cure?: string;
  readonly issues?: readonly Issue[];
}

/** Any thrown thing as a HubError; what is not ours becomes TL_INTERNAL without its text, which may quote data. */
export function asHubError(thrown: unknown): HubError {
  if (thrown instanceof HubError) return thrown;
  const kind = thrown instanceof Error ? thrown.name : typeof thrown;
  return new HubError("TL_INTERNAL", `unexpected ${kind}`, { cause: thrown });
}

/** A failure of one item of a request that brought several, of which then none was stored. */
export function atIndex(thrown: unknown, index: number): HubError {
  const error = asHubError(thrown);
  const { code, message, cure, place, issues, cause } = error;
  return new HubError(code, `item ${index} of the batch, counted from 0: ${message}`, {
    ...{ cure, issues, cause },
    ...(place === undefined ? {} : { place }),
  });
}

export function toFailure(error: HubError): Failure {
  return {
    code: error.code,
    message: error.message,
    ...(error.place === undefined ? {} : { place: error.place }),
    ...(error.cure === ERRORS[error.code].cure ? {} : { cure: error.cure }),
    ...(error.issues.length === 0 ? {} : { issues: error.issues }),
  };
}
