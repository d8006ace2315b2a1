/** A call while it lasts, as a telephone system tells it. Times are milliseconds since 1970. */
export interface LiveCall {
  readonly id: string;
  /** `offered`: it came, and rings with nobody yet. */
  readonly stage: "offered" | "ringing" | "answered" | "ended" | "recorded";
  /** Who began: inbound the customer, outbound an agent, internal an agent who called another. */
  readonly direction: "inbound" | "outbound" | "internal";
  readonly startedAt: number;
  readonly answeredAt: number | null;
  readonly endedAt: number | null;
  /** The number of the other side; null: withheld, or not known. */
  readonly number: string | null;
  readonly withheld: boolean;
  /** The name the network gave with the number; anybody can have written it. */
  readonly name: string | null;
  /** The number of ours that was called. */
  readonly line: string | null;
  /** The agents with whom it rings. */
  readonly ringing: readonly string[];
  /** Who of ours took it, or was rung last. */
  readonly agent: string | null;
  /** Seconds that were talked, as the call record gives them; null before it came. */
  readonly talkSeconds: number | null;
}

export interface TelephoneAgent {
  readonly name: string;
  readonly skills: readonly string[];
}

/** What a telephone system asks before it rings anybody. */
export interface RouteQuestion {
  readonly call: string;
  /** Null: withheld. */
  readonly number: string | null;
  readonly name: string | null;
  /** The number of ours that was called. */
  readonly line: string | null;
}

export interface RouteAnswer {
  /** Null: whom the telephone system rings without the hub. */
  readonly agent: string | null;
  /** The customer, where exactly one has this number. */
  readonly customer: { readonly id: string; readonly name: string | null } | null;
  /** In one line, for people. */
  readonly reason: string;
}

/**
 * A telephone system while calls last: what it tells and asks is of the moment, and is used on the front thread. What is to
 * be kept comes through the system's sources.
 */
export interface Telephone {
  /** By the name of the telephone. */
  readonly agents: Readonly<Record<string, TelephoneAgent>>;
  /** ISO 3166 alpha-2, for numbers without prefix. */
  readonly country: string | null;
  /** Paths of mappings from the project folder: who is to be rung, and what an agent is to say. Null: the hub's own rule; nothing. */
  readonly rule: string | null;
  readonly script: string | null;
  /** Milliseconds within which a question is to be answered. */
  readonly deadline: number;
  /**
   * Tells every change of every call over one connection, until `signal` says so or the connection breaks.
   * @param connected called when the connection stands
   * @throws HubError TL_SOURCE_*
   */
  watch(tell: (call: LiveCall) => void, connected: () => void, signal: AbortSignal): Promise<void>;
  /**
   * Takes questions until `signal` says so; null: the telephone system asks none.
   * @throws HubError TL_SOURCE_* when it cannot take any
   */
  readonly answer:
    | ((ask: (question: RouteQuestion) => Promise<RouteAnswer>, signal: AbortSignal) => Promise<void>)
    | null;
}

/** Sources of a telephone system that the hub's own API fills: what agents wrote, whom they called, who was rung and why. */
export const DESK_SOURCES = { notes: "notes", dials: "dials", routings: "routings" } as const;
