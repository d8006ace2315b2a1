import { expect, test } from "vitest";
import { alertTeller } from "../../src/alert/tell.ts";
import { alertWatch } from "../../src/alert/watch.ts";
import type { Outgoing } from "../../src/connector/contract.ts";
import { HubError } from "../../src/errors.ts";
import type { Store } from "../../src/store/store.ts";
import { look, MINUTE, rule, T0, withStore } from "./setup.ts";

const pending = (store: Store) => store.transaction((tx) => tx.alerts.pending());
const low = (minutes: number, diskLow: boolean) => look({ now: T0 + minutes * MINUTE }, { diskLow });

test("an alert fires once it was wrong for as long as the rule says, and once only", () =>
  withStore(async (store) => {
    const watch = alertWatch(store, [rule({ when: "disk", for: 2 * MINUTE })]);
    await watch(low(0, true));
    await watch(low(1, true));
    expect(await pending(store)).toEqual([]);
    await watch(low(2, true));
    await watch(low(3, true));
    expect(await pending(store)).toMatchObject([
      { rule: "disk", subject: "hub", since: T0, firedAt: T0 + 2 * MINUTE, resolvedAt: null },
    ]);
  }));

test("what comes and goes does not fire before it stays", () =>
  withStore(async (store) => {
    const watch = alertWatch(store, [rule({ when: "disk", for: 2 * MINUTE })]);
    for (const minute of [0, 1, 3, 4, 6, 7]) {
      await watch(low(minute, true));
      if (minute % 3 === 1) await watch(low(minute + 1, false));
    }
    expect(await pending(store)).toEqual([]);
  }));

test("it is resolved when it was well for as long as the rule says, and not for a moment in between", () =>
  withStore(async (store) => {
    const watch = alertWatch(store, [rule({ when: "disk", clear: 2 * MINUTE })]);
    await watch(low(0, true));
    await watch(low(1, false));
    await watch(low(2, true));
    await watch(low(3, false));
    await watch(low(4, false));
    expect(await pending(store)).toMatchObject([{ resolvedAt: null }]);
    await watch(low(5, false));
    expect(await pending(store)).toMatchObject([{ resolvedAt: T0 + 5 * MINUTE }]);
  }));

test("another hub that takes the duty does not fire again what fires", () =>
  withStore(async (store) => {
    const rules = [rule({ when: "disk" })];
    await alertWatch(store, rules)(low(0, true));
    await alertWatch(store, rules)(low(1, true));
    expect(await pending(store)).toHaveLength(1);
  }));

test("who was told that it fired is told its end, each once, and mail goes to its recipients", () =>
  withStore(async (store) => {
    const sent: Outgoing[] = [];
    const watch = alertWatch(store, [rule({ when: "disk" })]);
    const tell = teller(store, sent);
    await watch(low(0, true));
    await tell.settle();
    await tell.settle();
    await watch(low(1, false));
    await watch(low(3, false));
    await tell.settle();
    expect(sent.map(({ id }) => id)).toEqual([
      ...["alert-1-firing", "alert-1-firing", "alert-1-resolved", "alert-1-resolved"],
    ]);
    expect(sent[0]?.body).toEqual({
      ...{ state: "firing", rule: "disk", subject: "hub", detail: "5 MiB are free: nothing is accepted" },
      ...{ since: new Date(T0).toISOString(), at: new Date(T0).toISOString() },
    });
    expect(sent[1]?.body).toMatchObject({ to: ["ada@example.org"], subject: "[tieline] firing: disk, hub" });
    expect(await pending(store)).toEqual([]);
  }));

test("what no channel took is told again, under the same id", () =>
  withStore(async (store) => {
    const sent: Outgoing[] = [];
    let away = true;
    const tell = teller(store, sent, () => {
      if (away) throw new HubError("TL_TARGET_UNAVAILABLE", "nobody is there");
    });
    await alertWatch(store, [rule({ when: "disk" })])(low(0, true));
    await tell.settle();
    expect(await pending(store)).toMatchObject([{ told: "nothing" }]);
    away = false;
    await tell.settle();
    expect(sent.map(({ id }) => id)).toEqual(["alert-1-firing", "alert-1-firing"]);
    expect(await pending(store)).toMatchObject([{ told: "firing" }]);
  }));

test("of what is muted nobody is told", () =>
  withStore(async (store) => {
    const sent: Outgoing[] = [];
    const watch = alertWatch(store, [rule({ when: "disk" })]);
    await watch(low(0, true));
    await store.transaction((tx) => tx.alerts.mute(1, T0 + 60 * MINUTE));
    const tell = teller(store, sent);
    await tell.settle();
    await watch(low(1, false));
    await watch(low(3, false));
    await tell.settle();
    expect(sent).toEqual([]);
    expect(await pending(store)).toEqual([]);
  }));

/** Tells a pager and a mail system; both do as is said. */
function teller(store: Store, sent: Outgoing[], before: () => void = () => undefined) {
  return alertTeller({
    store,
    channels: [
      { to: "pager.alert", mail: null },
      { to: "mail.outbox", mail: ["ada@example.org"] },
    ],
    sink: () => ({
      idempotent: true,
      async send(delivery) {
        before();
        sent.push(delivery);
        return { answer: "200" };
      },
    }),
    now: () => T0 + MINUTE,
    failed: () => undefined,
  });
}
