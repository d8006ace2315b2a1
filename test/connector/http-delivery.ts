import type { Outgoing } from "../../src/connector/contract.ts";

/** When deliveries are sent. */
export const NOW = Date.UTC(2026, 10, 1, 12);

export const delivery: Outgoing = {
  id: "m-4711.billing.customer",
  sequence: 9,
  key: "K1",
  body: { key: "K1", name: "Müller & Söhne" },
  attempt: 1,
};
