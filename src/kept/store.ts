import { createHash, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { programHash } from "./program.ts";

/** Makes a function, such as the evaluation of a mapping, out of what its code needs. */
export type Factory = (runtime: Readonly<Record<string, unknown>>) => (...args: never[]) => unknown;

let folder: string | null = null;

/**
 * Where compiled code is kept between starts: a folder of module files, or null for nowhere. A start that finds a
 * mapping or schema there neither parses nor compiles it, and no code is made from text. The folder may be removed at
 * any time: what is not there, not whole, or another program's, is made anew.
 */
export function keepCompiledIn(path: string | null): void {
  folder = path;
}

/** The code kept for a key; undefined when there is none, or when the file is not whole or not of this compiler. */
export function kept(key: string): Factory | undefined {
  if (folder === null) return undefined;
  try {
    if (wholeText(folder, key, CODE) === undefined) return undefined;
    return createRequire(import.meta.url)(fileOf(folder, key, CODE)) as Factory;
  } catch {
    return undefined;
  }
}

/** The value kept by `keepValue`; undefined when there is none, or none of this program. */
export function keptValue(key: string): unknown {
  if (folder === null) return undefined;
  const text = wholeText(folder, key, DATA);
  return text === undefined ? undefined : JSON.parse(text);
}

/** Keeps code that was compiled before the folder was known. */
export function keepMissing(key: string, code: string): void {
  if (folder !== null && !existsSync(fileOf(folder, key, CODE))) keep(key, code);
}

/** Keeps code for the next start. A folder that cannot be written costs that start its time, no more. */
export function keep(key: string, code: string): void {
  write(key, CODE, `module.exports = (runtime) => {\n${code}\n};\n`);
}

/** Keeps plain JSON for the next start, as `keep` does code. */
export function keepValue(key: string, value: unknown): void {
  write(key, DATA, JSON.stringify(value));
}

interface Kind {
  readonly ending: string;
  readonly mark: string;
}

const CODE: Kind = { ending: "cjs", mark: "// Tieline code" };
const DATA: Kind = { ending: "data", mark: "Tieline data" };

function write(key: string, kind: Kind, body: string): void {
  if (folder === null) return;
  const path = fileOf(folder, key, kind);
  try {
    makeFolder(folder);
    // Both threads may write the same at once.
    const draft = `${path}.${randomUUID()}`;
    writeFileSync(draft, `${headOf(key, kind, body)}\n${body}`, { mode: 0o600 });
    renameSync(draft, path);
  } catch {
    // It is in memory all the same.
  }
}

/** What stands behind the first line, when that line belongs to it. */
function wholeText(within: string, key: string, kind: Kind): string | undefined {
  try {
    const text = readFileSync(fileOf(within, key, kind), "utf8");
    const end = text.indexOf("\n");
    const body = text.slice(end + 1);
    return text.slice(0, end) === headOf(key, kind, body) ? body : undefined;
  } catch {
    return undefined;
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

function fileOf(within: string, key: string, { ending }: Kind): string {
  return join(within, `${digest(`${programHash()}\n${key}`)}.${ending}`);
}

/** The first line of a file: what it is, and that it is whole. */
function headOf(key: string, { mark }: Kind, body: string): string {
  return `${mark} ${digest(`${programHash()}\n${key}\n${body}`)}`;
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
