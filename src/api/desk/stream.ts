import type { FastifyReply, FastifyRequest } from "fastify";
import type { ShownCall } from "../../desk/shown-call.ts";
import { HubError } from "../../errors.ts";
import type { ApiDeps } from "../deps.ts";
import { type EventStream, eventStream } from "../event-stream.ts";
import { presentCall } from "./present.ts";

const MOST_STREAMS = 500;

/** Pages that are told of calls as they come. */
export interface CallStreams {
  open(
    request: FastifyRequest,
    reply: FastifyReply,
    calls: readonly ShownCall[],
    watch: (tell: (shown: ShownCall) => void) => () => void,
  ): void;
  close(): void;
}

export function callStreams(deps: ApiDeps): CallStreams {
  const streams = new Set<EventStream>();
  return {
    open(request, reply, calls, watch) {
      if (streams.size >= MOST_STREAMS) throw new HubError("TL_BACKLOG_FULL", "too many pages are open");
      const stream = eventStream(request, reply, deps, () => {
        forget();
        streams.delete(stream);
      });
      const tell = (shown: ShownCall): void => stream.send("call", JSON.stringify(presentCall(shown)));
      const forget = watch(tell);
      streams.add(stream);
      stream.send("open", "{}");
      for (const shown of calls) tell(shown);
    },
    close() {
      for (const stream of streams) stream.end();
    },
  };
}
