import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { PushedItem, PushSource } from "../connector/contract.ts";
import { admissionBatcher } from "../control/admission.ts";
import type { Admission } from "../control/engine.ts";
import { asHubError, ERRORS, type ErrorCode, HubError } from "../errors.ts";
import { decodeText } from "../format/encoding.ts";
import type { Counters } from "../observe/counter.ts";
import type { TracedSpan, Tracing } from "../observe/tracing.ts";
import { type Answer, sendAnswer } from "./answer.ts";
import { readBody, tooLarge } from "./body.ts";
import type { ApiDeps, ApiLimits, FlowEntry } from "./deps.ts";
import { type DoorFlow, doorFlows, eventOf, keyOf } from "./door-flow.ts";
import { requireMediaType } from "./door-media-type.ts";
import { headerText, problemAnswer, writeProblem } from "./problem.ts";
import type { WholeDoor } from "./whole-door.ts";

/** Where push sources are called. */
export const DOOR = { url: "/in/:system/:source", methods: ["POST", "PUT"] } as const;

const ADDRESS = /^\/in\/([^/?#]+\/[^/?#]+)(?:[?#]|$)/;
const JSON_TYPE = "application/json; charset=utf-8";
const LONGEST_IDEMPOTENCY_KEY = 256;

export interface Door {
  /** Takes a request of a push source and answers it; false: it is none, and nothing was done to it. */
  open(request: IncomingMessage, response: ServerResponse): boolean;
  /** The same for a request that was read without node's parser. */
  readonly whole: WholeDoor;
}

/** A request whose body may still come. */
interface Arriving {
  readonly request: Requested;
  readonly body: (limit: number, done: (error: HubError | null, body?: Buffer) => void) => void;
  readonly accept: (answer: Answer) => void;
  readonly refuse: (error: HubError) => void;
}

type Requested = Pick<IncomingMessage, "method" | "url" | "headers">;

/**
 * The way in for push sources. Whether a sender is who it says it is, the source itself judges. An answer of 2xx means
 * that the item is committed and fsynced (invariant I1); any other answer means that nothing was stored.
 * This is the hot path: it stands before the framework, whose way to a route costs as much as all that is done here.
 */
export function openDoor(deps: ApiDeps, limits: ApiLimits, counters: Counters): Door {
  const admit = admissionBatcher((items) => deps.engine.admit(items), {
    maxItems: limits.batchItems,
    maxBytes: limits.batchBytes,
  });
  let known: readonly FlowEntry[] | undefined;
  let flows: ReadonlyMap<string, DoorFlow> = new Map();

  const find = (address: string): DoorFlow => {
    const entries = deps.flows();
    if (entries !== known) {
      flows = doorFlows(deps, entries);
      known = entries;
    }
    const flow = flows.get(address);
    if (flow === undefined) {
      throw new HubError("TL_NOT_FOUND", "no flow reads from this address", {
        cure: "The address is /in/<system>/<source> of a flow in force; `tieline flows` lists them.",
      });
    }
    return flow;
  };

  const enter = (address: string, { request, body, accept, refuse }: Arriving): void => {
    let name = "";
    let span: TracedSpan | undefined;
    const refused = (thrown: unknown): void => {
      const error = asHubError(thrown);
      refuse(error);
      span?.end(error.code);
      counters.add("refused", { flow: name, code: error.code }, 1);
    };
    try {
      const flow = find(address);
      name = flow.name;
      if (deps.tracing !== null) span = beginReceive(deps.tracing, flow, request);
      requireOpen(deps, flow);
      requirePlain(request);
      body(flow.limit, (error, received) => {
        if (received === undefined) {
          refused(error);
          return;
        }
        try {
          const item = receive(flow, request, received);
          admit(span === undefined ? item : { ...item, traceparent: span.traceparent }).then((receipt) => {
            if ("error" in receipt) {
              refused(new HubError(codeOf(receipt.error.code), receipt.error.message));
              return;
            }
            accept(answerOf(flow.source, receipt));
            span?.end(null, { "messaging.message.id": receipt.id, "tieline.duplicate": receipt.duplicate });
          }, refused);
        } catch (thrown) {
          refused(thrown);
        }
      });
    } catch (thrown) {
      refused(thrown);
    }
  };

  return {
    open(request, response) {
      const address = addressOf(request);
      if (address === undefined) return false;
      enter(address, {
        request,
        body: (limit, done) => readBody(request, limit, done),
        accept: (answer) => sendAnswer(response, answer),
        refuse: (error) => writeProblem(error, request, response, deps.logger),
      });
      return true;
    },
    whole(request, reply) {
      const address = addressOf(request);
      if (address === undefined) return false;
      const { body } = request;
      enter(address, {
        request,
        body: (limit, done) => (body.length > limit ? done(tooLarge(limit)) : done(null, body)),
        accept: reply,
        refuse: (error) => reply(problemAnswer(error, request, deps.logger)),
      });
      return true;
    },
  };
}

/** `system/source`; undefined when the request is not for a push source. */
function addressOf({ method, url = "" }: Requested): string | undefined {
  if (method !== "POST" && method !== "PUT") return undefined;
  const address = ADDRESS.exec(url)?.[1];
  return address?.includes("%") ? decoded(address) : address;
}

function decoded(address: string): string | undefined {
  try {
    return decodeURIComponent(address);
  } catch {
    return undefined;
  }
}

function receive(flow: DoorFlow, request: Requested, body: Buffer): Admission {
  const { method = "", url = "", headers } = request;
  const item = flow.source.receive({ method, url, headers: flatHeaders(headers), body });
  return admissionOf(flow, item, body, headers);
}

/** A duplicate's span ends in the trace of its own sender; what is stored is part of the first one's. */
function beginReceive(tracing: Tracing, { name }: DoorFlow, { method, headers }: Requested): TracedSpan {
  const attributes = { "http.request.method": method ?? "POST" };
  return tracing.begin({ kind: "receive", name, attributes }, [headerText(headers["traceparent"])]);
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
function requirePlain({ headers }: Requested): void {
  const encoding = headers["content-encoding"];
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
  headers: IncomingHttpHeaders,
): Admission {
  const untouched = item.body === received;
  const contentType = headers["content-type"] ?? null;
  if (untouched && contentType !== null) requireMediaType(flow, contentType);
  const value = flow.format.decode(decodeText(item.body, flow.format.encoding));
  return {
    flow: flow.id,
    flowVersion: flow.version,
    body: item.body,
    contentType: untouched ? contentType : (flow.format.mediaTypes[0] ?? null),
    headers: item.headers ?? null,
    key: keyOf(flow, value),
    event: flow.definition.event === null ? (item.event ?? idempotencyKey(headers)) : eventOf(flow, value),
    traceparent: headerText(headers["traceparent"]) ?? null,
  };
}

function idempotencyKey(headers: IncomingHttpHeaders): string | null {
  const key = headerText(headers["idempotency-key"]);
  if (key === undefined) return null;
  if (key === "" || key.length > LONGEST_IDEMPOTENCY_KEY) {
    throw new HubError("TL_USAGE", `Idempotency-Key has 1 to ${LONGEST_IDEMPOTENCY_KEY} characters`);
  }
  return key;
}

/** Node joins what is repeated to one text, all but `set-cookie`, which no request has. */
function flatHeaders(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
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

function answerOf(
  { answer: custom }: PushSource,
  { id, duplicate }: { readonly id: string; readonly duplicate: boolean },
): Answer {
  return {
    status: custom?.status ?? (duplicate ? 200 : 202),
    headers: {
      "content-type": custom?.contentType ?? JSON_TYPE,
      ...(duplicate ? { "idempotent-replayed": "true" } : {}),
    },
    // Written by hand: the id is the hub's own and needs no escaping.
    text: custom?.body ?? `{"id":"${id}","duplicate":${duplicate},"status":"/api/v1/messages/${id}"}`,
  };
}
