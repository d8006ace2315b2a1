import type { Socket } from "node:net";
import { BrokerFailure, type BrokerFault } from "./failure.ts";
import { type HeartBeat, heartBeat } from "./heart-beat.ts";
import { type Frame, FrameError, frameBytes, frameReader } from "./stomp-frame.ts";

const HELLO_MS = 5_000;
const GOODBYE_MS = 2_000;

/** A connection that speaks STOMP 1.2. */
export interface StompLine {
  /** What the broker said of itself, such as `RabbitMQ/3.10.8`; empty: nothing. */
  readonly server: string;
  /** Writes a frame, and waits for nothing. */
  write(command: string, headers: Readonly<Record<string, string>>, body?: Uint8Array): void;
  /** Writes a frame and waits for its receipt. @throws BrokerFailure, RangeError */
  confirmed(command: string, headers: Readonly<Record<string, string>>, body?: Uint8Array): Promise<void>;
  /** Reads no further until `resume`: what comes meanwhile waits in the broker. */
  pause(): void;
  resume(): void;
  /** Ends the connection once the broker has what was written. */
  close(): Promise<void>;
  /** Resolves when the connection has ended, with why. */
  readonly ended: Promise<BrokerFailure>;
}

interface Hello {
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes of the largest message that is read. */
  readonly largest: number;
  onMessage(frame: Frame): void;
}

/** Says hello on a socket that is open. @throws BrokerFailure */
export function stompLine(socket: Socket, { headers, largest, onMessage }: Hello): Promise<StompLine> {
  const read = frameReader(largest);
  const receipts = new Map<string, (failure?: BrokerFailure) => void>();
  let receipt = 0;
  let isConnected = false;
  let failure: BrokerFailure | null = null;
  const { promise: ended, resolve: tell } = later<BrokerFailure>();
  const hello = later<Frame>();
  let beat: HeartBeat | undefined;

  const end = (why: BrokerFailure): void => {
    if (failure !== null) return;
    failure = why;
    beat?.end();
    socket.destroy();
    for (const told of receipts.values()) told(why);
    receipts.clear();
    hello.reject(why);
    tell(why);
  };
  const write: StompLine["write"] = (command, fields, body) => {
    const bytes = frameBytes(command, fields, body);
    if (failure === null) socket.write(bytes);
  };
  const settle = (id: string, why?: BrokerFailure): void => {
    const told = receipts.get(id);
    receipts.delete(id);
    told?.(why);
  };
  const take = (frame: Frame): void => {
    if (!isConnected && frame.command !== "CONNECTED") end(refusal(frame, "settings"));
    else if (!isConnected) {
      isConnected = true;
      socket.setTimeout(0);
      beat = heartBeat(frame.headers.get("heart-beat"), {
        beat: () => void socket.write("\n"),
        // While we do not read, its beats wait too.
        isListening: () => !socket.isPaused(),
        silent: () => end(new BrokerFailure("away", "the broker is silent", null)),
      });
      hello.resolve(frame);
    } else if (frame.command === "MESSAGE") onMessage(frame);
    else if (frame.command === "RECEIPT") settle(frame.headers.get("receipt-id") ?? "");
    else if (frame.command === "ERROR") {
      // It is the last frame of a connection. Of what else waits for its receipt, nothing is known.
      settle(frame.headers.get("receipt-id") ?? "", refusal(frame, "data"));
      end(refusal(frame, "away"));
    } else end(new BrokerFailure("away", "the broker sent a frame that no client is sent", null));
  };

  socket.setTimeout(HELLO_MS, () =>
    end(new BrokerFailure("away", "the broker does not answer in time", null)),
  );
  socket.on("data", (chunk: Buffer) => {
    beat?.heard();
    try {
      for (const frame of read(chunk)) if (failure === null) take(frame);
    } catch (error) {
      end(unreadable(error, isConnected));
    }
  });
  socket.on("error", (error) => end(new BrokerFailure("away", "the connection to the broker broke", error)));
  socket.on("close", () => end(new BrokerFailure("away", "the broker closed the connection", null)));
  write("CONNECT", headers);

  const confirmed: StompLine["confirmed"] = (command, fields, body) =>
    new Promise((resolve, reject) => {
      if (failure !== null) return reject(failure);
      receipt += 1;
      const id = `r-${receipt}`;
      write(command, { ...fields, receipt: id }, body);
      receipts.set(id, (why) => (why === undefined ? resolve() : reject(why)));
    });
  return hello.promise.then((frame) => ({
    server: frame.headers.get("server") ?? "",
    ...{ write, confirmed, ended },
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    async close() {
      const late = setTimeout(() => socket.destroy(), GOODBYE_MS);
      // The receipt says that the broker has dealt with all before it.
      await confirmed("DISCONNECT", {}).catch(() => undefined);
      clearTimeout(late);
      end(new BrokerFailure("away", "the connection was closed", null));
    },
  }));
}

/** Why a broker sent ERROR. Its texts may quote what it was sent, so they are judged and not repeated. */
function refusal({ command, headers, body }: Frame, otherwise: BrokerFault): BrokerFailure {
  if (command !== "ERROR")
    return new BrokerFailure("settings", "what answers there does not speak STOMP 1.2", null);
  const text = `${headers.get("message") ?? ""}\n${body.subarray(0, 4_096).toString()}`;
  if (/password|passcode|credential|access[ _-]?refused|denied|authenti|authori[sz]/i.test(text))
    return new BrokerFailure("access", "the broker refused the user", null);
  if (/not[ _-]?found|does not exist|unknown destination/i.test(text))
    return new BrokerFailure("settings", "the broker does not know the destination", null);
  return new BrokerFailure(otherwise, "the broker ended the connection with an ERROR frame", null);
}

function unreadable(error: unknown, isConnected: boolean): BrokerFailure {
  if (error instanceof FrameError)
    return new BrokerFailure(error.tooLarge || !isConnected ? "settings" : "away", error.message, error);
  return new BrokerFailure("away", "what came from the broker could not be taken", error);
}

function later<T>() {
  let resolve: (value: T) => void = () => undefined;
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<T>((accept, refuse) => {
    [resolve, reject] = [accept, refuse];
  });
  // Who waits for it is told; that nobody does is no fault.
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}
