import { expect, test } from "vitest";
import { mapLots } from "../../src/intake/map-lots.ts";
import type { FromMapper, Mapper, MapperDoor, ToMapper } from "../../src/intake/mapper.ts";
import type { PackedRows } from "../../src/intake/pack-rows.ts";
import { flowDefinition, type TestEngine, testEngine } from "../flow/setup.ts";

const MAPPING = `{ "id": id, "name": { "full": name }, "notes": note, "phones": phone ? [{ "number": phone }] }`;
const ACT = { actor: "ann", reason: null };

interface Record {
  readonly id: string;
  readonly name: string;
  readonly at: number;
  readonly note?: string | null;
  readonly phone?: string;
}

/** A mapper in this thread; what crosses is cloned as between threads. */
interface MapperHere {
  readonly door: MapperDoor;
  /** Resolves when it has started. */
  readonly ready: Promise<void>;
  /** Lots that were mapped. */
  mapped: number;
  /** What comes back in place of what it mapped. */
  spoil: ((rows: PackedRows) => PackedRows) | null;
  /** While it is set nothing comes back. */
  held: boolean;
  release(): void;
  die(): void;
}

function mapperHere(): MapperHere {
  let take: (message: FromMapper) => void = () => undefined;
  let gone: (error: unknown) => void = () => undefined;
  let hear: (message: ToMapper) => void = () => undefined;
  let back: FromMapper[] = [];
  let started: () => void = () => undefined;
  const give = (): void => {
    const messages = back;
    back = [];
    for (const message of messages) take(message);
    started();
  };
  const here: MapperHere = {
    mapped: 0,
    spoil: null,
    held: false,
    ready: new Promise((resolve) => {
      started = resolve;
    }),
    door: (): Mapper => {
      setImmediate(() =>
        mapLots(
          {
            send: (message) => {
              if (message.kind === "mapped") here.mapped += 1;
              const crossed = structuredClone(message);
              if (crossed.kind === "mapped" && here.spoil !== null)
                back.push({ ...crossed, rows: here.spoil(crossed.rows) });
              else back.push(crossed);
              if (!here.held) setImmediate(give);
            },
            listen: (heard) => {
              hear = heard;
            },
          },
          0,
        ),
      );
      return {
        send: (message) => {
          const crossed = structuredClone(message);
          setImmediate(() => hear(crossed));
        },
        listen: (taken, ended) => {
          take = taken;
          gone = ended;
        },
        close: async () => undefined,
      };
    },
    release: () => {
      here.held = false;
      give();
    },
    die: () => gone(new Error("out of memory")),
  };
  return here;
}

const strangers = (from: number, count: number): Record[] =>
  Array.from({ length: count }, (_, n) => ({
    id: `${from + n}`,
    name: `Ann ${from + n}`,
    at: 1,
    phone: `+49 30 ${from + n}`,
  }));

async function within(
  mapper: MapperHere | null,
  work: (engine: TestEngine, post: (records: readonly Record[]) => Promise<string[]>) => Promise<void>,
): Promise<void> {
  const routes = [{ to: "crm.customer", when: null, onPark: "skip" as const }];
  const over = { key: "id", version: "at", carries: "state" as const, emits: "customer.schema.json", routes };
  const flow = await flowDefinition("customers", over, MAPPING);
  const engine = await testEngine([flow], {}, undefined, mapper?.door);
  const post = async (records: readonly Record[]): Promise<string[]> => {
    const { id, version } = engine.flow("customers");
    const receipts = await engine.engine.admit(
      records.map((record) => ({
        ...{
          flow: id,
          flowVersion: version,
          body: Buffer.from(JSON.stringify(record)),
          key: undefined,
          event: undefined,
        },
        ...{ contentType: "application/json", headers: null, traceparent: null },
      })),
    );
    return receipts.map((receipt) => ("id" in receipt ? receipt.id : ""));
  };
  try {
    // The first lot opens the mapper, and is none of its.
    await post(strangers(1_000_000, 20));
    await engine.settled();
    await mapper?.ready;
    await work(engine, post);
  } finally {
    await engine.dispose();
  }
}

/** All that the messages came to, without times, and numbers that a second try draws anew. */
function ends(engine: TestEngine): object {
  const all = (text: string): unknown[] => engine.sql.all(text);
  const of = "FROM source_record r JOIN customer c ON c.id = r.customer";
  return {
    records: all(
      `SELECT r.external_id, r.version, r.message, r.changed ->> '$[0][0][0]' AS changed, r.body, r.deleted ${of} ORDER BY 1`,
    ),
    customers: all(`SELECT r.external_id, c.name, c.folded, c.status, c.revision, c.alive ${of} ORDER BY 1`),
    contacts: all(
      `SELECT r.external_id, p.kind, p.value ${of} JOIN contact_point p ON p.customer = c.id ORDER BY 1, 2, 3`,
    ),
    messages: all("SELECT place, state, outcomes, attempts, key, failure FROM message ORDER BY place"),
    tallies: all("SELECT route, outcome, sum(n) AS n FROM tally GROUP BY route, outcome ORDER BY 1, 2"),
  };
}

/** Lots of newcomers, of known ones, of both, with one twice, older ones and broken ones. */
const LOTS: readonly (readonly Record[])[] = [
  strangers(0, 30),
  strangers(30, 12),
  [...strangers(42, 10), { id: "3", name: "Zoe", at: 2 }],
  [{ id: "90", name: "Ann", at: 5 }, ...strangers(60, 8), { id: "90", name: "Bea", at: 4 }],
  strangers(0, 20).map((one) => ({ ...one, at: 3, name: "Eve", note: null })),
  [...strangers(70, 9), { id: "91", name: "", at: 1 }, { id: "92", name: 7 as unknown as string, at: 1 }],
  ...Array.from({ length: 8 }, (_, n) => strangers(100 + 10 * n, 10)),
];

test("messages come to the same whether they are mapped ahead or in their turn", async () => {
  const found: object[] = [];
  const mapper = mapperHere();
  for (const side of [null, mapper]) {
    await within(side, async (engine, post) => {
      for (const lot of LOTS) {
        await post(lot);
        await engine.settled();
      }
      for (const lot of LOTS) void post(lot.map((one) => ({ ...one, at: one.at + 10 })));
      await post(strangers(500, 10));
      await engine.settled();
      found.push(ends(engine));
    });
  }
  expect(mapper.mapped).toBeGreaterThan(LOTS.length);
  expect(found[1]).toEqual(found[0]);
});

test("what a person did to a message while it was mapped stays done", async () => {
  const mapper = mapperHere();
  await within(mapper, async (engine, post) => {
    mapper.held = true;
    const ids = await post(strangers(0, 10));
    await engine.engine.park(ACT, ids[4] as string);
    mapper.release();
    await engine.settled();
    expect(mapper.mapped).toBe(1);
    const states = engine.sql.all<{ state: number }>(
      "SELECT state FROM message WHERE place > 20 ORDER BY place",
    );
    expect(states.map(({ state }) => state)).toEqual([5, 5, 5, 5, 4, 5, 5, 5, 5, 5]);
  });
});

test("messages that came before a lot have their turn before it", async () => {
  const mapper = mapperHere();
  await within(mapper, async (engine, post) => {
    await engine.engine.pause(ACT, "customers", "deliver");
    await post([{ id: "1", name: "First", at: 1 }]);
    await engine.engine.resume(ACT, "customers", "deliver");
    await post([...strangers(10, 9), { id: "1", name: "Second", at: 1 }]);
    await engine.settled();
    const { body } = engine.sql.get<{ body: string }>(
      "SELECT body FROM source_record WHERE external_id = '1'",
    ) as { body: string };
    expect(JSON.parse(body)).toMatchObject({ name: { full: "Second" } });
  });
});

test("no more is sent to a mapper that gives nothing back than may be held in memory", async () => {
  const mapper = mapperHere();
  await within(mapper, async (engine, post) => {
    mapper.held = true;
    for (let lot = 0; lot < 6; lot++)
      await post(strangers(10 * lot, 10).map((one) => ({ ...one, note: "a".repeat(200_000) })));
    mapper.release();
    await engine.settled();
    // Two megabytes each: four of them are less than eight MiB with all that is around them, five are more.
    expect(mapper.mapped).toBe(4);
    const { n } = engine.sql.get<{ n: number }>("SELECT count(*) AS n FROM customer") as { n: number };
    expect(n).toBe(80);
  });
});

test("what was sent to a mapper that ends is mapped by the engine", async () => {
  const mapper = mapperHere();
  await within(mapper, async (engine, post) => {
    mapper.held = true;
    await post(strangers(0, 10));
    await post(strangers(10, 10));
    mapper.die();
    await engine.settled();
    await post(strangers(20, 10));
    await engine.settled();
    expect(mapper.mapped).toBe(2);
    const { n } = engine.sql.get<{ n: number }>("SELECT count(*) AS n FROM customer") as { n: number };
    expect(n).toBe(50);
  });
});

test("a mapper that is silent is not waited for for ever", async () => {
  const mapper = mapperHere();
  await within(mapper, async (engine, post) => {
    mapper.held = true;
    await post(strangers(0, 10));
    await engine.settled();
    expect(mapper.mapped).toBe(1);
    const { n } = engine.sql.get<{ n: number }>("SELECT count(*) AS n FROM customer") as { n: number };
    expect(n).toBe(30);
  });
});

test("a lot that cannot be settled is mapped by the engine, and holds up nobody", async () => {
  const mapper = mapperHere();
  await within(mapper, async (engine, post) => {
    mapper.spoil = (rows) => ({ ...rows, routes: undefined as never });
    await post(strangers(0, 10));
    await engine.settled();
    mapper.spoil = null;
    await post(strangers(10, 10));
    await engine.settled();
    const { n } = engine.sql.get<{ n: number }>("SELECT count(*) AS n FROM customer") as { n: number };
    expect(n).toBe(40);
  });
});
