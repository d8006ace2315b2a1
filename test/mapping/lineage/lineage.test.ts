import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseCases } from "../../../src/flow/cases.ts";
import { fixtureAnswers, NO_FIXTURES } from "../../../src/flow/look-up-fixtures.ts";
import { compileMapping } from "../../../src/mapping/compile.ts";
import { traceMapping } from "../../../src/mapping/lineage/trace.ts";
import { schemaShape } from "../../../src/schema/schema-shape.ts";
import { shippedDesk, shippedFlows } from "../../mappings/shipped-flows.ts";
import { CORPUS, INPUT } from "./corpus.ts";
import { unexplained } from "./sound.ts";

const ORDER = {
  type: "object",
  required: ["id", "lines"],
  properties: {
    id: { type: "string" },
    state: { type: "string" },
    customer: { type: "object", properties: { name: { type: "string" }, city: { type: "string" } } },
    lines: {
      type: "array",
      items: {
        type: "object",
        required: ["sku"],
        properties: { sku: { type: "string" }, qty: { type: "number" }, price: { type: "number" } },
      },
    },
  },
};

const SHAPE = schemaShape("order.json", () => JSON.stringify(ORDER));

/** `/id ← /id`, `?` before a path that only decides, `~` where it is set sometimes only. */
function flows(text: string): readonly string[] {
  return traceMapping(text, { path: "m.jsonata", shape: SHAPE }).targets.map(({ path, set, sources }) => {
    const from = sources.map((one) => `${one.role === "decides" ? "?" : ""}${one.path}`).join(" ");
    return `${set === "always" ? "" : "~"}${path} ← ${from}`.trim();
  });
}

function reads(text: string): readonly string[] {
  return traceMapping(text, { path: "m.jsonata", shape: SHAPE }).paths.map(
    ({ path, place }) => `${path} ${place.line}:${place.column}`,
  );
}

describe("what a target field is computed from", () => {
  it("names the source through arrays, with * for an item", () => {
    expect(flows('{ "no": id, "rows": [ lines.{ "article": sku, "sum": qty * price } ] }')).toEqual([
      "/no ← /id",
      "/rows ←",
      "/rows/* ← ?/lines",
      "/rows/*/article ← /lines/*/sku",
      "~/rows/*/sum ← /lines/*/qty /lines/*/price",
    ]);
  });

  it("follows variables, blocks and functions of the mapping", () => {
    expect(
      flows(
        '( $c := customer; $up := function($t) { $uppercase($t) }; { "n": $up($c.name), "i": $up(id) } )',
      ),
    ).toEqual(["~/n ← /customer/name", "/i ← /id"]);
  });

  it("tells what stands in a field from what only decides it", () => {
    expect(flows('{ "s": state = "X" ? customer.name : "none" }')).toEqual(["~/s ← /customer/name ?/state"]);
    expect(flows('{ "s": customer.name ?? id }')).toEqual(["/s ← /customer/name /id"]);
  });

  it("follows functions that take functions", () => {
    expect(flows('{ "l": $map(lines, function($l) { { "s": $l.sku } }) }')).toContain("~/l/s ← /lines/*/sku");
    expect(flows('{ "t": $reduce(lines.qty, function($a, $b) { $a + $b }) }')).toEqual([
      "~/t ← /lines/*/qty ?/lines",
    ]);
    expect(flows('{ "f": $filter(lines, function($l) { $l.qty > 1 }).sku }')).toEqual([
      "~/f ← /lines/*/sku ?/lines ?/lines/*/qty",
    ]);
  });

  it("takes what is looked up as made from what it is looked up by", () => {
    expect(flows('{ "a": $xref("erp", id, state) ?? null, "b": $code("list", customer.city) }')).toEqual([
      "/a ← /id /state",
      "~/b ← /customer/city",
    ]);
    expect(flows('{ "c": $customer("erp", customer.name).emails[0].address }')).toEqual([
      "~/c ← /customer/name",
    ]);
    expect(flows('$exists($xref("erp", state)) ? { "a": state } : { "a": id }')).toEqual([
      "← ?/state",
      "/a ← /state",
      "/a ← /id",
    ]);
  });

  it("widens what it cannot tell, and never drops it", () => {
    expect(flows('{ "a": $lookup(customer, state) }')).toEqual(["~/a ← /state /customer/**"]);
    expect(flows('{ "a": customer.* }')).toEqual(["~/a ← /customer/**"]);
    expect(flows('{ "a": **.city }')).toEqual(["~/a ← /**"]);
    expect(flows('{ "a": $string($$) }')).toEqual(["/a ←"]);
  });

  it("says for a field with a computed name that any name is set", () => {
    expect(flows("lines{ sku: $sum(qty) }")).toEqual(["~/* ← /lines/*/qty /lines/*/sku"]);
  });

  it("a value handed over is handed over with all below it", () => {
    const [field] = traceMapping('{ "c": customer }', { path: "m", shape: SHAPE }).targets;
    expect(field).toMatchObject({ path: "/c", whole: true, set: "sometimes" });
  });

  it("a field is set always when the schema, a condition or the key says its source is there", () => {
    const set = (text: string, given: readonly string[] = []): string =>
      traceMapping(text, { path: "m", shape: SHAPE, given }).targets.find(({ path }) => path === "/a")?.set ??
      "";
    expect(set('{ "a": id }')).toBe("always");
    expect(set('{ "a": state }')).toBe("sometimes");
    expect(set('{ "a": state }', ["state"])).toBe("always");
    expect(set('state ? { "a": state } : { "a": id }')).toBe("always");
    expect(set('$exists(state) ? { "a": $uppercase(state) } : { "a": id }')).toBe("always");
    expect(set('{ "a": $phone(id, "DE") }')).toBe("sometimes");
    expect(set('{ "a": $phone(id, "DE") ?? id }')).toBe("always");
    expect(set('( $p := $phone(id, "DE"); $p ? { "a": $p } : { "a": "none" } )')).toBe("always");
    expect(set('state = "X" ? { "a": id } : { "b": id }')).toBe("sometimes");
  });
});

describe("where a field is made", () => {
  const text = `(
  $mail := function($a){ { "address": $a, "kind": "work" } };
  {
    "id": KUNNR,
    "name": { "full": NAME1 & " " & NAME2, 'first': NAME1 },
    "emails": [ $mail(EMAIL) ],
    "lines": POS.{ "sku": MATNR, "tax": { "rate": RATE } },
    "byKind": X{ KIND: { "total": $sum(N) } }
  }
)`;

  it.each([
    ["/id", 4, 5],
    ["/name", 5, 5],
    ["/name/full", 5, 15],
    ["/name/first", 5, 44],
    ["/emails/*/address", 2, 28],
    ["/lines/tax/rate", 7, 43],
    ["/byKind/*/total", 8, 26],
  ])("%s is at %i:%i", (path, line, column) => {
    const found = traceMapping(text, { path: "customer.jsonata" }).targets.find((one) => one.path === path);
    expect(found?.place).toEqual({ file: "customer.jsonata", line, column });
  });
});

describe("what is read", () => {
  it("is told with line and column, in the order of the mapping", () => {
    expect(reads('{\n  "a": customer.name,\n  "b": lines[qty > 1].sku\n}')).toEqual([
      "/customer/name 2:17",
      "/lines/*/qty 3:14",
      "/lines/*/sku 3:23",
    ]);
  });

  it("finds names in backticks and quotes, parents, roots and binds", () => {
    expect(reads("`customer`.`name`")).toEqual(["/customer/name 1:12"]);
    expect(reads("lines.(%.id)")).toEqual(["/id 1:10"]);
    expect(reads("lines.{ 'a': $$.id }")).toEqual(["/id 1:17"]);
    expect(reads("lines@$l.customer[name = $l.sku].city")).toEqual([
      "/customer/name 1:19",
      "/lines/*/sku 1:29",
      "/customer/city 1:34",
    ]);
  });
});

describe("a compiled mapping", () => {
  it("tells what it reads", () => {
    expect(compileMapping('{ "a": b.c }', { path: "m" }).paths).toEqual([
      { path: "/b/c", place: { file: "m", line: 1, column: 10 } },
    ]);
  });

  it("that calls itself without end is analysed in bounded time", () => {
    const text =
      "( $f := function($n) { $f($n) & $f(b) & $g($n) }; $g := function($n) { $f($n) & $g(c) }; $f(a) )";
    const paths = compileMapping(text, { path: "m" }).paths.map(({ path }) => path);
    expect(paths).toContain("/a");
  });

  it("that is nested too deeply to be followed may read everything", () => {
    const { paths, targets } = traceMapping(`${"b & ".repeat(5_000)}b`, { path: "m" });
    expect(paths.map(({ path }) => path)).toEqual(["/**"]);
    expect(targets).toMatchObject([{ path: "", whole: true, sources: [{ path: "/**" }] }]);
  });

  it("whose result has more fields than can be told has one that stands for all", () => {
    const pairs = Array.from(
      { length: 40 },
      (_, index) => `$o${index + 1} := { "a": $o${index}, "b": $o${index}, "n": f${index} };`,
    );
    const { targets } = traceMapping(`( $o0 := x; ${pairs.join("")} $o40 )`, { path: "m" });
    expect(targets.length).toBeLessThan(6_000);
    const all = targets.find(({ path }) => path === "");
    expect(all?.whole).toBe(true);
    expect(all?.sources.map(({ path }) => path)).toEqual(expect.arrayContaining(["/x", "/f0", "/f39"]));
  });
});

describe("nothing that changes the result goes unseen", () => {
  it.each(CORPUS)("%s", (text) => {
    expect(unexplained(text, INPUT)).toEqual([]);
    expect(
      unexplained(
        text,
        INPUT,
        schemaShape("s", () => JSON.stringify(DESCRIBED)),
      ),
    ).toEqual([]);
  });

  const DESCRIBED = {
    type: "object",
    properties: {
      ...ORDER.properties,
      lines: {
        type: "array",
        items: { type: "object", properties: { tags: { type: "array", items: { type: "string" } } } },
      },
      deep: {
        type: "object",
        properties: {
          one: { type: "object", properties: { two: { type: "array", items: { type: "object" } } } },
        },
      },
    },
  };

  it.each(shippedFlows())("in the cases of %s", (name) => {
    const folder = `mappings/${name}`;
    const accepts = /^accepts: (\S+)/m.exec(readFileSync(`${folder}/flow.yaml`, "utf8"))?.[1] ?? "";
    const map = /^map: (\S+)/m.exec(readFileSync(`${folder}/flow.yaml`, "utf8"))?.[1] ?? "";
    const shape = schemaShape(accepts, (path) => readFileSync(path, "utf8"));
    const text = readFileSync(`${folder}/${map}`, "utf8");
    const desk = shippedDesk(text, map);
    for (const file of readdirSync(`${folder}/cases`)) {
      for (const one of parseCases(readFileSync(`${folder}/cases/${file}`, "utf8"), file)) {
        if (typeof one.in === "string") continue;
        const { in: input, lookups = NO_FIXTURES } = one;
        const { functions } = desk;
        const found = desk.serve(fixtureAnswers(lookups), () => unexplained(text, input, shape, functions));
        expect(found.result).toEqual([]);
      }
    }
  });
});
