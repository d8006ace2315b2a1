/** One thing that the audit log keeps of an act. */
export interface Pair {
  /** Its place, counted from 0. */
  readonly id: number;
  /** In words; empty where it has none. */
  readonly name: string;
  readonly value: string;
  /** A moment is as RFC 3339 has it. */
  readonly kind: "text" | "moment" | "hash";
}

/** Names under which a number is milliseconds since 1970. */
const MOMENTS: ReadonlySet<string> = new Set(["at", "since", "until", "lockedUntil"]);
const HASH = /^[0-9a-f]{64}$/;

/** The detail of an act as names and values, what is in a group by itself; a text that is no JSON as it is. */
export function pairsOf(detail: string): readonly Pair[] {
  return found("", parsed(detail)).map((pair, id) => ({ id, ...pair }));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function found(name: string, value: unknown): readonly Omit<Pair, "id">[] {
  if (Array.isArray(value)) {
    const isLine = value.length > 0 && value.every((one) => typeof one !== "object");
    return isLine ? [valued(name, value.join(", "))] : value.flatMap((one) => found(name, one));
  }
  if (typeof value === "object" && value !== null)
    return Object.entries(value).flatMap(([member, one]) => found(member, one));
  return [valued(name, value)];
}

function valued(name: string, value: unknown): Omit<Pair, "id"> {
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  if (typeof value === "number" && MOMENTS.has(name)) {
    const at = new Date(value);
    if (!Number.isNaN(at.getTime())) return { name: words, value: at.toISOString(), kind: "moment" };
  }
  const text = value === null ? "none" : value === true ? "yes" : value === false ? "no" : String(value);
  return { name: words, value: text, kind: HASH.test(text) ? "hash" : "text" };
}
