import { type ErrorCode, HubError } from "../../errors.ts";
import { RemoteFailure, type RemoteFault } from "./remote.ts";

/** What a failure means to who fetches from a folder. */
export function sourceFailure(error: unknown, folder: string): unknown {
  return hubError(error, folder, {
    away: "TL_SOURCE_UNAVAILABLE",
    failed: "TL_SOURCE_UNAVAILABLE",
    access: "TL_SOURCE_ACCESS",
    denied: "TL_SOURCE_REFUSED",
    absent: "TL_SOURCE_REFUSED",
  });
}

/** What a failure means to who writes to a folder. */
export function targetFailure(error: unknown, folder: string): unknown {
  return hubError(error, folder, {
    away: "TL_TARGET_UNAVAILABLE",
    failed: "TL_TARGET_BUSY",
    access: "TL_TARGET_ACCESS",
    denied: "TL_TARGET_ACCESS",
    absent: "TL_TARGET_ACCESS",
  });
}

function hubError(error: unknown, folder: string, codes: Readonly<Record<RemoteFault, ErrorCode>>): unknown {
  if (!(error instanceof RemoteFailure)) return error;
  const { fault, message } = error;
  const isPath = fault === "denied" || fault === "absent" || fault === "failed";
  const cure = CURES[fault];
  return new HubError(codes[fault], isPath ? `${folder}: ${message}` : message, {
    ...(cure === undefined ? {} : { cure }),
    cause: error,
  });
}

const CURES: Partial<Record<RemoteFault, string>> = {
  failed:
    "Look at the server for a full disk, a quota or a read-only file system; it is tried again by itself.",
  denied: "Give the hub's user the right to read, write and rename in this folder.",
  absent: "Make the folder on the server, or correct its name in tieline.yaml.",
};
