import { execFile } from "node:child_process";
import { mainFile } from "./hub-process.ts";

/** How a command ended, with all that it printed. */
export interface Ran {
  readonly code: number;
  readonly text: string;
}

/** Runs the program as a person at a terminal does. */
export function tieline(
  args: readonly string[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<Ran> {
  const env = { PATH: process.env["PATH"] ?? "", ...options.env };
  return new Promise((resolve) => {
    execFile(process.execPath, [mainFile(), ...args], { cwd: options.cwd, env }, (error, out, err) => {
      resolve({
        code: typeof error?.code === "number" ? error.code : error === null ? 0 : 1,
        text: out + err,
      });
    });
  });
}
