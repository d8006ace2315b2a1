import { describe, expect, it } from "vitest";
import { type GoldenSource, golden } from "../../src/crm/golden.ts";
import { mergeRecord } from "../../src/crm/merge.ts";
import { packChanged, trace, unpackChanged } from "../../src/crm/provenance.ts";
import type { JsonObject } from "../../src/message/json.ts";

function origin(at: number) {
  return { message: at, file: null, row: null, flowVersion: 7, at };
}

function source(
  system: string,
  at: number,
  values: JsonObject,
  more: Partial<GoldenSource> = {},
): GoldenSource {
  return { system, externalId: "1", deleted: false, values, origin: origin(at), changed: null, ...more };
}

describe("the golden record", () => {
  it("takes each field from the source that changed it last", () => {
    const erp = source("erp", 1, { status: "active", taxId: "DE1", attributes: { a: 1, b: 1 } });
    const billing = source("billing", 2, { status: "blocked", attributes: { b: 2 } });
    const { values, provenance } = golden([erp, billing]);
    expect(values).toEqual({ status: "blocked", taxId: "DE1", attributes: { a: 1, b: 2 } });
    expect(provenance.get("taxId")).toEqual({ system: "erp", externalId: "1", ...origin(1) });
    expect(provenance.get("attributes.b")).toMatchObject({ system: "billing", flowVersion: 7 });
  });

  it("does not let a resend of old values win over what another system changed since", () => {
    const before = { status: "active", taxId: "DE1" };
    const after = mergeRecord(before, { id: "1", status: "active", taxId: "DE2" });
    const traced = trace({ origin: origin(1), changed: null }, before, after, origin(3));
    const erp = source("erp", 1, after, traced);
    const billing = source("billing", 2, { status: "blocked", taxId: "DE9" });
    expect(golden([erp, billing]).values).toEqual({ status: "blocked", taxId: "DE2" });
  });

  it("unites numbers and addresses by normal form, newest first, each with its own origin", () => {
    const erp = source("erp", 1, {
      phones: [{ type: "work", number: "030 1234567" }],
      emails: [{ address: "Anna@X.de" }],
      addresses: [{ street: "Weg  1", city: "Berlin", country: "DE" }],
    });
    const billing = source("billing", 2, {
      phones: [{ number: "+49 30 1234567" }, { number: "+49 40 7654321" }],
      emails: [{ address: "b@x.de" }],
      addresses: [{ street: "weg 1", city: "Berlin", country: "DE" }],
    });
    const { values, provenance } = golden([erp, billing]);
    expect(values["phones"]).toEqual([{ number: "+49 30 1234567" }, { number: "+49 40 7654321" }]);
    expect(values["emails"]).toEqual([{ address: "b@x.de" }, { address: "Anna@X.de" }]);
    expect(values["addresses"]).toHaveLength(1);
    expect(provenance.get("emails:anna@x.de")?.system).toBe("erp");
  });

  it("leaves out deleted sources and cross-references", () => {
    const gone = source("erp", 1, { status: "active" }, { deleted: true });
    const linked = source("shop", 2, { links: [{ system: "erp", id: "1" }] });
    expect(golden([gone, linked]).values).toEqual({});
  });
});

describe("provenance of a record", () => {
  it("survives its text form, and forgets what was replaced or removed", () => {
    const first = { origin: origin(1), changed: null };
    const one = { status: "a", taxId: "t", notes: "n" };
    const two = { status: "b", taxId: "t", notes: "n" };
    const second = trace(first, one, two, origin(2));
    expect(unpackChanged(packChanged(second?.changed ?? null))).toEqual([
      { origin: origin(2), leaves: ["status"] },
    ]);
    const third = second && trace(second, two, { taxId: "t", notes: "m" }, origin(3));
    expect(third).toEqual({ origin: origin(1), changed: [{ origin: origin(3), leaves: ["notes"] }] });
    expect(third && trace(third, { taxId: "t" }, { taxId: "t" }, origin(4))).toBeUndefined();
    expect(trace(first, { status: "a" }, { status: "b" }, origin(5))).toEqual({
      origin: origin(5),
      changed: null,
    });
  });
});
