import type { Admission, Receipt } from "./engine.ts";

export interface AdmissionLimits {
  /** Most items of one batch. */
  readonly maxItems: number;
  /** Bytes of bodies after which a batch is full; a larger request travels alone. */
  readonly maxBytes: number;
}

/** What one request brought. */
interface Waiting {
  readonly items: readonly Admission[];
  readonly resolve: (receipts: readonly Receipt[]) => void;
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
 * Gathers what requests bring into batches that share one commit: it leaves in the same turn of the event loop, with all
 * that was read in that turn. When that are many, the first of them leave at once: else those who wait for their answers
 * would all send together, and the engine and this thread take turns instead of working side by side. When very many
 * batches are under way, items gather until one is answered, and leave before its answers are given out, so that the
 * engine does not wait for that. A failed batch rejects exactly its own items; those of one request are never parted.
 */
export function admissionBatcher(
  admit: (items: readonly Admission[]) => Promise<readonly Receipt[]>,
  limits: AdmissionLimits,
): (items: readonly Admission[]) => Promise<readonly Receipt[]> {
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
    let items = 0;
    let bytes = 0;
    for (const one of waiting) {
      items += one.items.length;
      for (const { body } of one.items) bytes += body.byteLength;
      if (count > 0 && (items > limits.maxItems || bytes > limits.maxBytes)) break;
      count += 1;
    }
    const batch = waiting.slice(0, count);
    waiting = waiting.slice(count);
    return batch;
  };

  const send = (batch: readonly Waiting[]): void => {
    inFlight += 1;
    admit(batch.flatMap((one) => one.items))
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

  return (items) =>
    new Promise((resolve, reject) => {
      if (items.length === 0) {
        resolve([]);
        return;
      }
      waiting.push({ items, resolve, reject });
      if (waiting.length >= WORTH_A_COMMIT && inFlight < FEW_IN_FLIGHT) sendNext();
      else schedule();
    });
}

function settle(batch: readonly Waiting[], receipts: readonly Receipt[]): void {
  const expected = batch.reduce((sum, one) => sum + one.items.length, 0);
  let at = 0;
  for (const one of batch) {
    const end = at + one.items.length;
    if (receipts.length === expected) one.resolve(receipts.slice(at, end));
    else one.reject(new RangeError("the engine answered another number of items"));
    at = end;
  }
}
