import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { PushedItem, PushSource } from "../connector/contract.ts";
import { admissionBatcher } from "../control/admission.ts";
import type { Admission } from "../control/engine.ts";
import { ERRORS, type ErrorCode, HubError } from "../errors.ts";
import type { Counters } from "../observe/counter.ts";
import { readBody } from "./body.ts";
import type { ApiDeps, ApiLimits, FlowEntry } from "./deps.ts";
import { type DoorFlow, doorFlows, eventOf, keyOf } from "./door-flow.ts";
import { headerText, sendProblem } from "./problem.ts";

const PATH = "/in/:system/:source";
const JSON_TYPE = "application/json; charset=utf-8";
const EMPTY = Buffer.alloc(0);
const LONGEST_IDEMPOTENCY_KEY = 256;

declare module "fastify" {
  interface FastifyRequest {
    /** Found before the body is read, which needs its limit. */
    doorFlow: DoorFlow | null;
  }
}

interface Address {
  readonly system: string;
  readonly source: string;
}

/**
 * The way in for push sources. Whether a sender is who it says it is, the source itself judges. An answer of 2xx means
 * that the item is committed and fsynced (invariant I1); any other answer means that nothing was stored.
 * This is the hot path: no hooks, no response schemas, no log lines.
 */
export async function door(
  app: FastifyInstance,
  deps: ApiDeps,
  limits: ApiLimits,
  counters: Counters,
): Promise<void> {
  const admit = admissionBatcher((items) => deps.engine.admit(items), {
    maxItems: limits.batchItems,
    maxBytes: limits.batchBytes,
  });
  let known: readonly FlowEntry[] | undefined;
  let flows: ReadonlyMap<string, DoorFlow> = new Map();

  const find = (request: FastifyRequest): DoorFlow => {
    const entries = deps.flows();
    if (entries !== known) {
      flows = doorFlows(deps, entries);
      known = entries;
    }
    const { system, source } = request.params as Address;
    const flow = flows.get(`${system}/${source}`);
    if (flow === undefined) {
      throw new HubError("TL_NOT_FOUND", "no flow reads from this address", {
        cure: "The address is /in/<system>/<source> of a flow in force; `tieline flows` lists them.",
      });
    }
    return flow;
  };

  app.decorateRequest("doorFlow", null);
  app.setErrorHandler((error, request, reply) => {
    const code = sendProblem(error, request, reply, deps.logger);
    counters.add("refused", { flow: request.doorFlow?.name ?? "", code }, 1);
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (request, payload, done) => {
    const flow = find(request);
    request.doorFlow = flow;
    requireOpen(deps, flow);
    requirePlain(request);
    readBody(payload, flow.limit, done);
  });

  const receive = (request: FastifyRequest, reply: FastifyReply): void => {
    let flow = request.doorFlow;
    if (flow === null) {
      flow = find(request);
      request.doorFlow = flow;
      requireOpen(deps, flow);
    }
    const body = (request.body as Buffer | undefined) ?? EMPTY;
    const item = flow.source.receive({
      method: request.method,
      url: request.url,
      headers: flatHeaders(request.headers),
      body,
    });
    admit(admissionOf(flow, item, body, request)).then(
      (receipt) => {
        if ("error" in receipt) reply.send(new HubError(codeOf(receipt.error.code), receipt.error.message));
        else answer(reply, flow.source, receipt);
      },
      (error: unknown) => reply.send(error),
    );
  };
  const schema = { hide: true };
  app.post(PATH, { schema }, receive);
  app.put(PATH, { schema }, receive);
}

function requireOpen(deps: ApiDeps, flow: DoorFlow): void {
  const status = deps.status();
  if (status.stopping) throw new HubError("TL_STOPPING", "the hub is stopping");
  if (status.diskLow) throw new HubError("TL_DISK_LOW", "the data disk is nearly full");
  if (status.backlogFull) throw new HubError("TL_BACKLOG_FULL", "too many messages wait already");
  const present = status.flows.find((one) => one.id === flow.id);
  if (present?.accepting === false) throw new HubError("TL_FLOW_PAUSED", "the flow is paused");
}

/** A compressed body could be a thousand times larger than its limit, and signatures are over what was sent. */
function requirePlain(request: FastifyRequest): void {
  const encoding = request.headers["content-encoding"];
  if (encoding !== undefined && encoding.toLowerCase() !== "identity") {
    throw new HubError("TL_MEDIA_TYPE", "compressed bodies are not taken", {
      cure: "Send without Content-Encoding.",
    });
  }
}

function admissionOf(
  flow: DoorFlow,
  item: PushedItem,
  received: Uint8Array,
  request: FastifyRequest,
): Admission {
  const untouched = item.body === received;
  const contentType = request.headers["content-type"] ?? null;
  if (untouched && contentType !== null) requireMediaType(flow, contentType);
  const value = flow.decode(item.body);
  return {
    flow: flow.id,
    flowVersion: flow.version,
    body: item.body,
    contentType: untouched ? contentType : (flow.format.mediaTypes[0] ?? null),
    headers: item.headers ?? null,
    key: keyOf(flow, value),
    event: flow.definition.event === null ? (item.event ?? idempotencyKey(request)) : eventOf(flow, value),
    traceparent: headerText(request.headers["traceparent"]) ?? null,
  };
}

/** @throws HubError TL_MEDIA_TYPE when the type or its charset is not the flow format's */
function requireMediaType(flow: DoorFlow, contentType: string): void {
  if (flow.knownTypes.has(contentType)) return;
  checkMediaType(flow, contentType);
  // Senders write it in few ways; a set that strangers could fill has a limit.
  if (flow.knownTypes.size < 100) flow.knownTypes.add(contentType);
}

function checkMediaType(flow: DoorFlow, contentType: string): void {
  const [type = "", ...parameters] = contentType
    .toLowerCase()
    .split(";")
    .map((part) => part.trim());
  if (!flow.format.mediaTypes.includes(type) && !(flow.format.name === "json" && type.endsWith("+json"))) {
    throw new HubError("TL_MEDIA_TYPE", `the content type is not ${flow.format.mediaTypes.join(" or ")}`);
  }
  const charset = parameters
    .find((one) => one.startsWith("charset="))
    ?.slice(8)
    .replaceAll('"', "");
  // XML declares its own encoding; elsewhere the flow's must be the one sent.
  if (charset === undefined || flow.format.name === "xml" || sameCharset(charset, flow.format.encoding))
    return;
  throw new HubError("TL_MEDIA_TYPE", `the charset is not ${flow.format.encoding}`);
}

function sameCharset(sent: string, wanted: string): boolean {
  try {
    return new TextDecoder(sent).encoding === new TextDecoder(wanted).encoding;
  } catch {
    return false;
  }
}

function idempotencyKey(request: FastifyRequest): string | null {
  const key = headerText(request.headers["idempotency-key"]);
  if (key === undefined) return null;
  if (key === "" || key.length > LONGEST_IDEMPOTENCY_KEY) {
    throw new HubError("TL_USAGE", `Idempotency-Key has 1 to ${LONGEST_IDEMPOTENCY_KEY} characters`);
  }
  return key;
}

/** Node joins what is repeated to one text, all but `set-cookie`, which no request has. */
function flatHeaders(headers: FastifyRequest["headers"]): Readonly<Record<string, string>> {
  if (headers["set-cookie"] === undefined) return headers as Readonly<Record<string, string>>;
  const flat: Record<string, string> = {};
  for (const name in headers) {
    const value = headerText(headers[name]);
    if (value !== undefined) flat[name] = value;
  }
  return flat;
}

function codeOf(code: string): ErrorCode {
  return Object.hasOwn(ERRORS, code) ? (code as ErrorCode) : "TL_INTERNAL";
}

/** Written by hand: the id is the hub's own and needs no escaping. */
function answer(
  reply: FastifyReply,
  { answer: custom }: PushSource,
  { id, duplicate }: { readonly id: string; readonly duplicate: boolean },
): void {
  if (duplicate) reply.header("idempotent-replayed", "true");
  if (custom !== undefined) {
    reply.code(custom.status).header("content-type", custom.contentType).send(custom.body);
    return;
  }
  reply
    .code(duplicate ? 200 : 202)
    .header("content-type", JSON_TYPE)
    .send(`{"id":"${id}","duplicate":${duplicate},"status":"/api/v1/messages/${id}"}`);
}
