import { Type } from "@sinclair/typebox";
import { readCursor, writeCursor } from "../message/cursor.ts";
import type { Paged, Try, TryPoint } from "../store/queries.ts";
import { time } from "./present.ts";
import { Count, nullable, Time } from "./schema.ts";

const TrySchema = Type.Object({
  attempt: Count,
  startedAt: Time,
  endedAt: nullable(Time),
  code: nullable(Type.String()),
  answer: nullable(Type.String()),
  exchanged: Type.Boolean({ description: "Whether it is kept what was sent and what came back" }),
});

/** Attempts of a delivery, newest first. */
export const TriesSchema = Type.Object({
  items: Type.Array(TrySchema),
  next: nullable(Type.String({ description: "Pass it as `cursor`; null: nothing follows" })),
});

export function presentTries({ items, next }: Paged<Try, TryPoint>) {
  return {
    items: items.map((one) => ({ ...one, startedAt: time(one.startedAt), endedAt: time(one.endedAt) })),
    next: next === null ? null : writeCursor([next.startedAt, next.attempt]),
  };
}

/** The attempt at which the page before ended. @throws HubError TL_USAGE */
export function tryPointOf(cursor: string): TryPoint {
  const [startedAt, attempt] = readCursor(cursor, ["number", "number"]) as [number, number];
  return { startedAt, attempt };
}

/** As those see them who may not see payloads: what a target answered may quote one. */
export function withoutAnswers({ items, next }: Paged<Try, TryPoint>): Paged<Try, TryPoint> {
  return { items: items.map((one) => ({ ...one, answer: null })), next };
}
