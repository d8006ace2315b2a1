/** Fills a store with accepted messages, as many in a transaction as there are: the hub's own accepting, without HTTP. */
import type * as StoreModule from "../../src/backend/sqlite/store.ts";
import type { Admission } from "../../src/control/engine.ts";
import type * as AdmitModule from "../../src/flow/admit.ts";
import type * as CompileModule from "../../src/flow/compile.ts";
import { type LiveFlow, liveFlow } from "../../src/flow/live-flow.ts";
import type * as ProjectModule from "../../src/project.ts";
import type { Store } from "../../src/store/store.ts";
import { answerParent } from "./child.ts";
import { compiled } from "./compiled.ts";
import { shopCustomer, shopJson } from "./customer.ts";

const { openSqliteStore } = await compiled<typeof StoreModule>("src/backend/sqlite/store");
const { admit } = await compiled<typeof AdmitModule>("src/flow/admit");
const { compileFlow } = await compiled<typeof CompileModule>("src/flow/compile");
const { openProject } = await compiled<typeof ProjectModule>("src/project");
/** Messages of one transaction. */
const PORTION = 2_000;

/** Messages `from + 1` to `to`, of so many customers in turn, each time in a further revision. */
interface Fill {
  readonly dir: string;
  readonly data: string;
  readonly flow: string;
  readonly customers: number;
  readonly from: number;
  readonly to: number;
}

await answerParent(async () => async (fill: Fill) => {
  const store = openSqliteStore(fill.data);
  const flow = await inForce(store, fill);
  for (let at = fill.from; at < fill.to; at += PORTION) {
    const count = Math.min(PORTION, fill.to - at);
    const items = Array.from({ length: count }, (_, index) => message(flow, at + index, fill.customers));
    const receipts = await admit(store, items, () => flow, Date.now());
    const refused = receipts.find((receipt) => !("id" in receipt) || receipt.duplicate);
    if (refused !== undefined) throw new Error(`a message was not accepted: ${JSON.stringify(refused)}`);
  }
  await store.close();
  return null;
});

async function inForce(store: Store, { dir, data, flow: name }: Fill): Promise<LiveFlow> {
  const project = await openProject({ dir, data, startedAt: Date.now() });
  return store.transaction(async (tx) => {
    const row = (await tx.flows.all()).find((one) => one.name === name);
    const version = row?.version == null ? undefined : await tx.flows.version(row.version);
    if (version === undefined) throw new Error(`no version of the flow ${name} is in force`);
    return liveFlow(version, compileFlow(project.fromTexts(name, version.texts)), await tx.flows.routes());
  });
}

function message(flow: LiveFlow, index: number, customers: number): Admission {
  const n = 1 + (index % customers);
  return {
    flow: flow.id,
    flowVersion: flow.version,
    body: Buffer.from(shopJson(n, 1 + Math.floor(index / customers))),
    contentType: "application/json",
    headers: { "content-type": "application/json" },
    key: shopCustomer(n).number,
    event: `fill-${index}`,
    traceparent: null,
  };
}
