import type { Fault } from "./fault.ts";
import type { Run } from "./print.ts";
import { seeded } from "./random.ts";

export interface RunOptions {
  readonly seed: number;
  readonly small: boolean;
  note(text: string): void;
}

/** Carries a fault out; what it throws becomes its result. */
export async function runFault(fault: Fault, { seed, small, note }: RunOptions): Promise<Run> {
  const started = performance.now();
  const result = await fault
    .run({ random: seeded(seed), size: (full, less) => (small ? less : full), note })
    .catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
  return { id: fault.id, seconds: (performance.now() - started) / 1000, seed, result };
}
