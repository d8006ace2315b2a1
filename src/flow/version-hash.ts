import { createHash } from "node:crypto";

/** The hash that names a flow version: SHA-256 over its files in path order. */
export function versionHash(texts: Readonly<Record<string, string>>): string {
  const hash = createHash("sha256");
  for (const path of Object.keys(texts).sort()) hash.update(`${path}\0${texts[path] ?? ""}\0`);
  return hash.digest("hex");
}
