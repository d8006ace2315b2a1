import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Exchange, MOST_KEPT } from "../../src/message/exchange.ts";
import type { Attempt, NewDelivery } from "../../src/store/delivery-table.ts";
import type { Store } from "../../src/store/store.ts";
import type { QueriesUnderTest } from "./queries.ts";
import { message } from "./store.ts";

const AT = 1_000;
const BODY = '{"name":"Ada"}';
const SENT: Exchange["sent"] = {
  line: "POST https://billing.example.com/customers",
  fields: { "content-type": "application/json" },
  body: "delivery",
};
const REFUSED: Exchange = {
  sent: SENT,
  // Texts of other systems hold what not every database takes in a text.
  answered: {
    line: "422",
    fields: { vary: "a, b" },
    body: { text: "no\u0000 \u2028 \ud83d\ude00 \ud800", size: null },
  },
};

function attempt(delivery: number, change: Partial<Attempt> = {}): Attempt {
  return {
    ...{ delivery, attempt: 1, startedAt: AT, endedAt: AT + 5, code: null, answer: "200", exchange: null },
    ...change,
  };
}

/** What attempts sent and were answered; every technology runs the same cases. */
export function describeExchanges(name: string, open: () => Promise<QueriesUnderTest>): void {
  describe(`exchanges: ${name}`, () => {
    let under: QueriesUnderTest;
    let store: Store;
    let route: number;

    beforeAll(async () => {
      under = await open();
      store = under.store;
      route = await store.transaction(async (tx) => {
        await tx.flows.deploy("erp", "h", { "flow.yaml": "x" }, ["billing.customer"], AT);
        return (await tx.flows.routes())[0]?.id ?? 0;
      });
    });
    afterAll(() => under.dispose());

    /** A message with a delivery. */
    async function delivered(body = BODY) {
      return store.transaction(async (tx) => {
        const [place = 0] = await tx.messages.insert([message("k")]);
        const one: NewDelivery = {
          ...{ message: place, flow: 1, route, lane: 3, key: "k", version: null, replay: 0 },
          ...{ allowStale: false, body: Buffer.from(body), createdAt: AT, file: null },
        };
        await tx.deliveries.insert([one]);
        const [stored] = await tx.deliveries.ofMessage(place);
        return { place, id: stored?.id ?? 0, one };
      });
    }

    const write = (...attempts: readonly Attempt[]) =>
      store.transaction((tx) => tx.deliveries.attempts(attempts));
    const read = async (delivery: number, startedAt = AT) => {
      const found = await under.queries.exchange({ delivery, attempt: 1, startedAt });
      return found && { ...found, body: Buffer.from(found.body).toString() };
    };

    test("an attempt shows what it sent, with the delivery's body, and what came back", async () => {
      const { place, id } = await delivered();
      await write(attempt(id, { exchange: REFUSED }));
      expect(await read(id)).toEqual({ message: place, exchange: REFUSED, body: BODY, size: BODY.length });
      expect((await under.queries.message(place))?.deliveries[0]?.tries.items).toEqual([
        {
          delivery: id,
          attempt: 1,
          startedAt: AT,
          endedAt: AT + 5,
          code: null,
          answer: "200",
          exchanged: true,
        },
      ]);
    });

    test("of an attempt that told nothing nothing is kept, as of one that was not", async () => {
      const { place, id } = await delivered();
      await write(attempt(id));
      expect(await read(id)).toBeUndefined();
      expect(await read(id, AT + 1)).toBeUndefined();
      expect((await under.queries.message(place))?.deliveries[0]?.tries.items[0]?.exchanged).toBe(false);
    });

    test("attempts that share a number are told apart by when they began", async () => {
      const { id } = await delivered();
      const later: Exchange = { sent: SENT };
      await write(attempt(id, { exchange: REFUSED }), attempt(id, { startedAt: AT + 9, exchange: later }));
      expect((await read(id))?.exchange).toEqual(REFUSED);
      expect((await read(id, AT + 9))?.exchange).toEqual(later);
    });

    test("an attempt that had begun gets its exchange when it ends", async () => {
      const { id } = await delivered();
      await write(attempt(id, { endedAt: null, answer: null }));
      await write(attempt(id, { exchange: REFUSED }));
      expect((await read(id))?.exchange).toEqual(REFUSED);
    });

    test("when a replay gives the delivery another body, what was sent before stays what it was", async () => {
      const { id, one } = await delivered();
      await write(attempt(id, { exchange: REFUSED }), attempt(id, { startedAt: AT + 1 }));
      const renew = (body: string) =>
        store.transaction((tx) => tx.deliveries.renew(id, { ...one, body: Buffer.from(body) }));
      await renew('{"name":"Grace"}');
      await write(attempt(id, { startedAt: AT + 9, exchange: REFUSED }));
      await renew('{"name":"Edsger"}');
      await renew('{"name":"Edsger"}');
      await write(attempt(id, { startedAt: AT + 20, exchange: REFUSED }));
      expect(await read(id)).toMatchObject({ body: BODY, size: BODY.length });
      expect(await read(id, AT + 9)).toMatchObject({ body: '{"name":"Grace"}', size: 16 });
      expect(await read(id, AT + 20)).toMatchObject({ body: '{"name":"Edsger"}', size: 17 });
      expect(await read(id, AT + 1)).toBeUndefined();
    });

    test("of a long body the beginning is shown, and once it was replaced its length is not known", async () => {
      const long = JSON.stringify("x".repeat(MOST_KEPT));
      const { id, one } = await delivered(long);
      await write(attempt(id, { exchange: REFUSED }));
      expect(await read(id)).toMatchObject({ body: long.slice(0, MOST_KEPT), size: long.length });
      await store.transaction((tx) => tx.deliveries.renew(id, { ...one, body: Buffer.from("{}") }));
      expect(await read(id)).toMatchObject({ body: long.slice(0, MOST_KEPT), size: null });
    });
  });
}
