import type { Random } from "../faults/random.ts";

const SCALARS: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -0,
  1,
  2,
  3,
  -1,
  0.1,
  2.5,
  100,
  1e21,
  1e-7,
  1732702272345,
  "",
  " ",
  "a",
  "ab",
  "B",
  "1",
  "-1.5",
  "0x1F",
  "hello World",
  "b,c-d",
  "  x  y ",
  "2026-11-27",
  "2026-11-27T10:11:12Z",
  "ä€𝄞",
  "__proto__",
  "id",
];

const NAMES = ["a", "b", "c", "id", "name", "k", "0", "__proto__", "constructor", "length", "sequence"];

/** An input such as the generated expressions ask for, with fields missing, of other kinds, one where lists are. */
export function input(random: Random): unknown {
  const roll = random.int(16);
  if (roll === 0) return value(random, 2);
  if (roll === 1) return Array.from({ length: random.int(4) }, () => record(random));
  return record(random);
}

function record(random: Random): unknown {
  const made: Record<string, unknown> = {};
  const put = (name: string, make: () => unknown): void => {
    if (random.int(6) > 0) define(made, name, random.int(8) === 0 ? value(random, 2) : make());
  };
  put("a", () => value(random, 2));
  put("b", () => ({ a: scalar(random), b: [scalar(random), { c: scalar(random) }], c: { a: 1 } }));
  put("c", () => scalar(random));
  put("n", () => random.int(20) - 5);
  put("s", () => text(random));
  put("t", () => "2026-11-27T10:11:12Z");
  put("f", () => random.int(2) === 0);
  put("items", () => items(random));
  put("nested", () => [[1, 2], [3, [4]], [], scalar(random)]);
  put("tags", () => some(random, () => text(random)));
  put("odd name", () => scalar(random));
  if (random.int(12) === 0) define(made, "__proto__", { a: scalar(random) });
  if (random.int(12) === 0) define(made, "constructor", scalar(random));
  return made;
}

function items(random: Random): unknown {
  const one = (): unknown => {
    const item: Record<string, unknown> = {};
    const put = (name: string, make: () => unknown): void => {
      if (random.int(8) > 0) item[name] = random.int(10) === 0 ? value(random, 1) : make();
    };
    put("id", () => ["x", "y", "z"][random.int(3)]);
    put("name", () => text(random));
    put("qty", () => random.int(5));
    put("price", () => random.int(1000) / 10);
    put("tags", () => some(random, () => text(random)));
    put("sub", () => some(random, () => ({ id: random.int(3), a: scalar(random), n: random.int(9) })));
    return item;
  };
  return random.int(6) === 0 ? one() : some(random, one);
}

function some(random: Random, make: () => unknown): unknown[] {
  return Array.from({ length: random.int(4) }, make);
}

function scalar(random: Random): unknown {
  return SCALARS[random.int(SCALARS.length)];
}

function text(random: Random): string {
  const texts = SCALARS.filter((one) => typeof one === "string");
  return texts[random.int(texts.length)] as string;
}

function value(random: Random, depth: number): unknown {
  const roll = depth <= 0 ? 0 : random.int(4);
  if (roll < 2) return scalar(random);
  if (roll === 2) return Array.from({ length: random.int(4) }, () => value(random, depth - 1));
  const made: Record<string, unknown> = {};
  for (let left = random.int(4); left > 0; left--) {
    define(made, NAMES[random.int(NAMES.length)] as string, value(random, depth - 1));
  }
  return made;
}

/** As JSON.parse does: `__proto__` is a member like any other. */
export function define(target: object, name: string, member: unknown): void {
  Object.defineProperty(target, name, {
    value: member,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

/** The input with a few of its values changed, left out, made a list, or taken out of one. */
export function mutated(random: Random, original: unknown): unknown {
  let copy = structuredCloneJson(original);
  for (let left = 1 + random.int(3); left > 0; left--) copy = changed(random, copy);
  return copy;
}

function changed(random: Random, current: unknown): unknown {
  if (typeof current === "object" && current !== null && random.int(5) > 0) {
    const names = Object.keys(current);
    const name = names[random.int(names.length || 1)];
    if (name === undefined) return current;
    const members = current as Record<string, unknown>;
    if (random.int(5) === 0) {
      if (Array.isArray(current)) current.splice(Number(name), 1);
      else delete members[name];
    } else define(current, name, changed(random, members[name]));
    return current;
  }
  const roll = random.int(6);
  if (roll === 0) return [current];
  if (roll === 1 && Array.isArray(current)) return current[0];
  if (roll === 2) return { a: current, id: current };
  if (roll === 3) return [current, structuredCloneJson(current)];
  return value(random, 1);
}

/** Like structuredClone for JSON, but quicker, and `__proto__` stays a member. */
export function structuredCloneJson(original: unknown): unknown {
  if (typeof original !== "object" || original === null) return original;
  if (Array.isArray(original)) return original.map(structuredCloneJson);
  const copy = {};
  for (const [name, member] of Object.entries(original)) define(copy, name, structuredCloneJson(member));
  return copy;
}

export function frozenJson<Value>(original: Value): Value {
  if (typeof original === "object" && original !== null && !Object.isFrozen(original)) {
    Object.freeze(original);
    for (const member of Object.values(original)) frozenJson(member);
  }
  return original;
}
