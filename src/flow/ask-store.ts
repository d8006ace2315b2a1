import { lookUp } from "../crm/look-up.ts";
import { type Answer, type LookUp, lookUpKey, TOO_LARGE } from "../mapping/look-up.ts";
import type { Store } from "../store/store.ts";
import type { AskStore } from "./answer-all.ts";

/** Answers look-ups with what is committed, all in one transaction. */
export function askStore(store: Pick<Store, "transaction">): AskStore {
  return async (asked) => {
    const xrefs = asked.filter((one) => one.kind === "xref");
    const customers = asked.filter((one) => one.kind === "customer");
    const found = await store.transaction((tx) => lookUp(tx.crm, xrefs, customers));
    return new Map<string, Answer>([
      ...byKey(xrefs, found.ids),
      ...byKey(
        customers,
        found.customers.map((one) => (one === "large" ? TOO_LARGE : one)),
      ),
    ]);
  };
}

function byKey(asked: readonly LookUp[], answers: readonly Answer[]): readonly (readonly [string, Answer])[] {
  return asked.map((one, at) => [lookUpKey(one), answers[at]]);
}
