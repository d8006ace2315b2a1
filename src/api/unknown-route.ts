import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { HubError } from "../errors.ts";
import type { ApiLogger } from "./deps.ts";
import { sendProblem } from "./problem.ts";

interface Known {
  readonly pattern: RegExp;
  readonly methods: Set<string>;
}

/**
 * Answers what no route takes: 404, 405 with Allow when the address is known, 204 with Allow for OPTIONS.
 * Install it before the routes, which it listens to.
 * @param others an address that is served before the routes, and its methods
 */
export function answerUnknownRoutes(
  app: FastifyInstance,
  logger: ApiLogger,
  others: { readonly url: string; readonly methods: readonly string[] },
): void {
  const known = new Map<string, Known>([
    [others.url, { pattern: patternOf(others.url), methods: new Set(["OPTIONS", ...others.methods]) }],
  ]);
  app.addHook("onRoute", ({ url, method }) => {
    const entry = known.get(url) ?? { pattern: patternOf(url), methods: new Set(["OPTIONS"]) };
    for (const one of [method].flat()) entry.methods.add(one);
    known.set(url, entry);
  });
  app.setNotFoundHandler((request: FastifyRequest, reply: FastifyReply) => {
    const path = request.url.split("?", 1)[0] ?? "";
    const methods = [...known.values()]
      .filter((one) => one.pattern.test(path))
      .flatMap((one) => [...one.methods]);
    if (methods.length === 0) {
      sendProblem(new HubError("TL_NOT_FOUND", "there is nothing at this address"), request, reply, logger);
      return;
    }
    reply.header("allow", [...new Set(methods)].sort().join(", "));
    if (request.method === "OPTIONS") reply.code(204).send();
    else
      sendProblem(
        new HubError("TL_METHOD", "this address does not take this method"),
        request,
        reply,
        logger,
      );
  });
}

function patternOf(url: string): RegExp {
  const escaped = url.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/:[A-Za-z]+/g, "[^/]+");
  return new RegExp(`^${escaped}$`);
}
