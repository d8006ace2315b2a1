import type { Admission, Receipt } from "./engine.ts";

export interface AdmissionLimits {
  /** Most items of one batch. */
  readonly maxItems: number;
  /** Bytes of bodies after which a batch is full; one larger item travels alone. */
  readonly maxBytes: number;
}

interface Waiting {
  readonly item: Admission;
  readonly resolve: (receipt: Receipt) => void;
  readonly reject: (error: unknown) => void;
}

/** One that the engine commits, and one that lies ready when that is done. More would only wait there. */
const MOST_IN_FLIGHT = 2;

/**
 * Gathers single items into batches that share one commit. Idle: an item leaves in the same turn of the event loop,
 * with all that were read in that turn. Busy: items gather until a batch under way is answered, and leave before its
 * answers are given out, so that the engine does not wait for that. A failed batch rejects exactly its own items.
 */
export function admissionBatcher(
  admit: (items: readonly Admission[]) => Promise<readonly Receipt[]>,
  limits: AdmissionLimits,
): (item: Admission) => Promise<Receipt> {
  let waiting: Waiting[] = [];
  let inFlight = 0;
  let scheduled = false;

  const schedule = (): void => {
    if (scheduled || waiting.length === 0 || inFlight >= MOST_IN_FLIGHT) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      sendNext();
    });
  };

  const sendNext = (): void => {
    while (waiting.length > 0 && inFlight < MOST_IN_FLIGHT) send(takeBatch());
  };

  const takeBatch = (): readonly Waiting[] => {
    let count = 0;
    let bytes = 0;
    while (count < waiting.length && count < limits.maxItems) {
      const size = waiting[count]?.item.body.byteLength ?? 0;
      if (count > 0 && bytes + size > limits.maxBytes) break;
      bytes += size;
      count += 1;
    }
    const batch = waiting.slice(0, count);
    waiting = waiting.slice(count);
    return batch;
  };

  const send = (batch: readonly Waiting[]): void => {
    inFlight += 1;
    admit(batch.map((one) => one.item))
      .finally(() => {
        inFlight -= 1;
        sendNext();
      })
      .then(
        (receipts) => settle(batch, receipts),
        (error: unknown) => {
          for (const one of batch) one.reject(error);
        },
      );
  };

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      schedule();
    });
}

function settle(batch: readonly Waiting[], receipts: readonly Receipt[]): void {
  for (const [index, one] of batch.entries()) {
    const receipt = receipts.length === batch.length ? receipts[index] : undefined;
    if (receipt === undefined) one.reject(new RangeError("the engine answered another number of items"));
    else one.resolve(receipt);
  }
}
