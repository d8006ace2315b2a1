import { describe, expect, it } from "vitest";
import { openMapping } from "./engine.ts";

const MAPPING = `(
  $me := $$.id;
  $again := function($n) { $n = 0 ? $$.id : $again($n - 1) };
  {
    "id": id,
    "root": $$.id,
    "mine": $me,
    "deep": $again(20),
    "tenant": $tenant,
    "lines": lines.{ "root": $$.id, "n": n, "up": %.id },
    "sum": $sum(lines.n),
    "sorted": lines^(>n).n,
    "groups": lines{ $string(n): $$.id },
    "joined": $join(lines.($string(n) & "/" & $string($$.id)), ","),
    "found": $filter(lines, function($l) { $l.n >= $$.id }).n
  }
)`;

const COUNT = 200;

function inputOf(id: number): { id: number; lines: { n: number }[] } {
  return { id, lines: [{ n: id }, { n: id + 1 }, { n: id + 2 }] };
}

function wantedOf(id: number): unknown {
  const ns = [id, id + 1, id + 2];
  return {
    id,
    root: id,
    mine: id,
    deep: id,
    tenant: `t${id}`,
    lines: ns.map((n) => ({ root: id, n, up: id })),
    sum: 3 * id + 3,
    sorted: [...ns].reverse(),
    groups: Object.fromEntries(ns.map((n) => [String(n), id])),
    joined: ns.map((n) => `${n}/${id}`).join(","),
    found: ns,
  };
}

describe("200 evaluations of one mapping", () => {
  const mapping = openMapping(MAPPING);
  const evaluate = (id: number): unknown => mapping.evaluate(inputOf(id), { tenant: `t${id}` });
  const ids = Array.from({ length: COUNT }, (_, id) => id);

  it("each see their own input, bindings and $$", () => {
    expect(ids.map(evaluate)).toEqual(ids.map(wantedOf));
  });

  it("asked for by callers that wait in between", async () => {
    const results = await Promise.all(
      ids.map(async (id) => {
        const found: unknown[] = [];
        for (let turn = 0; turn < 3; turn++) {
          await (turn % 2 === 0 ? Promise.resolve() : new Promise((go) => setImmediate(go)));
          found.push(evaluate(id));
        }
        return found;
      }),
    );
    expect(results).toEqual(ids.map((id) => [wantedOf(id), wantedOf(id), wantedOf(id)]));
  });

  it("begun by a function of the host that another one calls", () => {
    const inner: unknown[] = [];
    const calling = openMapping(
      "{ 'before': $$.id, 'in': lines.$other($$.id), 'after': $$.id, 'tenant': $tenant }",
      {
        functions: {
          other: {
            call: (id: number) => {
              inner.push(evaluate(id + 1));
              return id;
            },
          },
        },
      },
    );
    const results = ids.map((id) => calling.evaluate(inputOf(id), { tenant: `t${id}` }));
    expect(results).toEqual(ids.map((id) => ({ before: id, in: [id, id, id], after: id, tenant: `t${id}` })));
    expect(inner).toEqual(ids.flatMap((id) => [wantedOf(id + 1), wantedOf(id + 1), wantedOf(id + 1)]));
  });

  it("cannot give one another time: a runaway that begins others is stopped by its own deadline", () => {
    const small = openMapping("id");
    const runaway = openMapping("$count([1..900000].$other($))", {
      limits: { deadline: 50 },
      functions: { other: { call: (id: number) => small.evaluate({ id }) } },
    });
    expect(() => runaway.evaluate({})).toThrow("longer than its deadline");
  });

  it("begun in the middle of one another", () => {
    // Reading the member runs the next evaluation while this one is under way.
    const nested = (id: number, into: unknown[]): unknown => {
      const input = inputOf(id);
      const entered = Object.defineProperty({ ...input }, "lines", {
        enumerable: true,
        get: () => {
          if (into[id + 1] === undefined && id + 1 < COUNT / 4) into[id + 1] = nested(id + 1, into);
          return input.lines;
        },
      });
      return mapping.evaluate(entered, { tenant: `t${id}` });
    };
    const results: unknown[] = [];
    results[0] = nested(0, results);
    expect(results).toEqual(ids.slice(0, COUNT / 4).map(wantedOf));
  });

  it("among failing ones, which leave nothing behind", () => {
    const failing = openMapping("{ 'id': $$.id, 'b': $sum(['x']) }");
    const results = ids.map((id) => {
      if (id % 3 !== 0) return evaluate(id);
      expect(() => failing.evaluate(inputOf(id))).toThrow("T0412");
      return evaluate(id);
    });
    expect(results).toEqual(ids.map(wantedOf));
  });

  it("of which a result that is changed changes no other", () => {
    const first = evaluate(1) as { lines: { root: number }[] };
    for (const line of first.lines) line.root = -1;
    first.lines.length = 0;
    expect(evaluate(1)).toEqual(wantedOf(1));
  });

  it("keep the constants of the mapping as they are written", () => {
    const constants = openMapping("{ 'list': [1, 2, { 'a': [3] }], 'text': 'x' }");
    const first = constants.evaluate({}) as { list: (number | { a: number[] })[] };
    (first.list[2] as { a: number[] }).a.push(4);
    first.list.push(5);
    expect(constants.evaluate({})).toEqual({ list: [1, 2, { a: [3] }], text: "x" });
  });
});
