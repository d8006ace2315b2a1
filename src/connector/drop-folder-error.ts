import { HubError } from "../errors.ts";
import { codeOf } from "./drop-folder-claim.ts";
import { isSafeName, printableName } from "./drop-folder-name.ts";

/** Reject files carry a suffix, so their names may be longer than those of incoming files. */
const REJECT_NAME_LENGTH = 200;

/** @throws TL_FILE_NAME for a name that may not be joined to a path */
export function requireSafe(name: string): void {
  if (!isSafeName(name)) throw refusal(name, "the name has characters that the hub does not take");
}

export function requireSafeReject(name: string): void {
  if (!isSafeName(name, REJECT_NAME_LENGTH))
    throw refusal(name, "the name has characters that the hub does not take");
}

/** Why a file is left where it is. */
export function refusal(name: string, message: string): HubError {
  return new HubError("TL_FILE_NAME", message, { place: { file: printableName(name) } });
}

/** Why a claim did not succeed. */
export function busy(name: string, message: string): HubError {
  return new HubError("TL_FILE_BUSY", message, { place: { file: printableName(name) } });
}

/** Runs file work; what the operating system refuses becomes a HubError that names the folder, not the content. */
export async function reading<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof HubError || codeOf(error) === "") throw error;
    throw fileSystemError(folder, codeOf(error), error);
  }
}

function fileSystemError(folder: string, code: string, cause: unknown): HubError {
  const place = { file: folder };
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new HubError("TL_DISK_LOW", `no space left (${code})`, { place, cause });
  }
  if (code === "EXDEV" || code === "ENOTSUP" || code === "EOPNOTSUPP" || code === "EMLINK") {
    return new HubError("TL_SOURCE_UNAVAILABLE", `the file system refuses hard links (${code})`, {
      place,
      cure: "Put the inbox on a file system with hard links, such as ext4, XFS, NTFS or NFS.",
      cause,
    });
  }
  return new HubError("TL_SOURCE_UNAVAILABLE", `the folder cannot be used (${code})`, { place, cause });
}
