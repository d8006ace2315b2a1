import type { IncomingMessage, ServerResponse } from "node:http";
import { admissionBatcher } from "../control/admission.ts";
import { asHubError, ERRORS, type ErrorCode, HubError } from "../errors.ts";
import type { Counters } from "../observe/counter.ts";
import type { TraceAttributes, TracedSpan, Tracing } from "../observe/tracing.ts";
import { type Answer, sendAnswer } from "./answer.ts";
import { readBody, tooLarge } from "./body.ts";
import type { ApiDeps, ApiLimits, FlowEntry } from "./deps.ts";
import { answerOf, type Taken } from "./door-answer.ts";
import { type DoorFlow, doorFlows } from "./door-flow.ts";
import { type Requested, receive } from "./door-receive.ts";
import { headerText, problemAnswer, writeProblem } from "./problem.ts";
import type { WholeDoor } from "./whole-door.ts";

/** Where push sources are called. */
export const DOOR = { url: "/in/:system/:source", methods: ["POST", "PUT"] } as const;

const ADDRESS = /^\/in\/([^/?#]+\/[^/?#]+)(?:[?#]|$)/;

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

/**
 * The way in for push sources. Whether a sender is who it says it is, the source itself judges. An answer of 2xx means
 * that all it brought is committed and fsynced (invariant I1); any other answer means that nothing was stored.
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
          const { items, batch } = receive(flow, request, received, limits.batchItems);
          const parent = span === undefined ? null : { traceparent: span.traceparent };
          admit(parent === null ? items : items.map((item) => ({ ...item, ...parent }))).then((receipts) => {
            const taken: Taken[] = [];
            for (const receipt of receipts) {
              if ("error" in receipt) {
                refused(new HubError(codeOf(receipt.error.code), receipt.error.message));
                return;
              }
              taken.push(receipt);
            }
            accept(answerOf(flow.source, taken, batch));
            span?.end(null, traced(taken, batch));
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

/** Of a batch it is told by its number. */
function traced(taken: readonly Taken[], batch: boolean): TraceAttributes {
  const [one] = taken;
  if (batch || one === undefined) return { "messaging.batch.message_count": taken.length };
  return { "messaging.message.id": one.id, "tieline.duplicate": one.duplicate };
}

function codeOf(code: string): ErrorCode {
  return Object.hasOwn(ERRORS, code) ? (code as ErrorCode) : "TL_INTERNAL";
}
