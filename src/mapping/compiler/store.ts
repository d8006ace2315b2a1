import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Makes the evaluation of a mapping out of the runtime. */
export type Factory = (runtime: Readonly<Record<string, unknown>>) => (...args: never[]) => unknown;

let folder: string | null = null;

/**
 * Where compiled code is kept between starts: a folder of module files, or null for nowhere. A start that finds a
 * mapping there neither parses nor compiles it, and no code is made from text.
 */
export function keepCompiledIn(path: string | null): void {
  folder = path;
}

/** The code kept for a key; undefined when there is none, or when the file is not whole or not of this compiler. */
export function kept(key: string): Factory | undefined {
  if (folder === null) return undefined;
  const path = fileOf(folder, key);
  try {
    const text = readFileSync(path, "utf8");
    const end = text.indexOf("\n");
    if (text.slice(0, end) !== headOf(key, text.slice(end + 1))) return undefined;
    return createRequire(import.meta.url)(path) as Factory;
  } catch {
    return undefined;
  }
}

/** Keeps code that was compiled before the folder was known. */
export function keepMissing(key: string, code: string): void {
  if (folder !== null && !existsSync(fileOf(folder, key))) keep(key, code);
}

/** Keeps code for the next start. A folder that cannot be written costs that start its time, no more. */
export function keep(key: string, code: string): void {
  if (folder === null) return;
  const path = fileOf(folder, key);
  const body = `module.exports = (runtime) => {\n${code}\n};\n`;
  try {
    makeFolder(folder);
    const draft = `${path}.${process.pid}`;
    writeFileSync(draft, `${headOf(key, body)}\n${body}`, { mode: 0o600 });
    renameSync(draft, path);
  } catch {
    // The mapping is compiled in memory all the same.
  }
}

/** Only within a data folder that is there: one that was removed stays so. */
function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}

function fileOf(within: string, key: string): string {
  return join(within, `${digest(`${fingerprint()}\n${key}`)}.cjs`);
}

/** The first line of a file: what it is, and that it is whole. */
function headOf(key: string, body: string): string {
  return `// Tieline mapping ${digest(`${fingerprint()}\n${key}\n${body}`)}`;
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

let known: string | null = null;

/** Changes with every change of the compiler, so that code of another one is never taken. */
function fingerprint(): string {
  known ??= readFingerprint();
  return known;
}

function readFingerprint(): string {
  const hash = createHash("sha256");
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  const files = readdirSync(root, { recursive: true, encoding: "utf8" });
  for (const file of files.filter((name) => /\.[jt]s$/.test(name)).sort())
    hash.update(file).update(readFileSync(join(root, file)));
  return hash.digest("hex");
}
