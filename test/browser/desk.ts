import type { System } from "../../src/connector/contract.ts";
import type { LiveCall } from "../../src/connector/telephone.ts";
import { type Desk, openDesk } from "../../src/desk/desk.ts";
import type { CrmReads } from "../../src/store/crm-reads.ts";
import { HOUR, NOW } from "./rows.ts";

/** A desk whose telephone system has one agent, with whom these calls ring once it begins. */
export function deskWith(crm: CrmReads, ...calls: readonly Partial<LiveCall>[]): Promise<Desk> {
  const pbx: Pick<System, "telephone"> = {
    telephone: {
      ...{ agents: { 101: { name: "Ada", skills: ["sales"] } }, country: "DE", rule: null, script: null },
      ...{ deadline: 1000, answer: null },
      async watch(tell, connected, signal) {
        connected();
        calls.forEach((call, at) => {
          tell(ringing({ id: `call-${at}`, ...call }));
        });
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
      },
    },
  };
  return openDesk({
    systems: { pbx: pbx as System },
    dir: ".",
    ...{ reads: () => crm, now: Date.now, journal: () => undefined },
    failed: (_system, error) => {
      throw error;
    },
  });
}

function ringing(change: Partial<LiveCall>): LiveCall {
  return {
    ...{ id: "call", stage: "ringing", direction: "inbound", startedAt: NOW - HOUR, answeredAt: null },
    ...{ endedAt: null, number: null, withheld: false, name: null, line: "+49 30 555", ringing: ["101"] },
    ...{ agent: "101", talkSeconds: null },
    ...change,
  };
}
