import type { Socket } from "node:net";
import { AmiFailure } from "./ami-failure.ts";
import { type AmiBlock, amiAction, amiReader } from "./ami-reader.ts";

/** How long Asterisk may take to answer an action. */
const ANSWER_MS = 5_000;
const PING_MS = 10_000;
/** Without a byte for so long the connection is dead. */
const SILENT_MS = 25_000;
/** Actions that wait for their answer, and blocks of one list, at most. */
const MOST_WAITING = 256;
const MOST_LISTED = 20_000;

/** A connection to the manager interface. */
export interface Ami {
  /** @throws AmiFailure */
  act(action: string, fields?: Readonly<Record<string, string>>): Promise<AmiBlock>;
  /**
   * An action that answers with a list of events.
   * @param whole is given the list where it ends: before any event that comes after it, which is newer than the list
   * @throws AmiFailure
   */
  list(action: string, whole: (listed: readonly AmiBlock[]) => void): Promise<void>;
  /** Reads no further until `resume`: what comes meanwhile waits in Asterisk. */
  pause(): void;
  resume(): void;
  close(): void;
  /** Resolves when the connection has ended, with why. */
  readonly ended: Promise<AmiFailure>;
}

interface Waiting {
  readonly done: (answer: AmiBlock | AmiFailure) => void;
  /** Blocks of a list so far; null: no list was asked for. */
  readonly listed: AmiBlock[] | null;
}

/** The protocol on a socket that is open: who asked gets the answer, events go to `onEvent`. */
export function amiLine(socket: Socket, onEvent: (event: AmiBlock) => void): Ami {
  const read = amiReader();
  const waiting = new Map<string, Waiting>();
  let last = 0;
  let failure: AmiFailure | null = null;
  let tell: (failure: AmiFailure) => void = () => undefined;
  const ended = new Promise<AmiFailure>((resolve) => {
    tell = resolve;
  });
  const end = (message: string, cause?: unknown): void => {
    if (failure !== null) return;
    failure = new AmiFailure("away", message, cause);
    clearInterval(ping);
    socket.destroy();
    // What left and was not answered may have been done.
    for (const one of waiting.values()) one.done(new AmiFailure("doubt", message, cause));
    waiting.clear();
    tell(failure);
  };

  const take = (block: AmiBlock): void => {
    const id = block.get("ActionID") ?? "";
    const asked = waiting.get(id);
    // OriginateResponse is an event that bears a `Response` too: what it is, `Event` says.
    if (block.has("Event")) {
      if (asked === undefined || asked.listed === null) onEvent(block);
      else if (block.get("EventList") === "Complete") settle(id, block);
      else if (asked.listed.push(block) > MOST_LISTED) end("a list of the manager interface does not end");
      return;
    }
    if (asked === undefined) return;
    const refused = block.get("Response") !== "Success" && block.get("Response") !== "Goodbye";
    if (refused) settle(id, refusal(block));
    else if (asked.listed === null || block.get("EventList") !== "start") settle(id, block);
  };
  const settle = (id: string, answer: AmiBlock | AmiFailure): void => {
    const asked = waiting.get(id);
    waiting.delete(id);
    asked?.done(answer);
  };

  const ask = (
    action: string,
    fields: Readonly<Record<string, string>>,
    listed: AmiBlock[] | null,
    whole: () => void = () => undefined,
  ): Promise<AmiBlock> =>
    new Promise((accept, refuse) => {
      if (failure !== null) return refuse(failure);
      if (waiting.size >= MOST_WAITING)
        return refuse(new AmiFailure("away", "the manager interface is behind"));
      last += 1;
      const id = `tieline-${last}`;
      let text: string;
      try {
        text = amiAction(action, { ...fields, ActionID: fields["ActionID"] ?? id });
      } catch (error) {
        return refuse(
          new AmiFailure("data", error instanceof Error ? error.message : "no valid value", error),
        );
      }
      const key = fields["ActionID"] ?? id;
      const late = setTimeout(() => end("the manager interface does not answer an action"), ANSWER_MS);
      const done = (answer: AmiBlock | AmiFailure): void => {
        clearTimeout(late);
        if (answer instanceof AmiFailure) refuse(answer);
        else {
          whole();
          accept(answer);
        }
      };
      waiting.set(key, { done, listed });
      socket.write(text);
    });

  socket.setTimeout(SILENT_MS, () => end("the manager interface is silent"));
  socket.on("data", (chunk) => {
    try {
      for (const block of read(chunk)) take(block);
    } catch (error) {
      end("what came is not of the manager interface", error);
    }
  });
  socket.on("error", (error) => end("the connection to the manager interface broke", error));
  socket.on("close", () => end("the manager interface closed the connection"));
  const ping = setInterval(() => void ask("Ping", {}, null).catch(() => undefined), PING_MS);
  ping.unref();

  return {
    act: (action, fields = {}) => ask(action, fields, null),
    async list(action, whole) {
      const listed: AmiBlock[] = [];
      await ask(action, {}, listed, () => whole(listed));
    },
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    close: () => end("the connection was closed"),
    ended,
  };
}

function refusal(block: AmiBlock): AmiFailure {
  const message = block.get("Message") ?? "";
  if (/permission denied/i.test(message))
    return new AmiFailure("access", "the user of the manager interface may not do that");
  if (/unknown command/i.test(message))
    return new AmiFailure("settings", "this Asterisk does not know that action");
  return new AmiFailure("data", "the manager interface refused the action");
}
