import { type AnswerCase, playCases } from "./answer-cases.ts";
import type { Fault } from "./fault.ts";

const HOUR = 3_600_000;
/** The hub's own pause of a route that is told nothing: a second, give or take a fifth. */
const OWN: readonly [number, number] = [700, 5_000];

const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1000).toUTCString();

/** F23: the target says that it cannot now, and when to come again, sensibly or not. */
export const targetBusy: Fault = {
  id: "F23",
  title: "the target answers 500, 503, 429, with every kind of Retry-After",
  tries: "I2 I3 I8",
  run: (run) => playCases(run, busyCases()),
};

function busyCases(): readonly AnswerCase[] {
  const later = (status: number, wait?: string) => ({
    status,
    ...(wait === undefined ? {} : { headers: { "retry-after": wait } }),
  });
  return [
    { name: "500", answers: [{ status: 500 }], ends: { kind: "applied", requests: 2, wait: [100, 5_000] } },
    {
      name: "500 for ever",
      answers: [{ status: 500 }, { status: 500 }, { status: 500 }],
      ends: { kind: "parked", requests: 3, code: "TL_TARGET_FAILED" },
    },
    {
      name: "503 without Retry-After",
      answers: [later(503)],
      ends: { kind: "applied", requests: 2, wait: OWN },
    },
    {
      name: "503, 2 seconds",
      answers: [later(503, "2")],
      ends: { kind: "applied", requests: 2, wait: [1_900, 7_000] },
    },
    {
      name: "429, 2 seconds",
      answers: [later(429, "2")],
      ends: { kind: "applied", requests: 2, wait: [1_900, 7_000] },
    },
    {
      name: "503, an HTTP date",
      answers: [later(503, inSeconds(20))],
      ends: { kind: "applied", requests: 2, wait: [1_000, 25_000] },
    },
    {
      name: "503, ten years",
      answers: [later(503, "315360000")],
      ends: { kind: "waits", wait: [HOUR - 60_000, HOUR + 5_000] },
    },
    {
      name: "503, minus five",
      answers: [later(503, "-5")],
      ends: { kind: "applied", requests: 2, wait: OWN },
    },
    {
      name: "503, a date gone by",
      answers: [later(503, inSeconds(-600))],
      ends: { kind: "applied", requests: 2, wait: OWN },
    },
    {
      name: "503, no sense at all",
      answers: [later(503, "soon")],
      ends: { kind: "applied", requests: 2, wait: OWN },
    },
  ];
}

/** F24: the target says 200 and means something else, breaks off, or sends the hub elsewhere. */
export const targetOdd: Fault = {
  id: "F24",
  title: "the target answers 200 with a wrong body, breaks off, redirects",
  tries: "I2 I4",
  run: (run) => playCases(run, ODD),
};

const SAYS_OK = '{ json: true, field: result, equals: "ok" }';
const page = { body: "<html>Please log in</html>", headers: { "content-type": "text/html" }, effect: false };
const ODD: readonly AnswerCase[] = [
  ...[page, { ...page, body: "" }, { ...page, body: '{"result":"no"}' }, { status: 204, effect: false }].map(
    (answer, at): AnswerCase => ({
      name: ["an HTML page", "an empty body", "a body that says no", "204 without a body"][at] ?? "",
      answers: [answer],
      success: SAYS_OK,
      ends: { kind: "applied", requests: 2 },
    }),
  ),
  {
    name: "204 where no body is asked for",
    answers: [{ status: 204 }],
    ends: { kind: "applied", requests: 1 },
  },
  {
    name: "an HTML page each time",
    answers: [page, page, page],
    success: SAYS_OK,
    ends: { kind: "parked", requests: 3, code: "TL_TARGET_FAILED" },
  },
  {
    name: "a body that breaks off",
    answers: [{ fault: "cut-body" }],
    success: SAYS_OK,
    ends: { kind: "applied", requests: 2 },
  },
  {
    name: "a body that never ends",
    answers: [{ fault: "endless" }],
    success: SAYS_OK,
    ends: { kind: "applied", requests: 2 },
  },
  {
    name: "bytes that are not HTTP",
    answers: [{ fault: "malformed" }],
    ends: { kind: "applied", requests: 2 },
  },
  { name: "a connection that is cut", answers: [{ fault: "cut" }], ends: { kind: "applied", requests: 2 } },
  {
    name: "a connection that is cut, by a target that knows no repetition",
    answers: [{ fault: "cut" }],
    idempotent: false,
    ends: { kind: "parked", requests: 1, code: "TL_IN_DOUBT" },
  },
  {
    name: "no answer, from a target that knows no repetition",
    answers: [{ fault: "hang" }],
    idempotent: false,
    ends: { kind: "parked", requests: 1, code: "TL_IN_DOUBT" },
  },
  {
    name: "302 to another host",
    // Nobody is there; a hub that followed would say that it cannot reach it.
    answers: Array.from({ length: 3 }, () => ({ status: 302, headers: { location: "http://127.0.0.1:9/" } })),
    ends: { kind: "parked", requests: 3, code: "TL_TARGET_FAILED" },
  },
];

/** F25: the target refuses; whose fault that is decides what comes of it. */
export const targetRefuses: Fault = {
  id: "F25",
  title: "the target answers 400 to 422",
  tries: "I2 I3 I4",
  run: (run) => playCases(run, REFUSED),
};

const REFUSED: readonly AnswerCase[] = [
  ...[400, 404, 405, 409, 410, 413, 422].map(
    (status): AnswerCase => ({
      name: String(status),
      answers: [{ status }],
      ends: { kind: "parked", requests: 1, code: "TL_TARGET_REFUSED" },
    }),
  ),
  ...[401, 403].map(
    (status): AnswerCase => ({ name: String(status), answers: [{ status }], ends: { kind: "stops" } }),
  ),
  {
    name: "409 that means already there",
    answers: [{ status: 409, effect: true }],
    success: "{ status: [409] }",
    ends: { kind: "applied", requests: 1 },
  },
  ...[408, 425].map(
    (status): AnswerCase => ({
      name: String(status),
      answers: [{ status }],
      ends: { kind: "applied", requests: 2, wait: OWN },
    }),
  ),
];
