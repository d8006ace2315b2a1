import type { Limits } from "./limits.ts";
import { DEFAULT_LIMITS } from "./limits.ts";

/**
 * Why an evaluation was stopped. `picture` is a refused picture string or number format, `number` a number such as 1/0 for
 * a format that counts its digits.
 */
export type StopReason = "time" | "sequence" | "text" | "depth" | "picture" | "number" | "forbidden";

/** Thrown inside an evaluation to end it. The library adds `position` and `token`, so it must not be frozen. */
export class Stop extends Error {
  override readonly name = "Stop";
  readonly reason: StopReason;
  /** Offset in the mapping, where it is known. */
  position?: number;

  constructor(reason: StopReason) {
    super(reason);
    this.reason = reason;
    // The library's own steps have no mark: it adds their place itself.
    if (meter.at > 0) this.position = meter.at;
  }
}

/** Fuel between two looks at the clock: reading it costs as much as a few dozen ticks. */
const FUEL = 2_048;

/** What a step of the library costs: about as much time as so many ticks of compiled code. */
const STEP = 128;

// Evaluations never wait, so one runs at a time in a thread, and its watch can live here, where compiled code and the
// library's own built-ins reach it without being handed anything. Compiled code counts `fuel` and `depth` in place.
export const meter = {
  /** Ticks until the next look at the clock. */
  fuel: FUEL,
  /** Calls of functions under way. */
  depth: 0,
  /** Most calls under way. */
  deepest: DEFAULT_LIMITS.depth,
  /** Longest text. */
  text: DEFAULT_LIMITS.text,
  /** Offset just behind the token of what began last, for the place of a stop; 0 where nothing said so. */
  at: 0,
  /** Values and texts that the result under way has so far. */
  values: 0,
  texts: 0,
  /** When the evaluation began, once it has asked. */
  time: null as Date | null,
};

let limits: Limits = DEFAULT_LIMITS;
/** 0 until the first look: most evaluations end before it, and the clock is a good part of what they would cost. */
let ends = 0;

/** Starts the watch for the evaluation that begins now. */
export function startWatch(next: Limits): void {
  limits = next;
  ends = 0;
  meter.fuel = FUEL;
  meter.depth = 0;
  meter.deepest = next.depth;
  meter.text = next.text;
  meter.at = 0;
  meter.values = 0;
  meter.texts = 0;
  meter.time = null;
}

/** The instant of the evaluation: the same whenever it asks. */
export function evaluationTime(): Date {
  meter.time ??= new Date();
  return meter.time;
}

/** Work that belongs to no evaluation, such as reading a mapping: it neither counts nor ends with one. */
export function unwatched<T>(work: () => T): T {
  return apart({ ...DEFAULT_LIMITS, deadline: Number.POSITIVE_INFINITY }, work);
}

let underWay = false;

/**
 * One evaluation within its limits. One that begins while another is under way, in a function of the host, has a watch
 * of its own, and the other's goes on where it was: nobody gets more time by beginning something.
 */
export function watched<T>(next: Limits, work: () => T): T {
  if (underWay) return apart(next, work);
  underWay = true;
  startWatch(next);
  try {
    return work();
  } finally {
    underWay = false;
  }
}

function apart<T>(next: Limits, work: () => T): T {
  // A clock that was not looked at yet begins to run now: what the inner work takes is the outer's time too.
  if (underWay && ends === 0) look();
  const kept = { limits, ends, meter: { ...meter } };
  startWatch(next);
  try {
    return work();
  } finally {
    limits = kept.limits;
    ends = kept.ends;
    Object.assign(meter, kept.meter);
    // The inner one may have been quick to count and slow by the clock.
    if (underWay) meter.fuel = Math.min(meter.fuel, 0);
  }
}

/** The fuel is used up: a look at the clock. @throws Stop when the time is up */
export function look(): void {
  meter.fuel = FUEL;
  const now = performance.now();
  if (ends === 0) ends = now + limits.deadline;
  else if (now > ends) throw new Stop("time");
}

/** One step of the library at a depth. @throws Stop when it is too deep, or its time is up */
export function step(depth: number): void {
  if (depth > limits.depth) throw new Stop("depth");
  tick();
}

/** One piece of work within a step of the library. @throws Stop when the time is up */
export function tick(): void {
  spend(STEP);
}

/** Work that costs as much as so many ticks. @throws Stop when the time is up */
export function spend(ticks: number): void {
  meter.fuel -= ticks;
  if (meter.fuel < 0) look();
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
