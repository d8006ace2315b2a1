import fc from "fast-check";
import { expect, test } from "vitest";
import { newcomerOf, valuesOf } from "../../src/crm/newcomer.ts";
import { HubError } from "../../src/errors.ts";
import { packRows, type RowResult } from "../../src/intake/pack-rows.ts";
import { unpackRows } from "../../src/intake/unpack-rows.ts";
import type { JsonObject } from "../../src/message/json.ts";

const text = fc.string({ unit: "binary", maxLength: 12 });
const record = fc.record(
  {
    id: fc.string({ minLength: 1, maxLength: 5 }),
    name: fc.record({ full: text }),
    emails: fc.array(fc.record({ address: fc.emailAddress() }), { maxLength: 3 }),
    notes: fc.option(text),
  },
  { requiredKeys: ["id"] },
) as fc.Arbitrary<JsonObject>;
const mapped = fc
  .tuple(record, fc.subarray(["crm.customer", "erp.customer"]), fc.option(fc.oneof(text, fc.integer())))
  .map(([value, routes, version]): RowResult => {
    const prepared = { key: String(value["id"]), version, mapped: value, routes, asked: [] };
    return { prepared, newcomer: newcomerOf(value) };
  });
const failed = text.map((message) => new HubError("TL_MAPPING_FAILED", message, { place: { line: 7 } }));
const results = fc.array(fc.oneof(mapped, failed, fc.constant<RowResult>("unchanged")), { maxLength: 20 });

test("rows are after the crossing what they were before, whatever they hold", () =>
  fc.assert(
    fc.property(results, fc.boolean(), fc.constantFrom(0, 10, 100_000), (made, isNew, used) => {
      const keys = made.map((one) =>
        typeof one === "object" && "prepared" in one ? one.prepared.key : null,
      );
      const spare = [new Uint8Array(used).fill(255).buffer];
      const packed = packRows(1, made, () => isNew, spare);
      const crossed = unpackRows(structuredClone(packed, { transfer: [packed.texts] }), keys);
      expect(crossed).toHaveLength(made.length);
      for (const [index, before] of made.entries()) {
        const after = crossed[index];
        if (before === "unchanged" || after === "unchanged") expect(after).toBe(before);
        else if (before instanceof HubError || after instanceof HubError) expect(after).toEqual(before);
        else if (after !== undefined) expectSame(before, after, isNew);
      }
    }),
  ));

function sorted(contacts: readonly { readonly kind: string; readonly value: string }[]): readonly string[] {
  return contacts.map(({ kind, value }) => kind + value).sort();
}

function expectSame(
  { prepared, newcomer }: Exclude<RowResult, HubError | "unchanged">,
  after: Exclude<ReturnType<typeof unpackRows>[number], HubError | "unchanged">,
  isNew: boolean,
): void {
  const { mapped: value, ...rest } = prepared;
  expect(after).toMatchObject(rest);
  if (newcomer === null) expect(after.newcomer).toBeNull();
  else {
    const { values: _, ...columns } = newcomer;
    expect(after.newcomer).toMatchObject({ ...columns, contacts: expect.anything() });
    expect(sorted(after.newcomer?.contacts ?? [])).toEqual(sorted(columns.contacts));
    expect(valuesOf(after.newcomer as typeof newcomer)).toEqual(valuesOf(newcomer));
  }
  // Of somebody new only what the record says is left: what clears, clears nothing.
  if (isNew && newcomer !== null)
    expect(after.mapped).toEqual({ id: (value as JsonObject)["id"], ...valuesOf(newcomer) });
  else expect(after.mapped).toEqual(value);
}
