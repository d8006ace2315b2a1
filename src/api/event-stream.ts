import type { FastifyReply, FastifyRequest } from "fastify";
import { mayStill } from "./auth.ts";
import type { ApiDeps } from "./deps.ts";

/** Silence after which a line is sent that says nothing, so that both sides learn when the other is gone; milliseconds. */
const SILENCE_MS = 15_000;
/** How often it is asked whether the listener may still hear; milliseconds. */
const ASK_MS = 2_000;
/** Bytes that a browser may be behind before it is left; it connects again and is told how things are. */
const MOST_BEHIND = 1024 * 1024;

/** A response that goes on: server-sent events (WHATWG HTML). */
export interface EventStream {
  /** @param data text of one line */
  send(event: string, data: string): void;
  end(): void;
}

/**
 * Answers a request with events, until either side ends it, or whoever listens has signed out, is disabled or has lost the
 * right to it.
 * @param ended called once, whoever ends it
 */
export function eventStream(
  request: FastifyRequest,
  reply: FastifyReply,
  deps: ApiDeps,
  ended: () => void,
): EventStream {
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "x-accel-buffering": "no",
    connection: "close",
  });
  let open = true;
  const beat = setInterval(() => write(": still here\n\n"), SILENCE_MS).unref();
  const ask = setInterval(() => {
    void mayStill(request, deps).then((may) => (may ? undefined : end()));
  }, ASK_MS).unref();
  const write = (text: string): void => {
    beat.refresh();
    if (raw.writableLength > MOST_BEHIND) end();
    else raw.write(text);
  };
  const end = (): void => {
    if (!open) return;
    open = false;
    clearInterval(beat);
    clearInterval(ask);
    ended();
    raw.end();
  };
  request.raw.on("close", end);
  raw.on("close", end);
  raw.on("error", end);
  return { send: (event, data) => write(`event: ${event}\ndata: ${data}\n\n`), end };
}
