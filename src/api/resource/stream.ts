import { Type } from "@sinclair/typebox";
import type { FastifyInstance } from "fastify";
import { HubError } from "../../errors.ts";
import type { ApiDeps } from "../deps.ts";
import { type EventStream, eventStream } from "../event-stream.ts";
import { problems } from "../schema.ts";

/** How often what changed is told; milliseconds. The engine reports four times a second. */
const BEAT_MS = 1000;
/** Browsers that listen at once. Each costs a connection and a line a second. */
const MOST = 100;

/**
 * Tells a browser that something has changed, over Server-Sent Events: which flow, and how much is open. It says when to
 * look again, not what there is to see, so a line that got lost costs nothing.
 */
export async function streamRoutes(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  /** With what each was told last. */
  const listeners = new Map<EventStream, string>();
  let timer: NodeJS.Timeout | null = null;

  const tell = (): void => {
    const text = present(deps);
    for (const [stream, told] of listeners) {
      if (told === text) continue;
      listeners.set(stream, text);
      stream.send("status", text);
    }
  };
  const leave = (stream: EventStream): void => {
    listeners.delete(stream);
    if (listeners.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };
  // A hub that stops waits for requests under way, and these would never end.
  app.addHook("preClose", async () => {
    for (const stream of listeners.keys()) stream.end();
  });

  app.get(
    "/stream",
    {
      schema: {
        tags: ["hub"],
        summary: "Server-Sent Events: `status`, whenever the hub's state has changed, at most once a second",
        response: {
          200: {
            description: "Events whose data is JSON",
            content: { "text/event-stream": { schema: Type.String() } },
          },
          ...problems(),
        },
      },
    },
    (request, reply) => {
      if (listeners.size >= MOST) throw new HubError("TL_BACKLOG_FULL", "too many browsers listen already");
      const stream = eventStream(request, reply, deps, () => leave(stream));
      listeners.set(stream, "");
      timer ??= setInterval(tell, BEAT_MS).unref();
      tell();
    },
  );
}

function present(deps: ApiDeps): string {
  const { stopping, diskLow, backlog, backlogFull, flows } = deps.status();
  return JSON.stringify({
    stopping,
    diskLow,
    backlog,
    backlogFull,
    flows: flows.map(({ name, open, accepting, running, version, routes }) => ({
      name,
      open,
      accepting,
      running,
      version,
      stopped: routes.filter((route) => route.stopped !== null).length,
    })),
  });
}
