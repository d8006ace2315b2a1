import type { Server } from "node:http";
import type { Socket } from "node:net";
import { type Answer, answerText } from "./answer.ts";
import { answerClientError } from "./client-error.ts";
import type { ApiLimits } from "./deps.ts";
import { isLingering } from "./linger.ts";
import { type WholeRequest, wholeRequest } from "./whole-request.ts";

/** Takes a request that is all here, and calls `reply` once; false: it is not for it, and nothing was done. */
export type WholeDoor = (request: WholeRequest, reply: (answer: Answer) => void) => boolean;

interface Connection {
  /** Ends it now, or as soon as it has been answered. */
  close(): void;
}

/**
 * Serves the connections of a server whose senders do the plain thing: one whole request for the door in one packet,
 * then its answer, then the next. Node's own objects for a request cost as much as everything that is done with one.
 * A connection on which anything else happens goes to node's server for good, with what was read of it: half a
 * request, two at once, chunks, another address, anything unusual. So limits, slow senders and all that is dubious
 * stay where they are judged by a complete parser, and between its requests a connection here has nothing unread.
 */
export function serveWhole(
  server: Server,
  door: WholeDoor,
  limits: Pick<ApiLimits, "headersTimeout" | "keepAliveTimeout">,
): Connection {
  const node = server.listeners("connection") as ((socket: Socket) => void)[];
  const open = new Set<Connection>();
  const keep = `connection: keep-alive\r\nkeep-alive: timeout=${Math.floor(limits.keepAliveTimeout / 1000)}\r\n`;
  let closing = false;

  function serve(socket: Socket): void {
    let answered = 0;
    let due = false;
    let ended = false;
    let rest: Buffer | null = null;

    const connection: Connection = {
      close() {
        if (!due) socket.destroy();
      },
    };
    const forget = (): void => {
      open.delete(connection);
    };
    const leave = (read: Buffer): void => {
      forget();
      socket.off("data", onData).off("end", onEnd).off("timeout", onTimeout).off("error", onError);
      socket.off("close", forget).setTimeout(0).pause().unshift(read);
      for (const listener of node) listener.call(server, socket);
      process.nextTick(() => socket.resume());
    };
    const reply = (answer: Answer): void => {
      due = false;
      answered += 1;
      if (socket.destroyed) return;
      if (ended || closing) {
        socket.end(answerText(answer, "connection: close\r\n"));
        return;
      }
      const sent = socket.write(answerText(answer, keep));
      if (answered === 1) socket.setTimeout(limits.keepAliveTimeout);
      if (rest !== null) leave(rest);
      else if (!sent) socket.pause().once("drain", () => socket.resume());
    };
    const onData = (chunk: Buffer): void => {
      if (isLingering(socket)) return;
      if (due) {
        // Sent before the answer came: node's server keeps such requests in order.
        rest = rest === null ? chunk : Buffer.concat([rest, chunk]);
        socket.pause();
        return;
      }
      const request = closing ? undefined : wholeRequest(chunk);
      due = request !== undefined;
      if (request !== undefined && door(request, reply)) return;
      due = false;
      leave(chunk);
    };
    const onEnd = (): void => {
      ended = true;
      if (!due) socket.end();
    };
    const onTimeout = (): void => {
      if (due) return;
      if (answered > 0) socket.destroy();
      else
        answerClientError(Object.assign(new Error("silent"), { code: "ERR_HTTP_REQUEST_TIMEOUT" }), socket);
    };
    // It closes by itself then.
    const onError = (): void => undefined;

    open.add(connection);
    socket.on("data", onData).on("end", onEnd).on("timeout", onTimeout).on("error", onError);
    socket.on("close", forget).setTimeout(limits.headersTimeout);
  }

  server.removeAllListeners("connection").on("connection", serve);
  return {
    close() {
      closing = true;
      for (const connection of open) connection.close();
    },
  };
}
