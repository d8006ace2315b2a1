import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { heartBeat } from "./heart-beat.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] }));
afterEach(() => void vi.useRealTimers());

function start(offered: string | undefined) {
  const seen = { beats: 0, silences: 0, isListening: true };
  const heart = heartBeat(offered, {
    beat: () => void seen.beats++,
    isListening: () => seen.isListening,
    silent: () => void seen.silences++,
  });
  return { seen, heart };
}

describe("heart-beats of a broker", () => {
  it("are missed after twice the slower of both offers, and not while something comes", () => {
    const { seen, heart } = start("20000,0");
    vi.advanceTimersByTime(39_000);
    heart.heard();
    vi.advanceTimersByTime(40_000);
    expect(seen.silences).toBe(0);
    vi.advanceTimersByTime(20_000);
    expect(seen.silences).toBeGreaterThan(0);
    expect(seen.beats).toBe(0);
  });

  it("are not missed while nothing is read, nor where the broker gives none", () => {
    const { seen } = start("10000,10000");
    seen.isListening = false;
    vi.advanceTimersByTime(120_000);
    seen.isListening = true;
    vi.advanceTimersByTime(19_000);
    expect(seen.silences).toBe(0);
    for (const offered of ["0,10000", undefined, "x"]) {
      const other = start(offered);
      vi.advanceTimersByTime(120_000);
      expect(other.seen.silences).toBe(0);
    }
  });

  it("are given a little more often than the broker wants them, until the end", () => {
    const { seen, heart } = start("0,1000");
    vi.advanceTimersByTime(60_000);
    expect(seen.beats).toBe(7);
    heart.end();
    vi.advanceTimersByTime(60_000);
    expect(seen.beats).toBe(7);
  });
});
