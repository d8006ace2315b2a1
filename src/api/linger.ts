import type { IncomingMessage, OutgoingHttpHeader, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** As long as a sender that was answered may take to notice; milliseconds. */
const LINGER_MS = 5_000;
/** As much as it may still send. */
const LINGER_BYTES = 64 * 1024 * 1024;
const LOOK_MS = 50;

const lingering = new WeakSet<Socket>();

/**
 * Answers a request whose body is not read to its end. Closing at once would reset the connection under a sender that
 * still writes, and a reset takes the answer away with it (RFC 9112 §9.6).
 */
export function answerAndLinger(
  incoming: IncomingMessage,
  response: ServerResponse,
  answer: {
    readonly status: number;
    readonly headers: Readonly<Record<string, OutgoingHttpHeader | undefined>>;
    readonly text: string;
  },
): void {
  const { status, headers, text } = answer;
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) response.setHeader(name, value);
  response.setHeader("content-length", Buffer.byteLength(text)).setHeader("connection", "close");
  response.writeHead(status);
  response.write(text);
  linger(incoming.socket);
  incoming.once("end", () => incoming.socket.destroy()).resume();
}

/**
 * Closes the way out, and throws away what still comes in until the sender closes too, or for a bounded time and number
 * of bytes. Whoever calls it keeps the socket read.
 */
export function linger(socket: Socket): void {
  lingering.add(socket);
  socket.end();
  const until = performance.now() + LINGER_MS;
  const most = socket.bytesRead + LINGER_BYTES;
  const look = setInterval(() => {
    if (performance.now() >= until || socket.bytesRead > most) socket.destroy();
  }, LOOK_MS);
  socket.once("close", () => clearInterval(look));
}

/** Whether the connection was answered for good, so that nothing that still comes in matters. */
export function isLingering(socket: Socket): boolean {
  return lingering.has(socket);
}
