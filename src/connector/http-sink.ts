import { connect } from "node:net";
import type { Readable } from "node:stream";
import type { Agent, Dispatcher } from "undici";
import { HubError } from "../errors.ts";
import type { Outgoing, Sink, SystemContext, Tell } from "./contract.ts";
import { type Answer, judgeAnswer, needsBody } from "./http-answer.ts";
import { readAnswer, saidBy } from "./http-exchange.ts";
import { deliveryHeaders, fixedHeaders, requireUrl } from "./http-request.ts";
import type { HttpOptions } from "./http-settings.ts";
import { oauthTokens } from "./oauth.ts";
import { parseRetryAfter } from "./retry-after.ts";

const TIMEOUT_MS = 10_000;
const CONCURRENCY = 4;

export interface HttpSink extends Sink {
  /** Opens a connection and closes it, without sending anything. @throws HubError TL_TARGET_UNAVAILABLE */
  check(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Sends each delivery as one JSON request. Every attempt of a delivery carries the same `Idempotency-Key` and
 * `webhook-id` (the delivery id) and the same `Tieline-Sequence`. No redirect is followed; the URL comes from the
 * settings alone, never from a message.
 *
 * Failures before the first byte of the request was written are TL_TARGET_UNAVAILABLE. After it they are so only for
 * an idempotent target; for any other the effect is unknown, TL_IN_DOUBT.
 */
export function httpSink(options: HttpOptions, context: SystemContext): HttpSink {
  const url = requireUrl(options.url);
  const fixed = fixedHeaders(options);
  const rule = options.success ?? {};
  const timeout = options.timeout ?? TIMEOUT_MS;
  const method = options.method ?? "POST";
  const path = url.pathname + url.search;
  const line = `${method} ${url.origin}${path}`;
  const tokens = options.oauth === undefined ? undefined : oauthTokens(options.oauth, () => context.now());
  let agent: Promise<Agent> | null = null;
  /** Loaded with the first delivery: a start that sends nothing need not wait for it. */
  const openAgent = async (): Promise<Agent> => {
    const undici = await import("undici");
    return new undici.Agent({
      connect: { timeout },
      headersTimeout: timeout,
      bodyTimeout: timeout,
      pipelining: options.idempotent ? 1 : 0,
    });
  };

  async function sendOnce(
    delivery: Outgoing,
    bytes: Buffer,
    signal: AbortSignal,
    tell: Tell | undefined,
  ): Promise<Answer & { readonly token: string | undefined }> {
    const token = await tokens?.header(signal);
    const headers: Record<string, string> = {
      ...fixed,
      ...deliveryHeaders(delivery, bytes, options, context.now()),
      ...(token === undefined ? {} : { authorization: token }),
    };
    const { "content-length": _size, ...fields } = headers;
    const sent = { line, fields, body: "delivery" } as const;
    let begun = false;
    // The agent asks an iterable for the body once it has a connection and writes the head with the first piece; so
    // this tells whether anything can have reached the target. (Of a stream it would read ahead of that.)
    async function* pieces() {
      begun = true;
      yield bytes;
    }
    let response: Dispatcher.ResponseData<unknown>;
    try {
      agent ??= openAgent();
      response = await (await agent).request({
        origin: url.origin,
        path,
        method,
        headers,
        // undici takes iterables; its types do not say so.
        body: pieces() as unknown as Readable,
        // A kept connection that the target closes at this moment would leave the request in doubt.
        reset: !options.idempotent,
        signal,
      });
    } catch (error) {
      tell?.({ sent });
      throw noAnswer(error, begun && !options.idempotent, url);
    }
    const body = await readAnswer(response.body, timeout);
    tell?.({ sent, answered: saidBy(response.statusCode, response.headers, body) });
    const retryAfter = parseRetryAfter(first(response.headers["retry-after"]), context.now());
    const judged = needsBody(rule) && body.size !== null ? body.text : undefined;
    return { status: response.statusCode, retryAfter, body: judged, token };
  }

  return {
    idempotent: options.idempotent,
    concurrency: options.concurrency ?? CONCURRENCY,

    async send(delivery, signal, tell) {
      const bytes = Buffer.from(JSON.stringify(delivery.body));
      let answer = await sendOnce(delivery, bytes, signal, tell);
      // The target has not looked at it; so a token that has just ended is no reason to stop the route.
      if (answer.status === 401 && answer.token !== undefined) {
        tokens?.refused(answer.token);
        answer = await sendOnce(delivery, bytes, signal, tell);
        if (answer.status === 401 && answer.token !== undefined) tokens?.refused(answer.token);
      }
      judgeAnswer(answer, rule, options.idempotent);
      return { answer: String(answer.status) };
    },

    check: () => reach(url, timeout),

    async close() {
      await (await agent)?.destroy();
    },
  };
}

function first(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

function noAnswer(error: unknown, inDoubt: boolean, url: URL): HubError {
  const reason = reasonOf(error);
  if (reason === "UND_ERR_INVALID_ARG") {
    return new HubError("TL_TARGET_ACCESS", `the request for ${url.host} cannot be written as configured`, {
      cause: error,
    });
  }
  if (inDoubt) {
    return new HubError("TL_IN_DOUBT", `the request left for ${url.host} and no answer came (${reason})`, {
      cause: error,
    });
  }
  return new HubError("TL_TARGET_UNAVAILABLE", `${url.host} gave no answer (${reason})`, { cause: error });
}

/** The error's code alone; messages of the network stack may quote what was sent. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}

function reach(url: URL, timeout: number): Promise<void> {
  const port = url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout });
    const fail = (reason: string) => {
      socket.destroy();
      reject(new HubError("TL_TARGET_UNAVAILABLE", `no connection to ${url.host} (${reason})`));
    };
    socket.once("connect", () => {
      socket.destroy();
      resolve();
    });
    socket.once("timeout", () => fail("timeout"));
    socket.once("error", (error) => fail(reasonOf(error)));
  });
}
