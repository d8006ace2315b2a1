import fc from "fast-check";
import type { CrmItem } from "../../src/crm/apply.ts";
import type { JsonObject } from "../../src/message/json.ts";
import { NOW } from "./repository.ts";

export const SYSTEMS = ["erp", "billing", "shop"];
export const IDS = ["1", "2", "3"];

const text = fc.constantFrom("a", "b", "c");
const phone = fc.constantFrom(
  "+49301234567",
  "+49 30 1234567",
  "030 1234567",
  "+12025550100",
  "12",
  "5550000",
);
const email = fc.constantFrom("a@x.de", "A@X.DE", "b@x.de", "not an address");
export const values = {
  status: fc.constantFrom("active", "inactive", null),
  taxId: fc.option(text),
  name: fc.option(fc.record({ full: fc.option(text), family: fc.option(text) }, { requiredKeys: [] })),
  emails: fc.option(fc.array(fc.record({ address: email }), { maxLength: 3 })),
  phones: fc.option(fc.array(fc.record({ number: phone }), { maxLength: 3 })),
  addresses: fc.option(
    fc.array(fc.record({ city: text, country: fc.constantFrom("DE", "US") }), { maxLength: 2 }),
  ),
  attributes: fc.option(fc.dictionary(fc.constantFrom("x", "y", "__proto__"), fc.option(text))),
  links: fc.option(
    fc.array(fc.record({ system: fc.constantFrom(...SYSTEMS), id: fc.constantFrom(...IDS) }), {
      maxLength: 2,
    }),
  ),
};
const partial = fc.record(values, { requiredKeys: [] });
/** Says something about every field and part, so that nothing of an earlier one is left. */
export const whole = fc.record({
  ...values,
  name: fc.record({ full: fc.option(text), family: fc.option(text) }),
  attributes: fc.record({ x: fc.option(text), y: fc.option(text) }),
  links: fc.constant(null),
});

/** One item to be made of. Few systems, ids and values, so that they meet. */
export interface Step {
  readonly system: string;
  readonly id: string;
  readonly entity: CrmItem["entity"];
  readonly record: JsonObject;
  readonly remove: boolean;
  readonly hash: number | null;
  readonly version: number | null;
  readonly stub: boolean;
}

const reference = fc.option(fc.record({ system: fc.constantFrom(...SYSTEMS), id: fc.constantFrom(...IDS) }));
const history = fc.record(
  {
    customer: reference,
    contact: fc.option(fc.record({ phone }, { requiredKeys: [] })),
    subject: fc.option(text),
  },
  { requiredKeys: [] },
);
const common = {
  system: fc.constantFrom(...SYSTEMS),
  id: fc.constantFrom(...IDS),
  remove: fc.boolean(),
  hash: fc.option(fc.nat(3)),
  version: fc.option(fc.nat(5)),
  stub: fc.boolean(),
};
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ ...common, entity: fc.constant("customer" as const), record: partial }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ ...common, entity: fc.constantFrom("interaction", "order"), record: history }),
  },
) as fc.Arbitrary<Step>;
export const steps = fc.array(step, { maxLength: 14 });

/** The item of a step; every fourth that may is a deletion. */
export function toItem(made: Step, place: number): CrmItem {
  const { system, id, entity, record, remove, hash, version, stub } = made;
  return {
    ...{ entity, system, version },
    record: remove && place % 4 === 0 ? { op: "delete", id } : { ...record, id },
    hash: hash === null ? null : `hash ${hash}`,
    origin: { message: place + 1, file: null, row: null, flowVersion: 1, at: NOW + place },
    allowStale: false,
    missingReference: stub ? "stub" : "fail",
  };
}
