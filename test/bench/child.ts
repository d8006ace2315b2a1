import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { atEnd } from "./temporary.ts";

/** A script of this folder in a process of its own, that answers questions one at a time. */
export interface Child {
  readonly pid: number;
  ask<Answer>(question: object): Promise<Answer>;
  /** Ends it; resolves when it is gone. */
  end(): Promise<void>;
}

export interface ChildOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Further arguments for node. */
  readonly node?: readonly string[];
}

/** Starts a script written with `answerParent`; resolves once it has said that it is there. */
export async function startChild(
  script: string,
  start: object = {},
  options: ChildOptions = {},
): Promise<Child> {
  const child = fork(new URL(`./${script}`, import.meta.url), [JSON.stringify(start)], {
    execArgv: ["--import", "tsx", ...(options.node ?? [])],
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    serialization: "advanced",
  });
  const exit = once(child, "exit");
  const end = atEnd(async () => {
    child.kill("SIGKILL");
    await exit;
  });
  const answer = (): Promise<unknown> => nextMessage(child, script);
  await answer();
  return {
    pid: child.pid ?? 0,
    async ask<Answer>(question: object) {
      const next = answer();
      child.send(question);
      return (await next) as Answer;
    },
    end,
  };
}

async function nextMessage(child: ChildProcess, script: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: { readonly answer?: unknown; readonly error?: string }): void => {
      child.off("exit", onExit);
      if (message.error === undefined) resolve(message.answer);
      else reject(new Error(`${script}: ${message.error}`));
    };
    const onExit = (code: number | null): void => {
      child.off("message", onMessage);
      reject(new Error(`${script} ended with code ${code}`));
    };
    child.once("message", onMessage);
    child.once("exit", onExit);
  });
}

/** The child's side: calls `open` with what the parent gave at the start, then answers each question. */
export async function answerParent<Start, Question>(
  open: (start: Start) => Promise<(question: Question) => Promise<unknown>>,
): Promise<void> {
  const tell = (message: object): void => {
    process.send?.(message);
  };
  const failed = (error: unknown): void => {
    tell({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  };
  try {
    const answer = await open(JSON.parse(process.argv[2] ?? "{}") as Start);
    process.on("message", (question: Question) => {
      answer(question).then((result) => tell({ answer: result }), failed);
    });
    tell({ answer: "ready" });
  } catch (error) {
    failed(error);
  }
}

/** Processor time a process has used, in seconds, all threads, to a hundredth (proc(5), /proc/pid/stat). */
export function cpuSeconds(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The name of the program is in parentheses and may hold blanks.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** The most memory a process ever had, in MiB (VmHWM of /proc/pid/status). */
export function peakMemory(pid: number): number {
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kibibytes) / 1024;
}
