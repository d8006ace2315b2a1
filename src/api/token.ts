import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { HubError } from "../errors.ts";

const FILE = "api-token";
const TOKEN = /^tl_[A-Za-z0-9_-]{43}$/;

/**
 * The token that opens the API: read from the data folder, file `api-token`, or made there (readable by its owner only).
 * @throws HubError TL_CONFIG_INVALID when the file holds something else
 */
export function loadOrCreateToken(dataFolder: string): { readonly token: string; readonly created: boolean } {
  const path = join(dataFolder, FILE);
  const found = readIfThere(path);
  if (found !== undefined) {
    if (!TOKEN.test(found)) {
      throw new HubError("TL_CONFIG_INVALID", `the file ${FILE} in the data folder does not hold a token`, {
        cure: "Remove the file; the next start makes a new token.",
      });
    }
    return { token: found, created: false };
  }
  const token = `tl_${randomBytes(32).toString("base64url")}`;
  writeDurably(path, `${token}\n`);
  return { token, created: true };
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** Under another name first, so that a crash never leaves half a token. */
function writeDurably(path: string, text: string): void {
  const handle = openSync(`${path}.new`, "w", 0o600);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(`${path}.new`, path);
}

/** Compares in a time that tells nothing about the token, not even its length. */
export function sameToken(given: string, token: string): boolean {
  return timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
