import { rm } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { inspect } from "../../src/cli/project-files.ts";
import { assembleProject } from "../samples/assemble.ts";
import { checkedFlow } from "./strict-flow.ts";

const ACCEPTS = {
  type: "object",
  additionalProperties: false,
  required: ["id", "lines"],
  properties: {
    id: { type: "string", pattern: "^[0-9]{1,18}$" },
    name: { type: ["string", "null"] },
    lines: { type: "array", items: { $ref: "#/$defs/line" } },
    address: { allOf: [{ $ref: "parts.schema.json#/$defs/place" }, { required: ["city"] }] },
    payer: {
      anyOf: [
        { type: "object", additionalProperties: false, properties: { iban: { type: "string" } } },
        { type: "object", additionalProperties: false, properties: { card: { type: "string" } } },
      ],
    },
    open: { type: "object", properties: { colour: { type: "string" }, NAME1: { type: "string" } } },
    serial: { type: "integer", maximum: 1e18 },
  },
  $defs: {
    line: {
      type: "object",
      additionalProperties: false,
      required: ["sku"],
      properties: { sku: { type: "string" }, qty: { type: "number" } },
    },
  },
};

const PARTS = {
  $defs: {
    place: {
      type: "object",
      additionalProperties: false,
      properties: { city: { type: "string" }, zip: { type: "string" } },
    },
  },
};

const EMITS = {
  type: "object",
  additionalProperties: false,
  required: ["id"],
  properties: {
    id: { type: "string" },
    op: { type: "string" },
    names: { type: ["array", "null"], items: { type: "string" } },
    rows: {
      type: "array",
      items: {
        type: "object",
        additionalProperties: false,
        required: ["sku"],
        properties: { sku: {}, qty: {} },
      },
    },
    free: { type: "object" },
    any: true,
  },
};

/** What is found in a mapping: `severity line:column message`. */
function judged(map: string, flow: Readonly<Record<string, string>> = {}): readonly string[] {
  return checkedFlow({ map, accepts: ACCEPTS, emits: EMITS, parts: PARTS, flow }).map(
    ({ severity, place, message, cure }) =>
      `${severity} ${place.file?.endsWith(".yaml") === true ? "flow " : ""}${place.line}:${place.column} ${message} | ${cure}`,
  );
}

describe("a source field that the accepts-schema cannot have", () => {
  it.each([
    ['{ "id": id, "any": nmae }', 'error 1:20 the record cannot have "nmae"', 'Did you mean "name"?'],
    ['{ "id": id, "any": lines.skuu }', 'error 1:26 /lines/* cannot have "skuu"', 'Did you mean "sku"?'],
    ['{ "id": id, "any": lines[0].ean }', 'error 1:29 /lines/* cannot have "ean"', "There is sku, qty."],
    [
      '{ "id": id, "any": $map(lines, function($l) { $l.skew }) }',
      'error 1:50 /lines/* cannot have "skew"',
      "sku",
    ],
    ['{ "id": id, "any": address.town }', 'error 1:28 /address cannot have "town"', "There is city, zip."],
    ['{ "id": id, "any": payer.cash }', 'error 1:26 /payer cannot have "cash"', "There is iban, card."],
    ['{ "id": id, "any": id.value }', "error 1:23 /id is string by", "Correct the path"],
    ['{ "id": $xref("erp", idd) }', 'error 1:22 the record cannot have "idd"', 'Did you mean "id"?'],
    ['{ "id": id, "any": open.color }', "warning 1:25 /open/color is not named in", 'Did you mean "colour"?'],
    ['( $p := address; { "id": id, "any": $p.street } )', 'error 1:40 /address cannot have "street"', "city"],
  ])("%s", (map, message, cure) => {
    const [found, ...others] = judged(map);
    expect(found).toContain(message);
    expect(found).toContain(cure);
    expect(others).toEqual([]);
  });

  it("is found in the expressions of flow.yaml too, and in a route's by the emits-schema", () => {
    expect(judged('{ "id": id }', { key: "idd", version: "lines.q" })).toEqual([
      expect.stringContaining('error flow 5:6 the record cannot have "idd"'),
      expect.stringContaining('error flow 6:16 /lines/* cannot have "q"'),
    ]);
    expect(judged('{ "id": id }', { when: 'opp = "x"' })).toEqual([
      expect.stringContaining('the record cannot have "opp"'),
    ]);
  });
});

describe("a result that the emits-schema refuses", () => {
  it.each([
    ['{ "any": id }', "error 1:1 /id is required by schemas/out.schema.json and never set"],
    [
      '{ "id": name }',
      "warning 1:3 /id is required by schemas/out.schema.json and only sometimes set: name is optional",
    ],
    [
      'name ? { "id": id } : { "op": "x" }',
      "warning 1:23 /id is required by schemas/out.schema.json, and not set in this branch",
    ],
    ['{ "id": $phone(id, "DE") }', "and only sometimes set: $phone gives nothing for a text it cannot read"],
    ['{ "id": id, "idd": 1 }', "error 1:13 /idd is not a member that schemas/out.schema.json knows"],
    ['{ "id": id, "rows": [ lines.{ "sku": sku, "n": qty } ] }', "error 1:43 /rows/*/n is not a member"],
    ['{ "id": id, "rows": [ lines.{ "qty": qty } ] }', "error 1:29 /rows/*/sku is required"],
    ['{ "id": id, "rows": lines.{ "sku": sku } }', "warning 1:21 /rows must be an array"],
    ['{ "id": id, "names": lines.sku }', "warning 1:22 /names must be an array"],
    ['{ "id": id, "names": name ? lines[qty > 1].sku : null }', "warning 1:29 /names must be an array"],
    ['{ "id": id, "names": $map(lines, function($l) { $l.sku }) }', "/names must be an array"],
  ])("%s", (map, message) => {
    const found = judged(map);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(message);
  });
});

describe("what differs on replay", () => {
  it.each(["$now()", "$millis()", "$random()"])("%s is a warning", (call) => {
    expect(judged(`{ "id": id, "any": ${call} }`)).toEqual([expect.stringContaining("warning 1:20 $")]);
  });

  it("is no finding with a reason, nor when the mapping has a variable of that name", () => {
    expect(judged('{ "id": id, "any": $now() /* clock: when the hub saw it */ }')).toEqual([]);
    expect(judged('( $now := id; { "id": $now } )')).toEqual([]);
  });
});

describe("numbers of more digits than a number can hold", () => {
  it.each([
    ['{ "id": id, "any": id = 12345678901234567890 }', "error 1:25 12345678901234567890 has more digits"],
    ['{ "id": id, "any": $number(id) }', "warning 1:20 /id may have more digits"],
    ['{ "id": id, "any": serial }', "warning 1:20 /serial may have more digits"],
  ])("%s", (map, message) => {
    expect(judged(map)).toEqual([expect.stringContaining(message)]);
  });
});

describe("nothing is found where nothing is wrong", () => {
  it("in the flows of the samples", async () => {
    const project = await assembleProject(null);
    try {
      const { findings, flows } = await inspect(project, { SAMPLES_DROP: project });
      // Some of these flows write one entity without a version, or publish what nobody reads there, on purpose.
      const meant = /has no `version`|no flow reads the topic/;
      expect(findings.filter(({ message }) => !meant.test(message))).toEqual([]);
      expect(flows).toHaveLength(21);
    } finally {
      await rm(project, { recursive: true });
    }
  });

  it.each([
    '{ "id": id, "names": [ lines.sku ], "rows": lines[].{ "sku": sku }, "free": { "x": 1 } }',
    '{ "id": name ?? id, "names": null }',
    '{ "id": id, "names": $append([], lines.sku), "any": lines.sku }',
    '{ "id": id, "any": payer.iban ?? payer.card, "free": address }',
    '$exists(name) ? { "id": name } : { "id": id }',
    'name and name != "" ? { "id": $trim(name) } : { "op": "x", "id": id }',
    '( $n := name ? $uppercase(name); $n ? { "id": $n } : { "id": id } )',
    '( $said := function($v) { $v != "/" }; $said(name) ? { "id": name } : { "id": id } )',
    '$not($exists(name)) ? { "id": id } : { "id": name }',
    'lines[sku = "x"][0].{ "id": sku }',
    '{ "id": id, "rows": [ lines[qty].{ "sku": sku, "qty": qty } ] }',
    '$merge([{ "id": id }, name ? { "op": name }])',
    '{ "id": id, (name): 1 }',
    '{ "id": id, "any": open.anything, "free": open.{ "a": NAME2 } }',
    '{ "id": id, "any": $sum(lines.qty) + 1234567 }',
    '{ "id": id, "any": (address ?: { "street": 1 }).street }',
    "$ ~> |$|{}|",
    '{ "id": id } ~> |$|{ "op": "x" }|',
    '{ "id": id, "names": [ lines@$l.$l.sku ], "any": lines#$i.{ "n": $i } }',
    '{ "id": id, "any": lines{ sku: $sum(qty) }, "names": $split(id, "-") }',
    '{ "id": $join(lines.sku, "-") ?? id, "any": $count(lines) }',
    '{ "id": $string(id), "any": $lookup(address, name), "names": [ $keys(address) ] }',
    '{ "id": id, "names": [ lines.(%.id) ] }',
    '{ "id": $xref("erp", id), "names": $customer("erp", id).emails.address }',
    '{ "id": $code("country", name), "op": $xref("erp", lines[0].sku, "billing") ?? null }',
    '$customer("erp", id).{ "id": name.full, "any": externalIds[system = "erp"].id, "rows": addresses }',
    '{ "id": id, "any": open.(NAME1 & NAME3), "free": { "a": open.colours & open.colour } }',
  ])("%s", (map) => {
    expect(judged(map)).toEqual([]);
  });

  it("a field is sure to be there when it is the key", () => {
    expect(judged('{ "id": name }', { key: "name" })).toEqual([]);
    expect(judged('{ "id": lines[qty = 1].sku }', { key: "lines[qty = 1].sku" })).toEqual([]);
  });
});
