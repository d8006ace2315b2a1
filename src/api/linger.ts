import type { Socket } from "node:net";
import type { FastifyReply } from "fastify";

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
export function answerAndLinger(reply: FastifyReply, text: string): void {
  const { raw: response } = reply;
  const { raw: incoming } = reply.request;
  reply.hijack();
  reply.header("content-length", Buffer.byteLength(text)).header("connection", "close");
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) response.setHeader(name, value);
  response.writeHead(reply.statusCode);
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
