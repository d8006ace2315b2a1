import type { NewMessage } from "../../src/store/message-table.ts";

/** A message of the first flow as a program sends it, with these things other. */
export function jsonMessage(change: Partial<NewMessage>): NewMessage {
  return {
    ...{ flow: 1, flowVersion: 1, lane: 0, key: null, system: "web", event: null, acceptedAt: 7 },
    ...{ contentType: "application/json", headers: null, slice: null, cause: null, hops: 0 },
    ...{ traceparent: null, body: Buffer.from("{}") },
    ...change,
  };
}
