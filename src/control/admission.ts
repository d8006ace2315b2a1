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

/** More would only wait in the engine's queue; the second keeps it busy while the first is being answered. */
const MOST_IN_FLIGHT = 2;

/**
 * Gathers single items into batches that share one commit. Idle: an item leaves in the same turn of the event loop,
 * with all that were read in that turn. Busy: items gather until the batch under way is answered, or one is full.
 * A failed batch rejects exactly its own items.
 */
export function admissionBatcher(
  admit: (items: readonly Admission[]) => Promise<readonly Receipt[]>,
  limits: AdmissionLimits,
): (item: Admission) => Promise<Receipt> {
  let waiting: Waiting[] = [];
  let waitingBytes = 0;
  let inFlight = 0;
  let scheduled = false;

  const full = (): boolean => waiting.length >= limits.maxItems || waitingBytes >= limits.maxBytes;

  const schedule = (): void => {
    if (scheduled || waiting.length === 0 || inFlight >= MOST_IN_FLIGHT) return;
    if (inFlight > 0 && !full()) return;
    scheduled = true;
    setImmediate(sendNext);
  };

  const sendNext = (): void => {
    scheduled = false;
    const batch = takeBatch();
    inFlight += 1;
    send(batch).then(
      () => {
        inFlight -= 1;
        schedule();
      },
      () => undefined,
    );
    schedule();
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
    waitingBytes -= bytes;
    return batch;
  };

  const send = async (batch: readonly Waiting[]): Promise<void> => {
    try {
      const receipts = await admit(batch.map((one) => one.item));
      if (receipts.length !== batch.length)
        throw new RangeError("the engine answered another number of items");
      for (let index = 0; index < batch.length; index++) batch[index]?.resolve(receipts[index]!);
    } catch (error) {
      for (const one of batch) one.reject(error);
    }
  };

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      waitingBytes += item.body.byteLength;
      schedule();
    });
}
