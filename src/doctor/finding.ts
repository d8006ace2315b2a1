import { asHubError } from "../errors.ts";

/** One thing the doctor looked at. */
export interface DoctorFinding {
  /** `warn`: works, and is probably not meant. */
  readonly level: "ok" | "warn" | "bad";
  readonly what: string;
  readonly found: string;
  readonly cure?: string;
}

export function ok(what: string, found: string): DoctorFinding {
  return { level: "ok", what, found };
}

export function warn(what: string, found: string, cure: string): DoctorFinding {
  return { level: "warn", what, found, cure };
}

export function bad(what: string, found: string, cure: string): DoctorFinding {
  return { level: "bad", what, found, cure };
}

/** A failure as a finding. */
export function failed(what: string, thrown: unknown): DoctorFinding {
  const error = asHubError(thrown);
  return bad(what, error.message, error.cure);
}
