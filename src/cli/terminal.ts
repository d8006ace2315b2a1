import { createInterface } from "node:readline/promises";
import { stripVTControlCharacters, styleText } from "node:util";

/** What the commands see of the world: two streams, the environment, a clock, a person to ask. */
export interface Terminal {
  /** Writes one line (or several) of the result. */
  out(text: string): void;
  /** Writes bytes of the result as they are. */
  outBytes(bytes: Uint8Array): void;
  /** Writes one line about the work: errors, hints, progress. */
  err(text: string): void;
  /** Replaces the last progress line; an empty text clears it. Does nothing where nobody watches. */
  progress(text: string): void;
  /** Shows a text in place of all that is on the screen; where there is no screen it is written below the last one. */
  screen(text: string): void;
  /** Asks a person. Resolves with an empty text where there is none. */
  ask(question: string): Promise<string>;
  /** Asks for a password: typed unseen, or the first line of standard input. */
  secret(question: string): Promise<string>;
  /** Milliseconds since 1970. */
  now(): number;
  /**
   * Aborted when the person presses Ctrl-C or the system asks to end (SIGINT, SIGTERM). Only a command that reads this
   * must end by itself; the others are ended by the signal.
   */
  readonly stop: AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly colour: boolean;
}

export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** The text in a style, or as it is where colours are not wanted. */
export function paint(terminal: Terminal, style: Style, text: string): string {
  return terminal.colour && text !== "" ? styleText(style, text, { validateStream: false }) : text;
}

/** The real terminal. */
export function processTerminal(): Terminal {
  let stop: AbortSignal | undefined;
  // `tieline messages ls | head` closes the pipe early; that is no failure.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  const watched = process.stderr.isTTY === true;
  let shown = false;
  const clear = (): void => {
    if (shown) process.stderr.write("\r\u001b[2K");
    shown = false;
  };
  return {
    out(text) {
      clear();
      process.stdout.write(`${text}\n`);
    },
    outBytes(bytes) {
      clear();
      process.stdout.write(bytes);
    },
    err(text) {
      clear();
      process.stderr.write(`${text}\n`);
    },
    progress(text) {
      if (!watched) return;
      clear();
      if (text === "") return;
      process.stderr.write(text.slice(0, (process.stderr.columns || 80) - 1));
      shown = true;
    },
    screen(text) {
      if (process.stdout.isTTY !== true) return void process.stdout.write(`${text}\n\n`);
      const lines = text.split("\n").slice(0, Math.max((process.stdout.rows || 24) - 1, 1));
      // Home, clear, and no line wraps: a narrow window shows the beginning of each.
      process.stdout.write(`\u001b[H\u001b[2J\u001b[?7l${lines.join("\n")}\u001b[?7h\n`);
    },
    async ask(question) {
      if (process.stdin.isTTY !== true) return "";
      const reader = createInterface({ input: process.stdin, output: process.stderr });
      try {
        return (await reader.question(question, { signal: AbortSignal.timeout(600_000) })).trim();
      } catch {
        // Nobody answered: the same as no.
        return "";
      } finally {
        reader.close();
      }
    },
    secret: async (question) => (await import("./secret-input.ts")).readSecret(question),
    now: () => Date.now(),
    get stop() {
      stop ??= signalled();
      return stop;
    },
    env: process.env,
    cwd: process.cwd(),
    colour: wantsColour(process.env, process.stdout.isTTY === true),
  };
}

/** Aborted by the first signal to end; the second ends the process whatever it is doing. */
function signalled(): AbortSignal {
  const stop = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stop.signal.aborted) process.exit(signal === "SIGINT" ? 130 : 143);
    stop.abort();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return stop.signal;
}

/** no-color.org: any value that is not empty switches colours off; FORCE_COLOR switches them on for a pipe. */
export function wantsColour(env: Readonly<Record<string, string | undefined>>, isTerminal: boolean): boolean {
  if ((env["NO_COLOR"] ?? "") !== "") return false;
  const forced = env["FORCE_COLOR"] ?? "";
  if (forced !== "") return forced !== "0" && forced !== "false";
  return isTerminal && env["TERM"] !== "dumb";
}

/** Text from outside made fit for a terminal: control characters, which could move the cursor, become `?`. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, "?");
}

/** How many columns a painted text takes. */
export function visibleWidth(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}
