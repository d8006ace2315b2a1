import { type ErrorCode, HubError } from "../errors.ts";
import { isObject, type Json } from "../message/json.ts";

/** When an answer counts as success, apart from the 2xx statuses. */
export interface SuccessRule {
  /** Further statuses that mean the target has it, such as 409 for "already there". */
  readonly status?: readonly number[];
  /** The body must be JSON. */
  readonly json?: boolean;
  /** A name in the JSON body, or several joined by "."; its value must be `equals`. */
  readonly field?: string;
  readonly equals?: Json;
}

export interface Answer {
  readonly status: number;
  /** Milliseconds, already capped. */
  readonly retryAfter: number | undefined;
  /** Undefined: it broke off, or is longer than the hub reads. Only asked for when the rule needs it. */
  readonly body: string | undefined;
}

/**
 * Judges an answer. Returns when the target has the delivery.
 * Statuses are sorted as Standard Webhooks 1.0 and RFC 9110 suggest; no redirect is followed.
 * @throws HubError TL_TARGET_*, TL_IN_DOUBT; the message names the status and never the body
 */
export function judgeAnswer(answer: Answer, rule: SuccessRule, idempotent: boolean): void {
  const { status } = answer;
  if (rule.status?.includes(status)) return;
  if (status >= 200 && status < 300) {
    judgeBody(answer, rule, idempotent);
    return;
  }
  const wait = answer.retryAfter === undefined ? {} : { retryAfter: answer.retryAfter };
  if (status >= 300 && status < 400) {
    throw new HubError(
      "TL_TARGET_FAILED",
      `the target answered ${status}, a redirect, and none is followed`,
      {
        cure: "Set `url` to the address at which the target takes the request itself.",
      },
    );
  }
  if (status === 504 && !idempotent) {
    throw new HubError("TL_IN_DOUBT", "a gateway answered 504: it passed the request on and heard nothing");
  }
  throw new HubError(codeOf(status), `the target answered ${status}`, wait);
}

function codeOf(status: number): ErrorCode {
  switch (status) {
    case 408:
    case 425:
    case 429:
    case 503:
      return "TL_TARGET_BUSY";
    case 502:
    case 504:
      return "TL_TARGET_UNAVAILABLE";
    case 401:
    case 403:
    case 407:
      return "TL_TARGET_ACCESS";
    default:
      return status >= 400 && status < 500 ? "TL_TARGET_REFUSED" : "TL_TARGET_FAILED";
  }
}

/** Whether the rule can only be judged by the body. */
export function needsBody(rule: SuccessRule): boolean {
  return rule.json === true || rule.field !== undefined;
}

function judgeBody(answer: Answer, rule: SuccessRule, idempotent: boolean): void {
  if (!needsBody(rule)) return;
  if (answer.body === undefined) {
    throw new HubError(
      idempotent ? "TL_TARGET_FAILED" : "TL_IN_DOUBT",
      `the target answered ${answer.status} with a body that broke off or is too long to judge`,
    );
  }
  const body = parse(answer.body);
  if (body === undefined) {
    throw new HubError(
      "TL_TARGET_FAILED",
      `the target answered ${answer.status} with a body that is not JSON`,
      {
        cure: "Often a login or maintenance page answers in the target's place; look at the URL in a browser.",
      },
    );
  }
  if (rule.field !== undefined && !sameJson(valueAt(body, rule.field), rule.equals)) {
    throw new HubError(
      "TL_TARGET_FAILED",
      `the target answered ${answer.status}, but field ${rule.field} of the body does not say success`,
    );
  }
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function valueAt(body: Json, path: string): Json | undefined {
  let value: Json | undefined = body;
  for (const name of path.split(".")) {
    value = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }
  return value;
}

function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  return a !== undefined && JSON.stringify(a) === JSON.stringify(b ?? true);
}
