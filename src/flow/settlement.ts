import type { HubError } from "../errors.ts";
import type { BlockedKeys } from "./blocked-keys.ts";
import type { FailedFate } from "./fate.ts";
import type { ItemEnd } from "./item.ts";
import type { LiveFlow } from "./live-flow.ts";

export interface SettleEnvironment {
  readonly now: number;
  readonly random: () => number;
  readonly blocked: BlockedKeys;
  /** The flows in force that read a topic. */
  readonly subscribers: (topic: string) => readonly LiveFlow[];
  /** Whether the hub itself hands over what the flow reads, so that it came from no other system. */
  readonly isOwn: (flow: LiveFlow) => boolean;
}

export interface Settled {
  /** In the order of the items. */
  readonly ends: readonly ItemEnd[];
  /** To be carried into the copy of the blocked keys after the commit. */
  readonly block: readonly { readonly scope: number; readonly key: string; readonly by: number }[];
  readonly unblock: readonly { readonly scope: number; readonly key: string }[];
  /** When the earliest of the new waits ends; null when none waits. */
  readonly wakeAt: number | null;
  /** Whether deliveries or topic messages were stored, so that others have work. */
  readonly passedOn: boolean;
}

/** Items that the CRM engine refused: the transaction is undone and run again with these as failures. */
export class RefusedItems extends Error {
  readonly failures: ReadonlyMap<number, HubError>;
  constructor(failures: ReadonlyMap<number, HubError>) {
    super("the CRM engine refused items");
    this.failures = failures;
  }
}

/** What becomes of an item in this settlement. */
export type Fate = FailedFate | { readonly kind: "hold" } | { readonly kind: "done" };
