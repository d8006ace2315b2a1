import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** The version in the package's own package.json, found the same way from the sources and from `dist`. */
export function programVersion(): string {
  const path = createRequire(import.meta.url).resolve("tieline/package.json");
  const { version } = JSON.parse(readFileSync(path, "utf8")) as { version: string };
  return version;
}
