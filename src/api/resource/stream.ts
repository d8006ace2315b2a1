import type { ServerResponse } from "node:http";
import { Type } from "@sinclair/typebox";
import type { FastifyInstance } from "fastify";
import { HubError } from "../../errors.ts";
import type { ApiDeps } from "../deps.ts";
import { problems } from "../schema.ts";

/** How often what changed is told; milliseconds. The engine reports four times a second. */
const BEAT_MS = 1000;
/** Silence after which a line is sent that says nothing, so that nobody on the way takes the connection for dead. */
const SILENCE_MS = 15_000;
/** Browsers that listen at once. Each costs a connection and a line a second. */
const MOST = 100;

/**
 * Tells a browser that something has changed, over Server-Sent Events: which flow, and how much is open. It says when to
 * look again, not what there is to see, so a line that got lost costs nothing.
 */
export async function streamRoutes(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  const listeners = new Map<ServerResponse, { told: string; at: number }>();
  let timer: NodeJS.Timeout | null = null;

  const tell = (): void => {
    const now = deps.now();
    const text = present(deps);
    for (const [response, last] of listeners) {
      if (last.told !== text) response.write(`event: status\ndata: ${text}\n\n`);
      else if (now - last.at < SILENCE_MS) continue;
      else response.write(": still here\n\n");
      listeners.set(response, { told: text, at: now });
    }
  };
  const leave = (response: ServerResponse): void => {
    listeners.delete(response);
    if (listeners.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };
  // A hub that stops waits for requests under way, and these would never end.
  app.addHook("preClose", async () => {
    for (const response of listeners.keys()) response.end();
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
      reply.hijack();
      const response = reply.raw;
      response.writeHead(200, {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-store",
        "x-accel-buffering": "no",
        "x-content-type-options": "nosniff",
      });
      listeners.set(response, { told: "", at: 0 });
      timer ??= setInterval(tell, BEAT_MS).unref();
      request.raw.on("close", () => leave(response));
      response.on("close", () => leave(response));
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
