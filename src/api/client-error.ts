import type { Socket } from "node:net";
import { HubError } from "../errors.ts";
import { isLingering, linger } from "./linger.ts";
import { PROBLEM_TYPE, problemOf } from "./problem.ts";

/** Answers what is not HTTP at all, or came too slowly, before any route sees it; then closes the connection. */
export function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (isLingering(socket)) return;
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = problemOf(failureOf(error.code));
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${problem.title}`,
    `content-type: ${PROBLEM_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  socket.write(`${head.join("\r\n")}\r\n\r\n${body}`);
  linger(socket);
}

function failureOf(code: string | undefined): HubError {
  switch (code) {
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return new HubError("TL_REQUEST_TIMEOUT", "the request did not arrive in time");
    case "HPE_HEADER_OVERFLOW":
      return new HubError("TL_HEADERS_TOO_LARGE", "the address and headers are too large");
    default:
      return new HubError("TL_USAGE", "the request is not well-formed HTTP/1.1");
  }
}
