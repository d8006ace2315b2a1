import { type Random, seeded } from "../../faults/random.ts";

/** The record with fields missing, lists of one written as the one, lists empty: always the same for a number. */
export function roughen(record: object, n: number, keep: readonly string[]): object {
  return rough(record, seeded(n), keep) as object;
}

function rough(value: unknown, random: Random, keep: readonly string[]): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const roll = random.int(8);
    if (roll === 0) return [];
    const members = value.map((member) => rough(member, random, keep));
    if (roll === 1 && typeof members[0] === "object") return members[0];
    return roll === 2 ? members.slice(0, 1) : members;
  }
  const copy: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    if (keep.includes(name) || random.int(6) > 0) copy[name] = rough(member, random, keep);
  }
  return copy;
}
