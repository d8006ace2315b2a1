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

/**
 * What comes while the engine commits lies ready at its port, and shares its next commit; so no time is lost between two,
 * and they are few. When the engine is at other work for long, the rest waits here.
 */
const MOST_IN_FLIGHT = 16;

/** So many are worth a commit of their own: they leave before all that has come is read, when the engine has little. */
const WORTH_A_COMMIT = 16;

/** One batch being committed and one lying ready: with fewer the engine would wait for us. */
const FEW_IN_FLIGHT = 2;

/**
 * Gathers single items into batches that share one commit: an item leaves in the same turn of the event loop, with all
 * that were read in that turn. When that are many, the first of them leave at once: else those who wait for their answers
 * would all send together, and the engine and this thread take turns instead of working side by side. When very many
 * batches are under way, items gather until one is answered, and leave before its answers are given out, so that the
 * engine does not wait for that. A failed batch rejects exactly its own items.
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
      if (waiting.length >= WORTH_A_COMMIT && inFlight < FEW_IN_FLIGHT) sendNext();
      else schedule();
    });
}

function settle(batch: readonly Waiting[], receipts: readonly Receipt[]): void {
  for (const [index, one] of batch.entries()) {
    const receipt = receipts.length === batch.length ? receipts[index] : undefined;
    if (receipt === undefined) one.reject(new RangeError("the engine answered another number of items"));
    else one.resolve(receipt);
  }
}
