import type { Fault } from "./fault.ts";
import { killAccept } from "./kill-accept.ts";
import { killAfterDelivery, killInDelivery } from "./kill-delivery.ts";
import { killTransform } from "./kill-transform.ts";

/** Every fault, in the order in which they are run. */
export const FAULTS: readonly Fault[] = [killAccept, killTransform, killInDelivery, killAfterDelivery];
