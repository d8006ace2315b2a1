import { afterAll, beforeAll, expect, test } from "vitest";
import { parkMessage } from "../../src/flow/acts.ts";
import { jsonMessage } from "./json-message.ts";
import { type Bench, openBench } from "./setup.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
  await bench.store.transaction(async (tx) => {
    await tx.flows.deploy("any", "hash-any", { "flow.yaml": "x" }, ["crm.customer"], 0);
    const failure = { code: "TL_ACCEPTS_FAILED", message: "no city" } as const;
    const places = await tx.messages.insert([
      jsonMessage({ state: "parked", failure }),
      jsonMessage({ state: "waiting", failure, nextAt: Date.now() + 3_600_000 }),
      jsonMessage({ key: "b" }),
      jsonMessage({ key: "b", state: "held" }),
    ]);
    for (const place of places.slice(1)) await parkMessage(tx, place, undefined, Date.now());
  });
});
afterAll(() => bench?.close());

const json = async (path: string) => (await bench.get(`/api/v1${path}`)).json() as Promise<never>;

interface Groups {
  readonly items: readonly { readonly fingerprint: string; readonly count: number }[];
  readonly looked: number;
}

test("what people park is a group beside what fails, and all groups come to what the overview counts", async () => {
  const groups: Groups = await json("/error-groups");
  expect(groups).toMatchObject({
    items: [
      { count: 3, keys: 1, to: null, state: "parked", sample: "m-4", failure: { code: "TL_PARKED" } },
      { count: 1, sample: "m-1", failure: { code: "TL_ACCEPTS_FAILED" } },
    ],
    complete: true,
  });
  const { flows }: { flows: readonly { readonly parked: number }[] } = await json("/overview");
  expect(groups.looked).toBe(flows[0]?.parked);
  const members = await Promise.all(
    groups.items.map(async ({ fingerprint }) => {
      const page: { items: readonly { readonly id: string }[] } = await json(
        `/messages?flow=any&state=parked&fingerprint=${fingerprint}`,
      );
      return page.items.map(({ id }) => id);
    }),
  );
  expect(members).toEqual([["m-4", "m-3", "m-2"], ["m-1"]]);
});

test("a message that a person parked says so, and where to read who it was", async () => {
  const { failure }: { failure: object } = await json("/messages/m-3");
  expect(failure).toMatchObject({
    title: "Parked by a person",
    cure: "The audit log says who did and why; replay or discard it.",
  });
});
