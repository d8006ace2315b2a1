import type { Peer, RunningPeer } from "../peers/peer.ts";
import type { Backend, Technology } from "./backend.ts";
import type { Random } from "./random.ts";

/** What every fault prints, from the ledgers of sender, hub and target. */
export interface FaultTable {
  /** Items of which a sender was told that the hub has them: a 2xx, or a file taken away. */
  readonly acked: number;
  /** Of these, with exactly one effect. */
  readonly appliedOnce: number;
  /** Of these, at rest for a person: parked or rejected, with a reason, or held behind a parked one. */
  readonly parked: number;
  /** Requests beyond the first of an item, at the hub or at the target. */
  readonly duplicateRequests: number;
  readonly duplicateEffects: number;
  readonly orderViolations: number;
  /** Acknowledged, and neither applied nor parked nor ended in another way that the books show. */
  readonly lost: number;
  /** From the last start of the hub, or the last item, until nothing was under way. */
  readonly drainMs: number;
}

/** Something that must hold in one fault alone. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** What was measured. */
  readonly found: string;
}

export interface Verdict {
  readonly table: FaultTable;
  readonly checks: readonly Check[];
}

/** What a run of a fault gets. */
export interface FaultRun {
  /** What the hubs of this run keep their messages in. */
  readonly backend: Backend;
  readonly random: Random;
  /** The size that the fault matrix names, or the small one that the test suite runs. */
  size(full: number, small: number): number;
  /** A system that nobody here wrote, which all faults share. @throws Error that says why it cannot be had here */
  peer(which: Peer): Promise<RunningPeer>;
  /** One line of progress. */
  note(text: string): void;
}

export interface Fault {
  readonly id: string;
  /** What is done to the hub, in a few words. */
  readonly title: string;
  /** The invariants it tries, `I1 I2`. */
  readonly tries: string;
  /** Technologies of the store that it can be played on; default all. */
  readonly on?: readonly Technology[];
  /**
   * `timed`: its verdict depends on times, rates or memory, so nothing is played beside it. `waits`: it lets minutes pass
   * in which the machine has time for others. Default neither.
   */
  readonly pace?: "timed" | "waits";
  run(run: FaultRun): Promise<Verdict>;
}

export function check(name: string, ok: boolean, found: string | number | undefined = ""): Check {
  return { name, ok, found: String(found) };
}

/** What is wrong with a verdict; empty when it passes. */
export function failuresOf({ table, checks }: Verdict): readonly string[] {
  const zero = (["lost", "duplicateEffects", "orderViolations"] as const)
    .filter((column) => table[column] > 0)
    .map((column) => `${column} = ${table[column]}`);
  const accounted = table.appliedOnce + table.parked;
  const open =
    accounted === table.acked ? [] : [`${table.acked} acked, but ${accounted} applied once or parked`];
  return [
    ...zero,
    ...open,
    ...checks.filter(({ ok }) => !ok).map(({ name, found }) => (found === "" ? name : `${name}: ${found}`)),
  ];
}
