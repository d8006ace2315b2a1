import type { ErrorCode } from "../errors.ts";

/**
 * Whose fault a failure of an outside system is: `away` it does not answer, `busy` it asks to be tried later, `access` it
 * does not know or allow us, `settings` it cannot do what it is set up for, `data` it refuses this item.
 */
export type SystemFault = "away" | "busy" | "access" | "settings" | "data";

/** What such a failure means to who reads. */
export const SOURCE_CODES: Readonly<Record<SystemFault, ErrorCode>> = {
  away: "TL_SOURCE_UNAVAILABLE",
  busy: "TL_SOURCE_UNAVAILABLE",
  access: "TL_SOURCE_ACCESS",
  settings: "TL_SOURCE_REFUSED",
  data: "TL_SOURCE_REFUSED",
};

/** What such a failure means to who writes. */
export const TARGET_CODES: Readonly<Record<SystemFault, ErrorCode>> = {
  away: "TL_TARGET_UNAVAILABLE",
  busy: "TL_TARGET_BUSY",
  access: "TL_TARGET_ACCESS",
  settings: "TL_TARGET_ACCESS",
  data: "TL_TARGET_REFUSED",
};
