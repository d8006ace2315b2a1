import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { nearest } from "./did-you-mean.ts";

/** A file of the project by its path, or why it cannot be had. */
export type ProjectFile =
  | { readonly path: string; readonly text: string }
  | { readonly problem: string; readonly cure: string };

/**
 * Reads a file that a flow names. `base` is the folder its path begins in, relative to the project, `""` for the
 * project itself; `below` is where to look for the one that was meant.
 */
export function readProjectFile(dir: string, written: string, base: string, below: string): ProjectFile {
  const path = posix.normalize(posix.join(base, written));
  if (posix.isAbsolute(written) || path === ".." || path.startsWith("../") || written.includes("\\")) {
    return {
      problem: "the path leads out of the project",
      cure: "Name a file of the project, with / between folders.",
    };
  }
  try {
    return { path, text: readFileSync(join(dir, path), "utf8").replace(/^\uFEFF/, "") };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "ENOTDIR") {
      return {
        problem: `the file ${path} cannot be read (${code ?? "unknown"})`,
        cure: "Look at its kind and rights.",
      };
    }
    return { problem: `there is no file ${path}`, cure: missingCure(dir, path, base, below) };
  }
}

function missingCure(dir: string, path: string, base: string, below: string): string {
  const there = listFiles(dir, below);
  const relative = (found: string): string => posix.relative(base === "" ? "." : base, found);
  const name = posix.basename(path);
  const meant = nearest(path, there) ?? there.find((one) => posix.basename(one) === name);
  if (meant !== undefined) return `Did you mean "${relative(meant)}"?`;
  return `The path begins in ${base === "" ? "the project folder" : base}.`;
}

/** The files below a folder of the project, by path; empty when there is no such folder. */
function listFiles(dir: string, folder: string): readonly string[] {
  try {
    const entries = readdirSync(join(dir, folder), { recursive: true, withFileTypes: true });
    const root = join(dir, folder).length;
    return entries
      .filter((entry) => entry.isFile())
      .slice(0, 1000)
      .map((entry) => posix.join(folder, entry.parentPath.slice(root).replaceAll("\\", "/"), entry.name));
  } catch {
    return [];
  }
}
