import { randomBytes } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";

/** What a secret that is not there yet looks like, where none may be made. */
const SAMPLE = "0".repeat(43);

/**
 * The secret `<data>/secrets/<name>`. Made on first use when `create` is set: 32 random bytes as base64url, readable by
 * the owner alone, durable before it is returned. Two processes that make it at once get the same one.
 * Without `create` a missing secret reads as a sample of the same form, so that settings can be checked.
 * @throws Error of the file system
 */
export function dataSecret(data: string, name: string, create: boolean): string {
  const folder = join(data, "secrets");
  const path = join(folder, name);
  const known = read(path);
  if (known !== undefined) return known;
  if (!create) return SAMPLE;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const draft = join(folder, `.${name}.${process.pid}.${randomBytes(4).toString("hex")}`);
  try {
    const file = openSync(draft, "wx", 0o600);
    try {
      writeSync(file, `${randomBytes(32).toString("base64url")}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    publish(draft, path);
    syncFolder(folder);
  } finally {
    rmSync(draft, { force: true });
  }
  return read(path) ?? "";
}

/** Linking fails when another process was first; its secret counts then. */
function publish(draft: string, path: string): void {
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
