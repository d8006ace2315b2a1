import { MessageChannel } from "node:worker_threads";
import { expect, test } from "vitest";
import type { Admission, Engine, Receipt } from "../../src/control/engine.ts";
import { connectEngine, serveEngine } from "../../src/control/rpc.ts";
import { HubError } from "../../src/errors.ts";

/** Admits through a real channel; gives what the engine was handed and what the caller got back. */
async function through(
  items: readonly Admission[],
  answer: (items: readonly Admission[]) => Promise<readonly Receipt[]>,
): Promise<{ readonly seen: readonly Admission[]; readonly receipts: readonly Receipt[] }> {
  const { port1, port2 } = new MessageChannel();
  let seen: readonly Admission[] = [];
  const admit: Engine["admit"] = (batch) => {
    seen = batch;
    return answer(batch);
  };
  serveEngine(port2, { admit } as Engine);
  try {
    return { receipts: await connectEngine(port1).admit(items), seen };
  } finally {
    port1.close();
  }
}

const ITEMS: readonly Admission[] = [
  { ...common(), body: Buffer.from("first"), key: "k1", event: "e1", withNext: true },
  { ...common(), body: Buffer.alloc(0), key: null, event: undefined },
  {
    ...common(),
    headers: { a: "1", b: "3" },
    body: Buffer.from([0, 255]),
    key: undefined,
    event: null,
    withNext: true,
  },
  { ...common(), headers: { a: "1" }, body: Buffer.from("x"), key: "k", event: null },
  { ...common(), headers: null, body: Buffer.from("y"), key: "", event: "e" },
  {
    ...common(),
    flow: 8,
    contentType: null,
    traceparent: "00-ab-cd-01",
    body: Buffer.from("z"),
    key: "k",
    event: "",
  },
];

function common() {
  return {
    flow: 7,
    flowVersion: 70,
    contentType: "application/json",
    headers: { a: "1", b: "2" },
    traceparent: null,
  };
}

test("admissions cross threads whole and in order, whatever neighbours have in common", async () => {
  const { seen } = await through(ITEMS, async (batch) => batch.map(() => ({ id: "m-1", duplicate: false })));
  expect(seen.map((one) => ({ ...one, body: Buffer.from(one.body) }))).toEqual(ITEMS);
});

test("receipts, duplicates and refusals come back in the order of the items", async () => {
  const answers: readonly Receipt[] = [
    { id: "m-1", duplicate: false },
    { error: { code: "TL_KEY_MISSING", message: "no key" } },
    { id: "m-1", duplicate: true },
  ];
  const { receipts } = await through(ITEMS.slice(0, 3), async () => answers);
  expect(receipts).toEqual(answers);
});

test("a failed commit keeps its code across threads", async () => {
  const failed = through(ITEMS, async () => {
    throw new HubError("TL_STORE_FAILED", "the commit failed");
  });
  await expect(failed).rejects.toMatchObject({ code: "TL_STORE_FAILED", message: "the commit failed" });
});
