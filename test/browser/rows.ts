import { applyToCrm } from "../../src/crm/apply-to-crm.ts";
import type { JsonObject } from "../../src/message/json.ts";
import { laneOf } from "../../src/message/lane.ts";
import type { NewDelivery } from "../../src/store/delivery-table.ts";
import type { NewFile } from "../../src/store/file-table.ts";
import type { NewMessage } from "../../src/store/message-table.ts";
import type { Tx } from "../../src/store/store.ts";
import { item } from "../crm/repository.ts";

export const NOW = Date.now();
export const HOUR = 3_600_000;

export function message(change: Partial<NewMessage>): NewMessage {
  return {
    ...{ flow: 1, flowVersion: 1, lane: laneOf(change.key ?? ""), key: null, system: "web", event: null },
    ...{ acceptedAt: NOW - HOUR, contentType: "text/html", headers: null, slice: null, cause: null },
    ...{ hops: 0, traceparent: null, body: Buffer.from("{}") },
    ...change,
  };
}

/** One of the first flow, waiting for its turn. */
export function delivery(place: number, route: number, change: Partial<NewDelivery> = {}): NewDelivery {
  return {
    ...{ message: place, flow: 1, route, lane: 0, key: null, version: null, replay: 0, allowStale: false },
    ...{ body: Buffer.from("{}"), createdAt: NOW - HOUR, file: null },
    ...change,
  };
}

export function file(change: Partial<NewFile>): NewFile {
  return {
    ...{ flow: 1, flowVersion: 1, name: "customers.csv", size: 4711, modified: NOW - HOUR },
    ...{ sha256: "ab".repeat(32), archive: "archive/1", text: "archive/1", state: "running" },
    ...{ textSize: 4711, failure: null, duplicateOf: null, startedAt: NOW - HOUR },
    ...change,
  };
}

/** Payments of one customer and of nobody. */
export async function payments(tx: Tx): Promise<void> {
  const paid = { bookedOn: "2026-11-26", currency: "EUR", status: "booked" };
  const items = [
    item("erp", { id: "4711", links: [{ system: "bank", id: "DE02120300000000202051" }] }),
    item(
      "bank",
      {
        id: "B1",
        ...paid,
        amount: "1190.00",
        name: "Muster GmbH",
        payer: { system: "bank", id: "DE02120300000000202051" },
      },
      { entity: "payment" },
    ),
    item(
      "bank",
      { id: "B2", ...paid, amount: "75.50", name: "Unbekannt", text: "R-2026-11-0499" },
      { entity: "payment" },
    ),
    item("bank", { id: "B3", ...paid, amount: "-10.00" }, { entity: "payment" }),
    item(
      "pbx",
      { id: "C1", at: "2026-11-26T08:00:00Z", kind: "call", contact: { phone: "+49305555555" } },
      { entity: "interaction" },
    ),
  ];
  for (const result of await applyToCrm(items, tx.crm, NOW))
    if ("failure" in result) throw new Error(result.failure.message);
}

/** Customers as the ERP would have told of them. */
export async function customer(
  tx: Tx,
  ...those: readonly { readonly id: string; readonly name: string; readonly more?: JsonObject }[]
): Promise<void> {
  const items = those.map(({ id, name, more }) => item("erp", { id, name: { full: name }, ...more }));
  for (const result of await applyToCrm(items, tx.crm, NOW))
    if ("failure" in result) throw new Error(result.failure.message);
}
