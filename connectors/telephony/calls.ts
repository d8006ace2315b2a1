import type { ListenDesk, ListenSource } from "tieline/connector";
import { connectAmi } from "./ami.ts";
import { sourceFailure } from "./ami-failure.ts";
import type { Ami } from "./ami-line.ts";
import { type Call, callEvent, callRecord } from "./call.ts";
import { type CallBook, callBook } from "./call-book.ts";
import type { AmiOptions } from "./settings.ts";

export interface CallsOptions {
  readonly manager: AmiOptions;
  readonly agents: ReadonlySet<string>;
  readonly dir: string;
  readonly now: () => number;
}

/** Calls that wait to be stored; with more the connection is read no further. */
const MOST_WAITING = 500;

/** The calls of a telephone system as they ring, are answered, end and are recorded. */
export function calls(options: CallsOptions): ListenSource {
  // Kept from connection to connection, so that a call which ends between two of them is ended all the same.
  const book = callBook(options.agents, options.now);
  return {
    kind: "listen",
    async listen(desk, signal) {
      try {
        await follow(options, book, desk, signal);
      } catch (error) {
        if (!signal.aborted) throw sourceFailure(error);
      }
    },
  };
}

async function follow(
  { manager, dir }: CallsOptions,
  book: CallBook,
  desk: ListenDesk,
  signal: AbortSignal,
): Promise<void> {
  let waiting = 0;
  let ami: Ami | null = null;
  let told: Call | null = null;
  let refuse: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => {
    refuse = reject;
  });
  failed.catch(() => undefined);
  const store = (call: Call): void => {
    waiting += 1;
    if (waiting >= MOST_WAITING) ami?.pause();
    const item = {
      body: Buffer.from(JSON.stringify(callRecord(call))),
      contentType: "application/json",
      event: callEvent(call),
    };
    desk.take([item]).then(() => {
      waiting -= 1;
      if (waiting < MOST_WAITING) ami?.resume();
    }, refuse);
  };
  ami = await connectAmi({
    options: manager,
    dir,
    events: "call,cdr",
    signal,
    onEvent: (event) => {
      const call = book.take(event);
      // Who rings beside others is of no interest later on.
      if (call === null || call.stage === "offered") return;
      if (told !== null && callEvent(told) === callEvent(call)) return;
      told = call;
      store(call);
    },
  });
  try {
    await ami.list("CoreShowChannels", (channels) => {
      for (const call of book.restore(channels)) store(call);
    });
    desk.connected();
    const end = await Promise.race([ami.ended, failed]);
    if (!signal.aborted) throw end;
  } finally {
    ami.close();
  }
}
