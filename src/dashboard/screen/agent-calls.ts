import { useEffect, useState } from "react";

/** One call, as the hub tells it by the event `call`. */
export interface ShownCall {
  readonly id: string;
  readonly stage: "offered" | "ringing" | "answered" | "ended" | "recorded";
  readonly direction: string;
  readonly number: string | null;
  readonly withheld: boolean;
  /** The name the network gave; anybody can have written it. */
  readonly name: string | null;
  readonly line: string | null;
  readonly talkSeconds: number | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly who: "withheld" | "unknown" | "one" | "several";
  readonly customers: readonly CallCustomer[];
  readonly script: string | null;
  /** Why it was given to this agent. */
  readonly reason: string | null;
}

export interface CallCustomer {
  readonly id: string;
  readonly name: string | null;
  readonly golden: Readonly<Record<string, unknown>>;
  readonly history: readonly {
    readonly entity: string;
    readonly at: string;
    readonly values: Readonly<Record<string, unknown>>;
  }[];
}

/** A page that stays open for weeks keeps the last calls only. */
const MOST = 20;

/** The calls of an agent as they come, oldest first. */
export function useCalls(system: string, agent: string) {
  const [calls, setCalls] = useState<readonly ShownCall[]>([]);
  const [state, setState] = useState<"connecting" | "open" | "closed">("connecting");
  useEffect(() => {
    const source = new EventSource(`/api/v1/desk/calls?${new URLSearchParams({ system, agent })}`);
    source.addEventListener("open", () => setState("open"));
    source.addEventListener("error", () =>
      setState(source.readyState === EventSource.CLOSED ? "closed" : "connecting"),
    );
    source.addEventListener("call", (event: MessageEvent<string>) => {
      const call = JSON.parse(event.data) as ShownCall;
      setCalls((known) =>
        known.some((one) => one.id === call.id)
          ? known.map((one) => (one.id === call.id ? call : one))
          : [...known, call].slice(-MOST),
      );
    });
    return () => source.close();
  }, [system, agent]);
  const problem = state === "closed" ? "The hub has ended the connection. Load the page again." : null;
  return { calls, connected: state === "open", problem };
}

const STAGES: Readonly<Record<ShownCall["stage"], string>> = {
  offered: "is coming",
  ringing: "rings",
  answered: "talking",
  ended: "has ended",
  recorded: "has ended",
};

export function stageOfCall({ stage }: ShownCall): string {
  return STAGES[stage];
}

export function nameOfCall({ who, customers, number, withheld }: ShownCall): string {
  const known = who === "one" ? customers[0]?.name : null;
  return known ?? number ?? (withheld ? "Number withheld" : "Unknown number");
}
