import type { DispatchNews } from "../../dispatch/dispatcher.ts";
import { asHubError, type HubError } from "../../errors.ts";
import type { RedisAddress } from "./address.ts";
import { type Kind, openSession, type Session } from "./session.ts";

/** Pauses between attempts to connect again; milliseconds. */
const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 2_000;

/** Keeps a session, and opens the next one when it is lost. */
export interface Link {
  /** Null while there is none. */
  session(): Session | null;
  close(): Promise<void>;
}

interface LinkEvents {
  readonly news: Omit<DispatchNews, "deaf">;
  /** There is a session after all, or again: not called for one of the first attempt. */
  renewed(session: Session): void;
  heard(kind: Kind): void;
}

/**
 * Tries once to connect, and goes on trying. What keeps it from a session is told once, and again when it is another thing.
 * @throws HubError TL_CONFIG_INVALID when the first attempt finds that trying again is useless
 */
export async function openLink(address: RedisAddress, events: LinkEvents): Promise<Link> {
  let session: Session | null = null;
  let pause: NodeJS.Timeout | null = null;
  let told: HubError["code"] | null = null;
  let closed = false;

  const lost = (error: HubError, wait: number): void => {
    session = null;
    if (closed) return;
    if (error.code !== told) events.news.lost(error);
    told = error.code;
    pause = setTimeout(() => {
      renew().catch((failure: unknown) => lost(asHubError(failure), Math.min(2 * wait, LONGEST_PAUSE)));
    }, wait);
  };
  const connect = async (): Promise<Session> => {
    const opened = await openSession(address, {
      heard: events.heard,
      ended: (error) => lost(error, FIRST_PAUSE),
    });
    if (closed) await opened.close();
    session = opened;
    return opened;
  };
  const renew = async (): Promise<void> => {
    const opened = await connect();
    if (closed) return;
    events.news.back();
    told = null;
    events.renewed(opened);
  };

  await connect().catch((failure: unknown) => {
    const error = asHubError(failure);
    if (error.code !== "TL_DISPATCH_UNAVAILABLE") throw error;
    lost(error, FIRST_PAUSE);
  });
  return {
    session: () => session,
    async close() {
      closed = true;
      if (pause !== null) clearTimeout(pause);
      await session?.close();
    },
  };
}
