import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Attempt } from "../../src/store/delivery-table.ts";
import {
  type DeliveryTries,
  MOST_EARLIER_TRIES,
  type Page,
  type Try,
  type TryPoint,
} from "../../src/store/queries.ts";
import type { QueriesUnderTest } from "./queries.ts";
import { delivery, message } from "./store.ts";

const AT = 1_000;
/** Of a delivery with its message. */
const SHOWN = 50;

/** By number, and when they began. */
type Tried = readonly (readonly [attempt: number, ...startedAt: readonly number[]])[];

/** Some do not count, some follow a replay, and some begin in the same millisecond. */
const MANY: Tried = [
  [1, ...from(AT, 120, 10), AT + 8_000, AT + 9_000, AT + 10_000],
  [2, AT + 2_000, AT + 8_001, AT + 9_000],
  [3, ...from(AT + 3_000, 60, 7)],
  [4, AT + 9_000],
  [12, AT + 4_000, AT + 9_000],
];

function from(first: number, count: number, step: number): readonly number[] {
  return Array.from({ length: count }, (_, n) => first + n * step);
}

function attemptsOf(id: number, tried: Tried): readonly Attempt[] {
  const rest = { delivery: id, code: "TL_TARGET_UNAVAILABLE", answer: null, exchange: null } as const;
  return tried.flatMap(([attempt, ...times]) =>
    times.map((startedAt) => ({ ...rest, attempt, startedAt, endedAt: startedAt + 1 })),
  );
}

/** All of a delivery, newest first. */
function listed(id: number, tried: Tried): readonly Try[] {
  return attemptsOf(id, tried)
    .map(({ exchange, ...one }) => ({ ...one, exchanged: exchange !== null }))
    .sort((a, b) => b.startedAt - a.startedAt || b.attempt - a.attempt);
}

/** The attempts of deliveries; every technology runs the same cases. */
export function describeAttempts(name: string, open: () => Promise<QueriesUnderTest>): void {
  describe(`attempts: ${name}`, () => {
    let under: QueriesUnderTest;
    let route: number;

    beforeAll(async () => {
      under = await open();
      route = await under.store.transaction(async (tx) => {
        await tx.flows.deploy("erp", "h", { "flow.yaml": "x" }, ["billing.customer"], AT);
        return (await tx.flows.routes())[0]?.id ?? 0;
      });
    });
    afterAll(() => under.dispose());

    /** A message with deliveries that were tried so. */
    async function delivered(...each: readonly Tried[]) {
      return under.store.transaction(async (tx) => {
        const [place = 0] = await tx.messages.insert([message("k")]);
        await tx.deliveries.insert(each.map(() => ({ ...delivery(place, "k"), route })));
        const ids = (await tx.deliveries.ofMessage(place)).map(({ id }) => id);
        await tx.deliveries.attempts(ids.flatMap((id, n) => attemptsOf(id, each[n] ?? [])));
        return { place, ids };
      });
    }

    async function pageOf(id: number, page: Page<TryPoint>): Promise<DeliveryTries> {
      const found = await under.queries.attempts(id, page);
      if (found === undefined) throw new Error("no such delivery");
      return found;
    }

    async function pagesOf(id: number, limit: number): Promise<readonly (readonly Try[])[]> {
      const pages: (readonly Try[])[] = [];
      let before: TryPoint | null = null;
      do {
        const page: DeliveryTries = await pageOf(id, { before, limit });
        pages.push(page.items);
        before = page.next;
      } while (before !== null);
      return pages;
    }

    test.each([1, 7, 50, 500])("attempts are listed newest first, in pages of %i", async (limit) => {
      const { ids } = await delivered(MANY, [[1, AT]]);
      const [many = 0, other = 0] = ids;
      const wanted = listed(many, MANY);
      const pages = await pagesOf(many, limit);
      expect(pages.flat()).toEqual(wanted);
      expect(pages).toHaveLength(Math.ceil(wanted.length / limit));
      expect(await pagesOf(other, limit)).toEqual([listed(other, [[1, AT]])]);
    });

    test("a message shows the newest of each delivery, and how many came before, as far as it is worth while", async () => {
      const few: Tried = [[1, ...from(AT, SHOWN, 1)]];
      const some: Tried = [
        [1, ...from(AT, SHOWN, 1)],
        [2, ...from(AT + SHOWN, 7, 1)],
      ];
      const most: Tried = [[1, ...from(AT, SHOWN + MOST_EARLIER_TRIES + 9, 1)]];
      const { place, ids } = await delivered([], few, some, MANY, most);
      const message = await under.queries.message(place);
      const shown = message?.deliveries.map(({ id, tries, earlierTries }) => ({ id, tries, earlierTries }));
      const expected = [[], few, some, MANY, most].map(async (tried, n) => {
        const id = ids[n] ?? 0;
        const all = listed(id, tried);
        const { items, next } = await pageOf(id, { before: null, limit: SHOWN });
        expect(items).toEqual(all.slice(0, SHOWN));
        return {
          ...{ id, tries: { items, next } },
          earlierTries: Math.min(all.length - items.length, MOST_EARLIER_TRIES),
        };
      });
      expect(shown).toEqual(await Promise.all(expected));
      expect(shown?.map(({ earlierTries }) => earlierTries)).toEqual([0, 0, 7, 139, 1_000]);
    });

    test("a page says whose delivery it is, also of one that was never tried", async () => {
      const { place, ids } = await delivered([]);
      const first = { before: null, limit: 9 };
      expect(await pageOf(ids[0] ?? 0, first)).toEqual({ message: place, items: [], next: null });
      expect(await under.queries.attempts(1_000_000, first)).toBeUndefined();
    });

    test("what is tried while somebody turns pages moves none of them", async () => {
      const { ids } = await delivered([[1, ...from(AT, 9, 1)]]);
      const [id = 0] = ids;
      const { items, next } = await pageOf(id, { before: null, limit: 4 });
      const more: Tried = [[1, AT + 50]];
      await under.store.transaction((tx) => tx.deliveries.attempts(attemptsOf(id, more)));
      const rest = await pageOf(id, { before: next, limit: 9 });
      expect([...items, ...rest.items]).toEqual(listed(id, [[1, ...from(AT, 9, 1)]]));
      expect((await pageOf(id, { before: null, limit: 1 })).items).toEqual(listed(id, more));
    });
  });
}
