import type { FastifyReply, FastifyRequest } from "fastify";
import type { ShownCall } from "../../desk/shown-call.ts";
import { HubError } from "../../errors.ts";
import { presentCall } from "./present.ts";

const MOST_STREAMS = 500;
/** So that both sides learn when the other is gone. */
const BEAT_MS = 15_000;
/** Bytes that a page may be behind before it is left; it connects again and is told how things are. */
const MOST_BEHIND = 1024 * 1024;

/** Pages that are told of calls as they come, by server-sent events (WHATWG HTML). */
export interface CallStreams {
  open(
    request: FastifyRequest,
    reply: FastifyReply,
    calls: readonly ShownCall[],
    watch: (tell: (shown: ShownCall) => void) => () => void,
  ): void;
  close(): void;
}

export function callStreams(): CallStreams {
  const streams = new Set<() => void>();
  return {
    open(request, reply, calls, watch) {
      if (streams.size >= MOST_STREAMS) throw new HubError("TL_BACKLOG_FULL", "too many pages are open");
      reply.hijack();
      const { raw } = reply;
      raw.writeHead(200, {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "x-accel-buffering": "no",
        connection: "close",
      });
      const write = (text: string): void => {
        if (raw.writableLength > MOST_BEHIND) end();
        else raw.write(text);
      };
      const tell = (shown: ShownCall): void =>
        write(`event: call\ndata: ${JSON.stringify(presentCall(shown))}\n\n`);
      const beat = setInterval(() => write(": beat\n\n"), BEAT_MS);
      const forget = watch(tell);
      const end = (): void => {
        clearInterval(beat);
        forget();
        streams.delete(end);
        raw.end();
      };
      streams.add(end);
      request.raw.on("close", end);
      raw.on("error", end);
      write("event: open\ndata: {}\n\n");
      for (const shown of calls) tell(shown);
    },
    close() {
      for (const end of streams) end();
    },
  };
}
