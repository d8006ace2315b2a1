import type { Failure } from "../errors.ts";

/**
 * Why a message stands that a person has parked. Whoever may see messages reads it, so who it was and the reason given
 * are not in it: those are in the audit log, which fewer may read.
 */
export const PARKED_BY_HAND: Failure = { code: "TL_PARKED", message: "it was taken off its path" };
