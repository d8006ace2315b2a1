import { DESK_SOURCES } from "../connector/telephone.ts";
import { ERRORS, type ErrorCode, HubError } from "../errors.ts";
import type { JsonObject } from "../message/json.ts";
import type { ApiDeps, FlowEntry } from "./deps.ts";
import { type DoorFlow, doorFlows, keyOf } from "./door-flow.ts";

export type OwnSource = keyof typeof DESK_SOURCES;

/** The way in for what the API itself hands over: admitted and queued like any message, so it never overtakes its key. */
export interface OwnDoor {
  /** Whether a flow reads it. */
  reads(system: string, source: OwnSource): boolean;
  /**
   * @param event names it: what comes twice is taken once
   * @returns id of the message
   * @throws HubError TL_NOT_FOUND when no flow reads it
   */
  admit(system: string, source: OwnSource, value: JsonObject, event: string): Promise<string>;
}

export function ownDoor(deps: ApiDeps): OwnDoor {
  let known: readonly FlowEntry[] | undefined;
  let flows: ReadonlyMap<string, DoorFlow> = new Map();
  const find = (system: string, source: OwnSource): DoorFlow | undefined => {
    const entries = deps.flows();
    if (entries !== known) {
      flows = doorFlows(deps, entries, "own");
      known = entries;
    }
    return flows.get(`${system}/${DESK_SOURCES[source]}`);
  };
  return {
    reads: (system, source) => find(system, source) !== undefined,
    async admit(system, source, value, event) {
      const flow = find(system, source);
      if (flow === undefined) {
        throw new HubError("TL_NOT_FOUND", `no flow reads ${system}.${source}`, {
          cure: "Take the flow over from the example of the telephony connector.",
        });
      }
      const [receipt] = await deps.engine.admit([
        {
          flow: flow.id,
          flowVersion: flow.version,
          body: Buffer.from(JSON.stringify(value)),
          contentType: "application/json",
          headers: null,
          key: keyOf(flow, value),
          event,
          traceparent: null,
        },
      ]);
      if (receipt === undefined) throw new HubError("TL_INTERNAL", "the engine gave no receipt");
      if ("error" in receipt) throw new HubError(codeOf(receipt.error.code), receipt.error.message);
      return receipt.id;
    },
  };
}

function codeOf(code: string): ErrorCode {
  return Object.hasOwn(ERRORS, code) ? (code as ErrorCode) : "TL_INTERNAL";
}
