import type { HubError } from "../errors.ts";

/**
 * The dispatcher port: who works when. It only cuts waiting: everything it forgets is found again by workers that poll
 * the store, at most a second later.
 */
export interface Dispatcher {
  /** Says that there is work. Never fails the caller; lost wake-ups cost one poll interval. */
  wake(): void;
  /** Says that there will be work at a time (milliseconds since 1970): a retry, a slot. */
  wakeAt(at: number): void;
  /** Calls `work` on each wake-up and at least once every `pollMs`, never twice at once. */
  onWake(work: () => Promise<void>, pollMs: number): void;
  /** No call of `work` begins after this; resolves when the last one has ended. */
  close(): Promise<void>;
}

/** What a dispatcher that depends on others tells of itself; each change once. */
export interface DispatchNews {
  /** Wake-ups are lost from now on; work goes on by polling. */
  lost(error: HubError): void;
  /** Wake-ups arrive again. */
  back(): void;
  /** Nothing came to a worker though it was connected; it has been opened anew. */
  deaf(): void;
}
