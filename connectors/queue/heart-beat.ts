/** How often we offer to beat, and want the broker to; milliseconds. */
export const HEARTBEAT_MS = 10_000;

export interface HeartBeat {
  /** Something came. */
  heard(): void;
  end(): void;
}

interface Ends {
  beat(): void;
  /** False while nothing is read. */
  isListening(): boolean;
  silent(): void;
}

/**
 * Beats as often as was agreed, and says so when the broker has not done so for twice as long.
 * @param offered the broker's `heart-beat`: how often it can beat and wants us to, milliseconds, 0 for never
 */
export function heartBeat(offered: string | undefined, { beat, isListening, silent }: Ends): HeartBeat {
  const [theirs = 0, wanted = 0] = (/^(\d{1,9}),(\d{1,9})$/.exec(offered ?? "")?.slice(1) ?? []).map(Number);
  // The slower of the two counts, says the specification.
  const [expected, owed] = [Math.max(HEARTBEAT_MS, theirs), Math.max(HEARTBEAT_MS, wanted)];
  let last = performance.now();
  const looking = setInterval(() => {
    if (!isListening()) last = performance.now();
    else if (performance.now() - last > 2 * expected) silent();
  }, expected / 2).unref();
  // A little earlier than agreed, for the way.
  const beating = setInterval(beat, owed * 0.8).unref();
  if (theirs === 0) clearInterval(looking);
  if (wanted === 0) clearInterval(beating);
  return {
    heard() {
      last = performance.now();
    },
    end() {
      clearInterval(looking);
      clearInterval(beating);
    },
  };
}
