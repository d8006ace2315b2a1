import { hash } from "node:crypto";
import type { Admission } from "../control/engine.ts";
import type { Failure, HubError } from "../errors.ts";
import type { LiveFlow } from "./live-flow.ts";

/** An item whose key and event are known. */
export interface Ready {
  readonly item: Admission;
  readonly flow: LiveFlow;
  readonly key: string | null;
  readonly event: { readonly id: string; readonly hash: Uint8Array } | null;
  /** What is wrong with it, where nobody can be told: it is stored as parked. */
  readonly failure?: Failure;
}

/** An item that is not to be stored, and why. */
export interface Refused {
  readonly item: Admission;
  readonly refusal: HubError;
}

export function readyFrom(item: Admission, flow: LiveFlow, key: string | null, event: string | null): Ready {
  return { item, flow, key, event: event === null ? null : { id: event, hash: bodyHash(item.body) } };
}

/** Half a SHA-256: it only tells a repeated body from another one. By way of a text, which costs half a buffer of node's. */
function bodyHash(body: Uint8Array): Uint8Array {
  return Buffer.from(hash("sha256", body).slice(0, 32), "hex");
}
