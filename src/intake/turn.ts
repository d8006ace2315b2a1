import type { Turn } from "../flow/answer-all.ts";

/** About how long one turn may hold the engine; milliseconds. Accepting and health wait no longer than this. */
export const TURN_MS = 25;

export function startTurn(clock: () => number): Turn {
  let started = clock();
  return {
    isOver: () => clock() - started >= TURN_MS,
    again: () => {
      started = clock();
    },
  };
}

/** Sizes batches so that one takes about a turn. */
export interface BatchSize {
  readonly size: number;
  took(items: number, milliseconds: number): void;
}

export function batchSize(first: number, least: number, most: number): BatchSize {
  let size = first;
  return {
    get size() {
      return Math.round(size);
    },
    took(items, milliseconds) {
      if (items < size / 2 || milliseconds <= 0) return;
      const fitting = (items * TURN_MS) / milliseconds;
      size = Math.min(Math.max((size + fitting) / 2, least), most);
    },
  };
}
