import type { Limits } from "./limits.ts";
import { DEFAULT_LIMITS } from "./limits.ts";

/** Why an evaluation was stopped. `picture` is a refused picture string or number format. */
export type StopReason = "time" | "sequence" | "text" | "depth" | "picture" | "forbidden";

/** Thrown inside an evaluation to end it. The library adds `position` and `token`, so it must not be frozen. */
export class Stop extends Error {
  override readonly name = "Stop";
  readonly reason: StopReason;

  constructor(reason: StopReason) {
    super(reason);
    this.reason = reason;
  }
}

/** The clock is read once in so many steps: reading it costs more than a step's own bookkeeping. */
const STEPS_PER_LOOK = 16;

// Evaluations never wait, so one runs at a time in a thread, and its watch can live here, where the library's own
// built-ins reach it without being handed anything.
let limits: Limits = DEFAULT_LIMITS;
let ends = Number.POSITIVE_INFINITY;
let steps = 0;

/** Starts the watch for the evaluation that begins now. */
export function startWatch(next: Limits): void {
  limits = next;
  ends = performance.now() + next.deadline;
  steps = 0;
}

/** Work that belongs to no evaluation, such as reading a mapping: it neither counts nor ends with one. */
export function unwatched<T>(work: () => T): T {
  const kept = { limits, ends, steps };
  startWatch({ ...DEFAULT_LIMITS, deadline: Number.POSITIVE_INFINITY });
  try {
    return work();
  } finally {
    ({ limits, ends, steps } = kept);
  }
}

/** One step of an evaluation at a depth. @throws Stop when it is too deep, or its time is up */
export function step(depth: number): void {
  if (depth > limits.depth) throw new Stop("depth");
  tick();
}

/** One piece of work within a step. @throws Stop when the time is up */
export function tick(): void {
  if (++steps < STEPS_PER_LOOK) return;
  steps = 0;
  if (performance.now() > ends) throw new Stop("time");
}

/** @throws Stop when an array, or a result, of so many values is too large */
export function checkCount(count: number): void {
  if (count > limits.sequence) throw new Stop("sequence");
}

/** @throws Stop when a text of so many UTF-16 units is too large */
export function checkText(length: number): void {
  if (length > limits.text) throw new Stop("text");
}

/** Texts of one result may be shared; together they may have so many times the limit of one. */
const TEXTS_PER_RESULT = 16;

/** @throws Stop when the texts of one result are together too large */
export function checkTexts(length: number): void {
  if (length > limits.text * TEXTS_PER_RESULT) throw new Stop("text");
}
