import type { CollectedItem, ListenDesk } from "../connector/contract.ts";
import { HubError } from "../errors.ts";
import type { Json } from "../message/json.ts";

interface Handed {
  readonly items: readonly CollectedItem[];
  readonly cursor: Json | undefined;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export interface ListenDeskOptions {
  /** As the store has it when the listener begins. */
  readonly cursor: Json | null;
  readonly connected: () => void;
  readonly hasRoom: () => Promise<boolean>;
  /** Resolved = committed. */
  readonly store: (items: readonly CollectedItem[], cursor: Json | undefined) => Promise<void>;
  /** Waits so many milliseconds before it looks for room again. */
  readonly pause: (milliseconds: number) => Promise<void>;
  readonly signal: AbortSignal;
}

const NO_ROOM_MS = 500;

/** What comes while a commit is under way shares the next one. The order is kept, and the last place given is the one stored. */
export function listenDesk(options: ListenDeskOptions): ListenDesk {
  let waiting: Handed[] = [];
  let storing = false;
  let cursor = options.cursor;

  async function storeAll(): Promise<void> {
    storing = true;
    while (waiting.length > 0) {
      while (!options.signal.aborted && !(await options.hasRoom())) await options.pause(NO_ROOM_MS);
      const group = waiting;
      waiting = [];
      const places = group.flatMap((one) => (one.cursor === undefined ? [] : [one.cursor]));
      const place = places.at(-1);
      try {
        if (options.signal.aborted) throw new HubError("TL_STOPPING", "the hub takes nothing from here now");
        await options.store(
          group.flatMap((one) => one.items),
          place,
        );
        if (place !== undefined) cursor = place;
        for (const one of group) one.resolve();
      } catch (error) {
        for (const one of group) one.reject(error);
      }
    }
    storing = false;
  }

  return {
    cursor: () => cursor,
    connected: options.connected,
    take: (items, place) =>
      new Promise((resolve, reject) => {
        waiting.push({ items, cursor: place, resolve, reject });
        if (!storing) void storeAll();
      }),
  };
}
