import { randomBytes } from "node:crypto";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { FastifyReply, FastifyRequest } from "fastify";
import { asHubError, ERRORS, type ErrorCode, HubError } from "../errors.ts";
import { type Answer, sendAnswer } from "./answer.ts";
import type { ApiLogger } from "./deps.ts";
import { answerAndLinger } from "./linger.ts";

export const PROBLEM_TYPE = "application/problem+json; charset=utf-8";

/** Where the page about an error code stands; it is open to everybody, since senders are led there. */
export const ERRORS_PATH = "/api/v1/errors";

/** RFC 9457, with the hub's own members. No text in it quotes what was sent. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  readonly cure: string;
  /** Names this answer in the hub's log. */
  readonly instance: string;
  /** The caller's trace (W3C Trace Context), where it sent one. */
  readonly traceId?: string;
  readonly place?: HubError["place"];
  readonly issues?: HubError["issues"];
}

/** Time to wait before a request that the hub cannot take now is sent again, when the failure names none. */
const RETRY_AFTER_MS = 5000;

/** Failures that pass by themselves, so that their answer bears Retry-After. */
const PASSING: readonly number[] = [429, 503, 507];

export function problemOf(error: HubError, traceparent?: string): Problem {
  const traceId = /^[\da-f]{2}-([\da-f]{32})-/.exec(traceparent ?? "")?.[1];
  return {
    type: `${ERRORS_PATH}/${error.code}`,
    title: ERRORS[error.code].title,
    status: error.status,
    detail: error.message,
    code: error.code,
    cure: error.cure,
    instance: `urn:tieline:answer:${randomBytes(8).toString("hex")}`,
    ...(traceId === undefined ? {} : { traceId }),
    ...(error.place === undefined ? {} : { place: error.place }),
    ...(error.issues.length === 0 ? {} : { issues: error.issues }),
  };
}

/** Answers any thrown thing as a problem. Only what the hub does not understand is logged. */
export function sendProblem(
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  logger: ApiLogger,
): void {
  const { status, headers, text } = problemAnswer(fromFastify(thrown), request.raw, logger);
  reply.code(status).headers(headers);
  if (status === 413 && !request.raw.complete) {
    reply.hijack();
    answerAndLinger(request.raw, reply.raw, { status, headers: reply.getHeaders(), text });
  } else {
    reply.serializer(asIs).send(text);
  }
}

/** As `sendProblem`, where no framework stands between. */
export function writeProblem(
  error: HubError,
  incoming: IncomingMessage,
  response: ServerResponse,
  logger: ApiLogger,
): void {
  const answer = problemAnswer(error, incoming, logger);
  if (error.status === 413 && !incoming.complete) answerAndLinger(incoming, response, answer);
  else sendAnswer(response, answer);
}

export function problemAnswer(
  error: HubError,
  incoming: { readonly headers: IncomingHttpHeaders },
  logger: ApiLogger,
): Answer {
  const problem = problemOf(error, headerText(incoming.headers["traceparent"]));
  const { status } = error;
  if (error.code === "TL_INTERNAL") {
    logger.error(
      { instance: problem.instance, stack: stackOf(error.cause) },
      "a request failed in an unknown way",
    );
  }
  const headers: Record<string, string> = { "content-type": PROBLEM_TYPE, "cache-control": "no-store" };
  if (PASSING.includes(status)) {
    headers["retry-after"] = String(Math.max(1, Math.ceil((error.retryAfter ?? RETRY_AFTER_MS) / 1000)));
  }
  if (status === 401) headers["www-authenticate"] = 'Bearer realm="tieline"';
  return { status, headers, text: JSON.stringify(problem) };
}

function asIs(text: unknown): string {
  return String(text);
}

/** Where it went wrong, without the message, which may quote data. */
function stackOf(cause: unknown): string | undefined {
  if (!(cause instanceof Error)) return undefined;
  return cause.stack
    ?.split("\n")
    .filter((line) => line.startsWith("    at "))
    .join("\n");
}

interface ValidationFinding {
  readonly instancePath: string;
  readonly keyword: string;
  readonly message?: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Fastify's own failures in the hub's words. Their texts may quote the request, so none is passed on. */
function fromFastify(thrown: unknown): HubError {
  if (!(thrown instanceof Error)) return asHubError(thrown);
  const { code, statusCode, validation, validationContext } = thrown as Error & {
    readonly code?: string;
    readonly statusCode?: number;
    readonly validation?: readonly ValidationFinding[];
    readonly validationContext?: string;
  };
  if (thrown instanceof HubError) return thrown;
  if (validation !== undefined) return invalidRequest(validation, validationContext ?? "request");
  switch (code) {
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return new HubError("TL_BODY_TOO_LARGE", "the body is too large for this address");
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
    case "FST_ERR_CTP_INVALID_TYPE":
      return new HubError("TL_MEDIA_TYPE", "the content type is not one this address takes", {
        cure: "Send `Content-Type: application/json`.",
      });
    case "FST_ERR_NOT_FOUND":
    case "FST_ERR_MAX_PARAM_LENGTH":
      return new HubError("TL_NOT_FOUND", "there is nothing at this address");
    default:
      return statusCode !== undefined && statusCode >= 400 && statusCode < 500
        ? new HubError("TL_USAGE", "the request is not well-formed HTTP for this address")
        : asHubError(thrown);
  }
}

function invalidRequest(findings: readonly ValidationFinding[], context: string): HubError {
  const byField = new Map<string, Set<string>>();
  for (const finding of findings.slice(0, 100)) {
    // Of several forms each tells what it wants; that none fits says no more.
    if (finding.keyword === "anyOf") continue;
    const field = finding.instancePath === "" ? `/${context}` : finding.instancePath;
    const wanted = byField.get(field) ?? new Set();
    byField.set(field, wanted.add(inWords(finding)));
  }
  const issues = [...byField].map(([field, wanted]) => ({
    place: { field },
    message: [...wanted].join(" or "),
  }));
  return new HubError("TL_USAGE", `the ${context === "querystring" ? "query" : context} is not valid`, {
    issues,
    cure: "See the issues; /api/v1/openapi.json describes every request.",
  });
}

/** What the schema wants; never what was sent. */
function inWords({ keyword, params, message }: ValidationFinding): string {
  if (keyword === "additionalProperties") return "holds a name that is not known here";
  const allowed = params["allowedValues"];
  if (Array.isArray(allowed) && allowed.length <= 10) return `must be one of ${allowed.join(", ")}`;
  return message ?? "is not valid";
}

/** One header as text; repeated ones joined as HTTP has it. */
export function headerText(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === "object" ? value.join(", ") : value;
}
