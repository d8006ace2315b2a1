import { type Random, seeded } from "../../faults/random.ts";

/** As many ways of being incomplete as a feed of several senders has; V8 gives up on telling shapes apart after four. */
const WAYS = 16;

/** The record with fields missing, lists of one written as the one, lists empty: always the same for a number. */
export function roughen(record: object, n: number, keep: readonly string[]): object {
  return rough(record, seeded(n % WAYS), keep) as object;
}

function rough(value: unknown, random: Random, keep: readonly string[]): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const roll = random.int(16);
    if (roll === 0) return [];
    const members = value.map((member) => rough(member, random, keep));
    if (roll < 3 && typeof members[0] === "object") return members[0];
    return roll < 5 ? members.slice(0, 1) : members;
  }
  const copy: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    const isMissing = random.int(typeof member === "object" ? 12 : 6) === 0;
    if (keep.includes(name) || !isMissing) copy[name] = rough(member, random, keep);
  }
  return copy;
}
