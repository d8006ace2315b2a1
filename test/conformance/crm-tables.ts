import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CrmItem } from "../../src/crm/apply.ts";
import { applyToCrm } from "../../src/crm/apply-to-crm.ts";
import { byEmail, byExternalId, byPhone, customerById, historyOf } from "../../src/crm/view.ts";
import { search } from "../../src/crm/view-search.ts";
import { unassignedPage } from "../../src/crm/view-unassigned.ts";
import type { JsonObject } from "../../src/message/json.ts";
import type { CrmReads, SearchHit, SearchPoint } from "../../src/store/crm-reads.ts";
import type { CrmTables, CrmWrites, CustomerRow, Newcomers, RecordRow } from "../../src/store/crm-tables.ts";

/** One store under test, empty when it is opened. */
export interface OpenedCrm {
  /** Runs `work` in one transaction; what it throws undoes all of it. */
  transaction<T>(work: (tables: CrmTables) => Promise<T>): Promise<T>;
  /** Reads what is committed. */
  readonly reads: CrmReads;
  close(): Promise<void>;
}

const NOW = 1_700_000_000_000;
export const NOTHING: CrmWrites = {
  ...{
    newCustomers: [],
    customers: [],
    newRecords: [],
    records: [],
    seen: [],
    newContacts: [],
    oldContacts: [],
  },
  ...{ newLinks: [], oldLinks: [], moved: [], merged: [] },
};

export function customer(id: number, more: Partial<CustomerRow> = {}): CustomerRow {
  const times = { createdAt: NOW, updatedAt: NOW };
  return {
    id,
    name: null,
    folded: null,
    status: null,
    revision: 1,
    alive: true,
    mergedInto: null,
    ...times,
    ...more,
  };
}

/** Rows are read in no order. */
function byId<Row extends { readonly id: number }>(rows: readonly Row[]): readonly Row[] {
  return [...rows].sort((a, b) => a.id - b.id);
}

function record(id: number, externalId: string, more: Partial<RecordRow> = {}): RecordRow {
  return {
    ...{
      id,
      entity: "customer",
      system: "erp",
      externalId,
      customer: 1,
      version: null,
      hash: null,
      deleted: false,
    },
    ...{ values: "{}", changed: null, born: null, holder: null, phone: null, email: null, happenedAt: null },
    origin: { message: 1, file: null, row: null, flowVersion: 1, at: NOW },
    ...more,
  };
}

/** What every store promises the CRM. `open` gives an empty one. `skip` needs a reason. */
export function describeCrmTables(
  name: string,
  open: () => Promise<OpenedCrm>,
  skip: string | false = false,
): void {
  describe.skipIf(skip !== false)(
    `the CRM's tables in ${name}${skip === false ? "" : ` (skipped: ${skip})`}`,
    () => {
      let crm: OpenedCrm;
      beforeEach(async () => {
        crm = await open();
      });
      afterEach(() => crm.close());
      const write = (writes: Partial<CrmWrites>) =>
        crm.transaction((tables) => tables.write({ ...NOTHING, ...writes }));

      it("draws ids that rise and are never given twice, in one transaction or the next", async () => {
        const first = await crm.transaction((tables) => tables.reserve(3, 2));
        const second = await crm.transaction((tables) => tables.reserve(1, 1));
        expect(first.customer).toBeGreaterThan(0);
        expect(second.customer).toBeGreaterThanOrEqual(first.customer + 3);
        expect(second.record).toBeGreaterThanOrEqual(first.record + 2);
      });

      it("gives records back as they were written, by key, id and customer", async () => {
        const full = record(1, "4711", {
          ...{ version: 12, hash: "AP8B", values: '{"name":{"full":"ä😀"}}', born: 2 },
          origin: { message: null, file: 3, row: 17, flowVersion: 9, at: NOW + 1 },
          changed: '[[[1,null,null,1,5],["status"]]]',
        });
        const textual = record(2, "4712", { version: "12", deleted: true });
        const order = record(3, "4711", { entity: "order", holder: 1, happenedAt: 5 });
        await write({ newCustomers: [customer(1)], newRecords: [full, textual, order] });
        await crm.transaction(async (tables) => {
          const heads = await tables.heads("customer", "erp", ["4711", "4712", "none", "4711"]);
          expect([...heads].sort((a, b) => a.id - b.id)).toEqual([
            {
              entity: "customer",
              system: "erp",
              externalId: "4711",
              id: 1,
              customer: 1,
              version: 12,
              hash: full.hash,
            },
            {
              entity: "customer",
              system: "erp",
              externalId: "4712",
              id: 2,
              customer: 1,
              version: "12",
              hash: null,
            },
          ]);
          expect(await tables.heads("customer", "billing", ["4711"])).toEqual([]);
          expect(await tables.records([3])).toEqual([order]);
          expect([...(await tables.recordsOf([1, 9]))].sort((a, b) => a.id - b.id)).toEqual([full, textual]);
        });
        expect(await crm.reads.recordsOf([1])).toEqual([full, textual]);
      });

      it("tells of many records at once which are new and which the same, whatever they are called", async () => {
        const ids = ["a", "1", '"\\\n', "ü😀", "", "toString", "\u2028", "b"];
        const rows = ids.map((id, n) => record(n + 1, id, { hash: n === 7 ? null : `h${n}` }));
        await write({ newRecords: [...rows, record(99, "x", { system: "billing", hash: "h" })] });
        await crm.transaction(async (tables) => {
          const compare = (names: readonly string[], hashes: readonly (string | null)[]) =>
            tables.compare("customer", "erp", names, hashes);
          const same = ids.map((_, n) => `h${n}`);
          expect(await compare(ids, same)).toEqual([...Array(7).fill("same"), "other"]);
          expect(await compare(["a", "x", "a", "b"], ["h", "h", "h0", null])).toEqual([
            ...["other", "new", "same", "other"],
          ]);
          expect(await compare([], [])).toEqual([]);
        });
      });

      it.each<readonly [string, Partial<Newcomers>]>([
        ["of one version", { versions: ["1", "1", "1"] }],
        ["each of its own version", { versions: ["1", "", '2026 01 "x"'] }],
        ["without a version", { versions: [null, null, null], hashes: ["h", null, "j"] }],
        ["with versions of all kinds", { versions: [1, "2", null] }],
        ["with hashes like texts", { hashes: ["h i", "", "j"] }],
        ["with rows between them", { rows: [5, 6, 8] }],
        ["with names that look like others", { names: [":", "1:x", "}"], folded: ["0", ":", null] }],
        ["with quotes and lines", { names: ['"\\', "a\nb", "{}"], externalIds: ['"', "\\n", "\t"] }],
        ["with control characters", { externalIds: ["\u0001", "\u001f", "c"] }],
        ["of several standings", { statuses: [null, "on hold", '"'] }],
      ])("writes newcomers as it writes them row by row: %s", async (_, own) => {
        const times = { at: NOW, file: 3, flowVersion: 4, system: "shop" };
        const texts = ['{"n":"ä😀"}', "{}", '{"n":1}'].map((text) => Buffer.from(text));
        const newcomers: Newcomers = {
          ...times,
          rows: [5, 6, 7],
          externalIds: ["a", "b", "c"],
          versions: ["1", "2", "3"],
          hashes: ["h", "i", "j"],
          values: { bytes: Buffer.concat(texts), lengths: texts.map(({ length }) => length) },
          names: ["Zoë", null, "Ann"],
          folded: ["zoe", null, "ann"],
          statuses: ["active", "active", "active"],
          contacts: [
            { kind: "phone", values: ["+491", "+491", "+492"], owners: [0, 2, 0] },
            { kind: "email", values: [], owners: [] },
          ],
          ...own,
        };
        await crm.transaction((tables) => tables.arrive(newcomers, { customer: 10, record: 20 }, NOW + 1));
        await crm.transaction(async (tables) => {
          expect(byId(await tables.recordsOf([10, 11, 12]))).toEqual(
            newcomers.rows.map((row, n) =>
              record(20 + n, newcomers.externalIds[n] as string, {
                ...{ system: "shop", customer: 10 + n, version: newcomers.versions[n] ?? null },
                ...{ hash: newcomers.hashes[n] ?? null, values: String(texts[n]) },
                origin: { message: null, file: 3, row, flowVersion: 4, at: NOW },
              }),
            ),
          );
          expect(byId(await tables.customers([10, 11, 12]))).toEqual(
            newcomers.names.map((name, n) =>
              customer(10 + n, {
                ...{ name, folded: newcomers.folded[n] ?? null, status: newcomers.statuses[n] ?? null },
                ...{ createdAt: NOW + 1, updatedAt: NOW + 1 },
              }),
            ),
          );
          const points = await tables.withContact("phone", ["+491", "+492"]);
          expect(points.map(({ value, customer: id }) => `${value} ${id}`).sort()).toEqual([
            ...["+491 10", "+491 12", "+492 10"],
          ]);
        });
        const again = crm.transaction((tables) =>
          tables.arrive(newcomers, { customer: 30, record: 40 }, NOW),
        );
        await expect(again).rejects.toThrow();
        await crm.transaction(async (tables) => expect(await tables.customers([30])).toEqual([]));
      });

      it.each<readonly [string, Partial<Newcomers>]>([
        ["of one version", {}],
        ["each of its own version", { versions: ["1", "2 3"] }],
        ["with hashes", { hashes: ["h", "i"] }],
        ["with others between them", { rows: [11, 13] }],
        ["accepted together", { at: NOW }],
      ])("writes newcomers that are messages with the place and time of each: %s", async (_, own) => {
        const newcomers: Newcomers = {
          ...{ at: [NOW, NOW + 7], file: null, flowVersion: 4, system: "shop", rows: [11, 12] },
          ...{ externalIds: ["a", "b"], versions: ["1", "1"], hashes: [null, null] },
          values: { bytes: Buffer.from('{}{"n":1}'), lengths: [2, 7] },
          ...{ names: [null, null], folded: [null, null], statuses: [null, null], contacts: [] },
          ...own,
        };
        const { at, rows, versions, hashes } = newcomers;
        await crm.transaction(async (tables) => {
          await tables.arrive(newcomers, { customer: 10, record: 20 }, NOW + 9);
          expect(byId(await tables.recordsOf([10, 11]))).toEqual(
            rows.map((message, n) =>
              record(20 + n, n === 0 ? "a" : "b", {
                ...{
                  system: "shop",
                  customer: 10 + n,
                  version: versions[n] ?? null,
                  hash: hashes[n] ?? null,
                },
                values: n === 0 ? "{}" : '{"n":1}',
                origin: {
                  ...{ message, file: null, row: null, flowVersion: 4 },
                  at: typeof at === "number" ? at : (at[n] as number),
                },
              }),
            ),
          );
        });
      });

      it("keeps a record once for each entity, system and id", async () => {
        await write({ newRecords: [record(1, "4711")] });
        await expect(write({ newRecords: [record(2, "4711")] })).rejects.toThrow();
        await write({
          newRecords: [record(3, "4711", { system: "billing" }), record(4, "4711", { entity: "order" })],
        });
      });

      it("changes records and customers, and notes those found equal", async () => {
        await write({ newCustomers: [customer(1)], newRecords: [record(1, "a"), record(2, "b")] });
        const after = record(1, "a", { values: '{"status":"x"}', deleted: true, version: "v2" });
        const hash = "Bw==";
        const row = customer(1, {
          name: "N",
          folded: "n",
          status: "active",
          revision: 2,
          updatedAt: NOW + 5,
          alive: false,
        });
        await write({ customers: [row], records: [after], seen: [{ id: 2, version: 3, hash }] });
        await crm.transaction(async (tables) => {
          expect(await tables.records([1])).toEqual([after]);
          expect(await tables.records([2])).toEqual([record(2, "b", { version: 3, hash })]);
          expect(await tables.customers([1, 2])).toEqual([row]);
        });
      });

      it("keeps many rows of one statement apart, whatever columns they share", async () => {
        const rows = Array.from({ length: 150 }, (_, n) =>
          record(n + 1, `x${n}`, { customer: n % 2, version: n % 3 === 0 ? null : n, values: `{"n":${n}}` }),
        );
        await write({ newRecords: rows });
        await crm.transaction(async (tables) => {
          const found = await tables.records(rows.map(({ id }) => id));
          expect([...found].sort((a, b) => a.id - b.id)).toEqual(rows);
        });
      });

      it("finds customers by name in one order, however far apart their ids are", async () => {
        const names = ["meier", "maier", "meier", "mayer", "meier", "müller", "mahler"];
        const rows = names.map((folded, n) => customer(1 + n * 40_000, { name: folded, folded }));
        await write({ newCustomers: [...rows, customer(7, { folded: "meier", alive: false })] });
        const ids: number[] = [];
        for (let after: SearchPoint | null = null; ; ) {
          const hits: readonly SearchHit[] = await crm.reads.namedLike("m", after, 2);
          ids.push(...hits.map((hit) => hit.customer));
          if (hits.length === 0) break;
          after = hits.at(-1) as SearchPoint;
        }
        expect(ids).toEqual([240_001, 40_001, 120_001, 1, 80_001, 160_001, 200_001]);
        expect(await crm.reads.namedLike("mei", null, 9)).toHaveLength(3);
        expect(await crm.reads.namedLike("x", null, 9)).toEqual([]);
      });

      it("finds customers by the names they have now, whether they came long ago or just so", async () => {
        const named = (id: number, folded = `m${(id * 7919) % 5000}`) => customer(id, { folded });
        const rows = Array.from({ length: 5_000 }, (_, at) => named(at + 1));
        for (let at = 0; at < rows.length; at += 700) await write({ newCustomers: rows.slice(at, at + 700) });
        const gone = [2, 2_501, 4_999].map((id) => ({ ...named(id), alive: false }));
        const renamed = [1, 2_500, 5_000].map((id) => named(id, `ma${id}`));
        await write({ customers: [...gone, ...renamed] });
        const others = [named(2, "back"), customer(2_500), named(5_000, "back")];
        await write({ customers: others });
        const now = new Map([...rows, ...gone, ...renamed, ...others].map((row) => [row.id, row]));
        for (const prefix of ["m", "m1", "ma", "back"]) {
          const found: SearchHit[] = [];
          let hits: readonly SearchHit[] = [];
          do {
            hits = await crm.reads.namedLike(prefix, found.at(-1) ?? null, 1_000);
            found.push(...hits);
          } while (hits.length > 0);
          const wanted = [...now.values()].flatMap(({ id, folded, alive }) =>
            alive && folded?.startsWith(prefix) ? [{ folded, id }] : [],
          );
          wanted.sort((a, b) => (a.folded === b.folded ? a.id - b.id : a.folded < b.folded ? -1 : 1));
          expect(found.map((hit) => ({ folded: hit.key, id: hit.customer }))).toEqual(wanted);
        }
      });

      it("indexes contacts and cross-references, and forgets them", async () => {
        const phone = { kind: "phone", value: "+491", customer: 1 } as const;
        const email = { kind: "email", value: "+491", customer: 2 } as const;
        const link = { system: "erp", externalId: "9", record: 1 };
        await write({
          newRecords: [record(1, "a", { customer: 5 })],
          newContacts: [phone, email],
          newLinks: [link, link],
        });
        await crm.transaction(async (tables) => {
          expect(await tables.withContact("phone", ["+491", "none"])).toEqual([phone]);
          expect(await tables.linksTo("erp", ["9", "8"])).toEqual([{ ...link, customer: 5 }]);
        });
        await write({ oldContacts: [phone], oldLinks: [link] });
        await crm.transaction(async (tables) => {
          expect(await tables.withContact("phone", ["+491"])).toEqual([]);
          expect(await tables.withContact("email", ["+491"])).toEqual([email]);
          expect(await tables.linksTo("erp", ["9"])).toEqual([]);
        });
      });

      it("says whose an id is, and what other systems call the customer", async () => {
        await write({
          newCustomers: [
            customer(1),
            customer(2, { mergedInto: 3, alive: false }),
            customer(3, { mergedInto: 1 }),
          ],
          newRecords: [
            record(1, "00017"),
            record(2, "B-2", { system: "billing" }),
            record(3, "B-1", { system: "billing", deleted: true }),
            record(4, "B-3", { system: "billing" }),
            record(5, "00017", { entity: "order", customer: null }),
          ],
        });
        const erp = { system: "erp", externalId: "00017" };
        const asked = [
          { of: erp, target: null },
          { of: erp, target: "billing" },
          { of: { ...erp, externalId: "17" }, target: "billing" },
          { of: 2, target: "erp" },
          { of: 1, target: "shop" },
          { of: 9, target: null },
          { of: { system: "billing", externalId: "B-1" }, target: "billing" },
          { of: erp, target: null },
        ];
        const rows = await crm.transaction((tables) => tables.crossReference(asked));
        expect([...rows].sort((a, b) => a.at - b.at)).toEqual([
          { at: 0, customer: 1, id: null },
          { at: 1, customer: 1, id: "B-2" },
          { at: 3, customer: 1, id: "00017" },
          { at: 4, customer: 1, id: null },
          { at: 6, customer: 1, id: "B-2" },
          { at: 7, customer: 1, id: null },
        ]);
        expect(await crm.transaction((tables) => tables.crossReference([]))).toEqual([]);
      });

      it("lets the history follow records and contacts that move", async () => {
        const call = (id: number, more: Partial<RecordRow>) =>
          record(id, `${id}`, { entity: "interaction", happenedAt: id, ...more });
        await write({
          newRecords: [
            record(1, "a", { customer: 3 }),
            call(2, { customer: 3, holder: 1 }),
            call(3, { customer: 3, phone: "+491" }),
            call(4, { customer: 5, phone: "+492" }),
          ],
          newContacts: [{ kind: "phone", value: "+491", customer: 7 }],
        });
        await write({
          records: [record(1, "a", { customer: 4 })],
          moved: [3, 5],
          merged: [{ from: 5, to: 6 }],
        });
        const owners = async () =>
          await crm.transaction(async (tables) =>
            (await tables.records([2, 3, 4])).map(({ id, customer: owner }) => [id, owner]).sort(),
          );
        expect(await owners()).toEqual([
          [2, 4],
          [3, 7],
          [4, 6],
        ]);
      });

      it("undoes all of a transaction that fails", async () => {
        const failing = crm.transaction(async (tables) => {
          await tables.write({ ...NOTHING, newCustomers: [customer(1)], newRecords: [record(1, "a")] });
          throw new Error("on purpose");
        });
        await expect(failing).rejects.toThrow("on purpose");
        expect(await crm.reads.customers([1])).toEqual([]);
        expect(await crm.reads.recordsOf([1])).toEqual([]);
      });

      let at = NOW;
      const item = (entity: CrmItem["entity"], system: string, body: JsonObject): CrmItem => {
        at += 1;
        const origin = { message: at - NOW, file: null, row: null, flowVersion: 1, at };
        return {
          entity,
          system,
          record: body,
          version: null,
          hash: null,
          origin,
          allowStale: false,
          missingReference: "fail",
        };
      };
      const apply = (...items: CrmItem[]) => crm.transaction((tables) => applyToCrm(items, tables, NOW));
      const unassigned = async () => (await unassignedPage(crm.reads, "payment", null, 9)).entries;

      it.each<readonly [string, (payers: CrmItem[]) => CrmItem[]]>([
        ["alone in their batch", (payers) => payers],
        [
          "beside others that are no newcomers",
          (payers) => [item("customer", "erp", { id: "1", name: { full: "Ann" } }), ...payers],
        ],
      ])("gives payments to newcomers who are their payers: %s", async (_, batch) => {
        const payment = (id: string, payer: string) =>
          item("payment", "bank", { id, amount: "1.00", payer: { system: "bank", id: payer } });
        await apply(item("customer", "erp", { id: "1" }));
        await apply(payment("P", "DE1"), payment("Q", "DE2"), payment("R", "DE3"), payment("S", "DE1"));
        const payers = Array.from({ length: 5 }, (_unused, n) =>
          item("customer", "bank", { id: `DE${n + 2}` }),
        );
        const results = await apply(...batch([item("customer", "bank", { id: "DE1" }), ...payers.slice(1)]));
        expect((await unassigned()).map(({ id }) => id)).toEqual(["Q"]);
        expect(results.flatMap((result) => ("also" in result ? (result.also ?? []) : []))).toMatchObject(
          ["P", "S", "R"].map((id) => ({ topic: "payment.changed", fields: ["customer"], content: { id } })),
        );
        const owner = await byExternalId(crm.reads, "bank", "DE1");
        const history = await historyOf(crm.reads, owner?.id ?? "", null, 9);
        expect(history?.entries.map(({ id }) => id).sort()).toEqual(["P", "S"]);
      });

      it("carries the repository from a first load to the views", async () => {
        const load = Array.from({ length: 200 }, (_, n) =>
          item("customer", "erp", {
            id: `${n}`,
            name: { full: `Name ${n % 7}` },
            emails: [{ address: `c${n}@x.de` }],
          }),
        );
        await apply(...load);
        await apply(
          item("customer", "billing", {
            id: "B",
            links: [{ system: "erp", id: "5" }],
            phones: [{ number: "+49301234567" }],
          }),
          item("customer", "erp", { id: "6", links: [{ system: "erp", id: "5" }] }),
          item("order", "shop", { id: "O", customer: { system: "erp", id: "6" }, placedOn: "2024-01-01" }),
          item("interaction", "pbx", {
            id: "C",
            at: "2024-01-02T00:00:00Z",
            contact: { phone: "+49301234567" },
          }),
          item("interaction", "pbx", {
            id: "D",
            at: "2024-01-03T00:00:00Z",
            contact: { email: "nobody@x.de" },
          }),
        );
        const view = await byExternalId(crm.reads, "erp", "6");
        expect(view?.id).toBe((await byExternalId(crm.reads, "billing", "B"))?.id);
        expect(view?.values["emails"]).toHaveLength(2);
        expect((await byPhone(crm.reads, "+49 30 1234567")).map(({ id }) => id)).toEqual([view?.id]);
        expect((await byEmail(crm.reads, "C7@x.de")).map(({ externalIds }) => externalIds[0]?.id)).toEqual([
          "7",
        ]);
        expect((await historyOf(crm.reads, view?.id ?? "", null, 9))?.entries).toMatchObject([
          { id: "C" },
          { id: "O" },
        ]);
        expect((await customerById(crm.reads, "c-1"))?.alive).toBe(true);
        expect(await crm.reads.unlinked("email", "nobody@x.de", null, 9)).toHaveLength(1);
        const paid = { bookedOn: "2024-01-04", amount: "1.00", currency: "EUR", status: "booked" };
        await apply(
          item("payment", "bank", { id: "P", ...paid, payer: { system: "bank", id: "DE1" } }),
          item("payment", "bank", { id: "Q", ...paid, invoice: { system: "billing", id: "I" } }),
          item("payment", "bank", { id: "R", ...paid }),
        );
        expect((await unassigned()).map(({ id }) => id)).toEqual(["R", "Q", "P"]);
        await apply(
          item("customer", "erp", {
            id: "6",
            links: [
              { system: "erp", id: "5" },
              { system: "bank", id: "DE1" },
            ],
          }),
          item("invoice", "billing", {
            id: "I",
            customer: { system: "erp", id: "6" },
            issuedOn: "2024-01-03",
          }),
        );
        expect((await unassigned()).map(({ id }) => id)).toEqual(["R"]);
        expect((await historyOf(crm.reads, view?.id ?? "", null, 3))?.entries.map(({ id }) => id)).toEqual([
          "Q",
          "P",
          "I",
        ]);
        const found = new Set<string>();
        for (let cursor: string | null = null, first = true; first || cursor !== null; first = false) {
          const page = await search(crm.reads, "name 3", 10, cursor);
          for (const { id } of page.customers) found.add(id);
          cursor = page.cursor;
        }
        expect(found.size).toBe(load.filter((_, n) => n % 7 === 3).length);
      });
    },
  );
}
