import { asHubError, HubError } from "../../errors.ts";
import type { Part } from "../../store/lane-table.ts";
import type { PostgresAddress } from "./address.ts";
import { isAway } from "./failure.ts";
import { openSession, type Session } from "./session.ts";

/** Pauses between attempts to connect again; milliseconds. */
const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 2_000;

/** Keeps the writing session, and opens the next one when it is lost. */
export interface Link {
  /** @throws HubError TL_STORE_FAILED while there is none */
  session(): Session;
  /** The session after the one at hand. */
  next(): Promise<Session>;
  close(): Promise<void>;
}

interface Waiting {
  resolve(session: Session): void;
  reject(error: HubError): void;
}

/**
 * @param part what this process is for
 * @param away called once when the server is not there: then it is waited for. Without it that is a failure
 * @throws HubError when the first session cannot be opened
 */
export async function openLink(
  address: PostgresAddress,
  part: Part,
  away: ((error: HubError) => void) | undefined,
): Promise<Link> {
  let waiting: Waiting[] = [];
  let pause: NodeJS.Timeout | null = null;
  let reason = "its connection was lost";
  let closed = false;
  let session = await firstSession(address, part, lost, away);
  const { worker } = session;

  function lost(): void {
    if (!closed) again(FIRST_PAUSE);
  }

  function again(wait: number): void {
    pause = setTimeout(() => void reconnect(wait), wait);
  }

  async function reconnect(wait: number): Promise<void> {
    try {
      const opened = await openSession(address, worker, lost);
      if (closed) return await opened.close();
      session = opened;
      reason = "its connection was lost";
      const those = waiting;
      waiting = [];
      for (const one of those) one.resolve(opened);
    } catch (error) {
      if (closed) return;
      reason = asHubError(error).message;
      again(Math.min(2 * wait, LONGEST_PAUSE));
    }
  }

  return {
    session() {
      if (session.alive()) return session;
      throw new HubError("TL_STORE_FAILED", `the database is away: ${reason}`, { retryAfter: LONGEST_PAUSE });
    },
    next: () => new Promise((resolve, reject) => waiting.push({ resolve, reject })),
    async close() {
      closed = true;
      if (pause !== null) clearTimeout(pause);
      const error = new HubError(
        "TL_STOPPING",
        "the hub stopped before the database told what it had committed",
      );
      for (const one of waiting) one.reject(error);
      await session.close();
    },
  };
}

async function firstSession(
  address: PostgresAddress,
  part: Part,
  lost: () => void,
  away: ((error: HubError) => void) | undefined,
): Promise<Session> {
  for (let wait = FIRST_PAUSE; ; wait = Math.min(2 * wait, LONGEST_PAUSE)) {
    try {
      return await openSession(address, part, lost);
    } catch (error) {
      if (away === undefined || !isAway(error)) throw error;
      if (wait === FIRST_PAUSE) away(asHubError(error));
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}
