import { expect, test } from "vitest";
import { admissionBatcher } from "../../src/control/admission.ts";
import type { Admission, Receipt } from "../../src/control/engine.ts";

function item(name: string, bytes = 10): Admission {
  return {
    flow: 1,
    flowVersion: 1,
    body: Buffer.alloc(bytes, name),
    contentType: null,
    headers: null,
    key: name,
    event: null,
    traceparent: null,
  };
}

/** An engine whose batches are answered by hand. */
function setup(limits = { maxItems: 3, maxBytes: 1000 }) {
  const batches: {
    readonly keys: (string | null | undefined)[];
    readonly answer: () => void;
    readonly fail: (error: Error) => void;
  }[] = [];
  const together = admissionBatcher(
    (items) =>
      new Promise<readonly Receipt[]>((resolve, reject) => {
        batches.push({
          keys: items.map((one) => one.key),
          answer: () => resolve(items.map((one) => ({ id: `m-${one.key}`, duplicate: false }))),
          fail: reject,
        });
      }),
    limits,
  );
  return {
    admit: async (one: Admission) => (await together([one]))[0],
    together,
    batches,
    keys: () => batches.map((batch) => batch.keys),
    turn: () => new Promise((resolve) => setImmediate(() => setImmediate(resolve))),
  };
}

test("an idle hub sends a lone item in the same turn of the event loop", async () => {
  const { admit, batches, keys } = setup();
  const promise = admit(item("a"));
  await new Promise((resolve) => setImmediate(resolve));
  expect(keys()).toEqual([["a"]]);
  batches[0]?.answer();
  expect(await promise).toEqual({ id: "m-a", duplicate: false });
});

test("what was read in one turn shares a batch, in order", async () => {
  const { admit, keys, turn } = setup();
  void admit(item("a"));
  void admit(item("b"));
  await turn();
  expect(keys()).toEqual([["a", "b"]]);
});

test("what is read in the next turn leaves then, whether or not the batch before is answered", async () => {
  const { admit, keys, turn } = setup();
  for (const name of "ab") {
    void admit(item(name));
    await turn();
  }
  expect(keys()).toEqual([["a"], ["b"]]);
});

test("of many that are read in one turn, two batches leave before the turn ends", async () => {
  const { admit, batches, keys, turn } = setup({ maxItems: 100, maxBytes: 1000 });
  for (let n = 1; n <= 40; n++) void admit(item(String(n)));
  expect(keys().map((batch) => batch.length)).toEqual([16, 16]);
  await turn();
  expect(keys().flat()).toEqual(Array.from({ length: 40 }, (_, n) => String(n + 1)));
  for (const batch of batches) batch.answer();
});

test("while sixteen batches are under way the others gather, and go together when one is answered", async () => {
  const { admit, batches, keys, turn } = setup();
  for (const name of "abcdefghijklmnopqr") {
    void admit(item(name));
    await turn();
  }
  expect(keys().at(-1)).toEqual(["p"]);
  batches[0]?.answer();
  await turn();
  expect(keys()).toHaveLength(17);
  expect(keys().at(-1)).toEqual(["q", "r"]);
});

test("what gathered leaves before the answers of the batch before are given out", async () => {
  const { admit, batches, keys, turn } = setup();
  let seen: unknown;
  void admit(item("a")).then(() => {
    seen = keys().at(-1);
  });
  await turn();
  for (const name of "bcdefghijklmnopq") {
    void admit(item(name));
    await turn();
  }
  batches[0]?.answer();
  await turn();
  expect(seen).toEqual(["q"]);
});

test("a batch holds no more than its limit", async () => {
  const { admit, keys, turn } = setup();
  for (const name of "abcdefg") void admit(item(name));
  await turn();
  expect(keys()).toEqual([["a", "b", "c"], ["d", "e", "f"], ["g"]]);
});

test("a batch is cut by bytes, and one larger item travels alone", async () => {
  const { admit, batches, keys, turn } = setup({ maxItems: 100, maxBytes: 100 });
  for (const [name, bytes] of [
    ["a", 60],
    ["b", 60],
    ["c", 500],
    ["d", 1],
  ] as const)
    void admit(item(name, bytes));
  for (let round = 0; round < 6; round++) {
    await turn();
    for (const batch of batches) batch.answer();
  }
  expect(keys()).toEqual([["a"], ["b"], ["c"], ["d"]]);
});

test("what one request brought is never parted, and has its receipts in its order", async () => {
  const { together, admit, batches, keys, turn } = setup();
  const first = admit(item("a"));
  const many = together(["b", "c", "d"].map((name) => item(name)));
  const more = together(["e", "f", "g", "h"].map((name) => item(name)));
  void admit(item("i"));
  await turn();
  expect(keys()).toEqual([["a"], ["b", "c", "d"], ["e", "f", "g", "h"], ["i"]]);
  for (const batch of batches) batch.answer();
  expect(await first).toEqual({ id: "m-a", duplicate: false });
  const ids = [...(await many), ...(await more)].map((one) => "id" in one && one.id);
  expect(ids).toEqual(["m-b", "m-c", "m-d", "m-e", "m-f", "m-g", "m-h"]);
});

test("a request that brought nothing is answered without a commit", async () => {
  const { together, keys, turn } = setup();
  expect(await together([])).toEqual([]);
  await turn();
  expect(keys()).toEqual([]);
});

test("a failed batch rejects exactly its own items and the next goes on", async () => {
  const { admit, batches, turn } = setup();
  const first = [admit(item("a")), admit(item("b"))].map((one) => one.catch((error: Error) => error.message));
  await turn();
  const second = admit(item("c"));
  batches[0]?.fail(new Error("no commit"));
  expect(await Promise.all(first)).toEqual(["no commit", "no commit"]);
  await turn();
  batches[1]?.answer();
  expect(await second).toEqual({ id: "m-c", duplicate: false });
});

test("an engine that answers too few items fails the whole batch", async () => {
  const admit = admissionBatcher(async () => [], { maxItems: 5, maxBytes: 100 });
  await expect(admit([item("a")])).rejects.toThrow(RangeError);
});

test("under load each item gets its own receipt", async () => {
  const admit = admissionBatcher(
    async (items) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      return items.map((one) => ({ id: String(one.key), duplicate: false }));
    },
    { maxItems: 64, maxBytes: 10_000 },
  );
  const names = Array.from({ length: 2000 }, (_, index) => String(index));
  const receipts = await Promise.all(
    names.map(async (name, index) => {
      await new Promise((resolve) => setTimeout(resolve, index % 7));
      return admit([item(name)]);
    }),
  );
  expect(receipts.flat().map((one) => "id" in one && one.id)).toEqual(names);
});
