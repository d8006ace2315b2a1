import { setTimeout as pause } from "node:timers/promises";
import { booksOf, drained, tallyOf } from "./books.ts";
import { check, type Fault } from "./fault.ts";
import { judgeEvents } from "./judge.ts";
import { type Posted, post, steadyProducers } from "./producer.ts";
import { EVENT_HOOK, eventsFlow } from "./project.ts";
import { rates, spread } from "./rates.ts";
import { setStage } from "./stage.ts";

/** Which of its messages are poison stands in the data: the mapping is right for all others. */
const MAP = `{
  "id": id,
  "kind": "note",
  "subject": customer,
  "text": $contains(customer, "poison")
    ? $string($length($pad("a", 300000000)))
    : $string(n)
}`;
/** Where it asks for 300 million letters. */
const PLACE = "6:";
const LEAST_SHARE = 0.9;

/** F08: messages that would kill the mapper, among others of the same flow and of another one. */
export const poison: Fault = {
  id: "F08",
  title: "poison messages among good ones of the same flow",
  tries: "I1 I4 I5",
  pace: "timed",
  async run({ backend, size, note }) {
    const stage = await setStage(backend, {
      webhooks: { events: EVENT_HOOK },
      flows: { events: { yaml: eventsFlow().yaml, map: MAP } },
    });
    const hub = await stage.start();
    const senders = steadyProducers(100, 500);
    let open = true;
    const posting = senders.run(hub.url, () => open);
    await pause(size(3000, 1000));
    const each = size(50, 10);
    const poisoned: Posted[] = [];
    const windowMs = size(10_000, 3_000);
    const effects = () => tallyOf(stage.store, "events", "crm.interaction", "applied");
    const measured = await rates(effects, windowMs, (turn) =>
      spread(
        Array.from({ length: each }, (_, at) => async () => {
          const n = turn * each + at;
          const posted = await post(hub.url, { id: `poison-${n}-1`, customer: `poison-${n}`, n: 1 });
          if (posted !== null) poisoned.push(posted);
        }),
        windowMs,
      ),
    );
    open = false;
    await posting;
    const drainMs = await drained(stage.store, 60_000);
    const alive = hub.alive();
    const { messages } = await booksOf(stage.store, "events");
    const parked = messages.filter(({ state }) => state === "parked");
    const causes = new Set(
      parked.map(({ failure }) => `${failure?.code} ${failure?.place?.line}:${failure?.place?.column}`),
    );
    await hub.stop();
    await senders.close();
    note(
      `good messages: ${measured.quiet.toFixed(1)} effects/s alone, ${measured.disturbed.toFixed(1)}/s beside ${poisoned.length} poison ones (A B A B)`,
    );
    const table = await judgeEvents(stage.store, [...senders.acked, ...poisoned], null, drainMs);
    const checks = [
      check("the hub is alive", alive),
      check(
        "each poison message is parked, and no other",
        parked.length === poisoned.length &&
          parked.every(({ event }) => event?.startsWith("poison") === true),
        `${parked.length} of ${poisoned.length}`,
      ),
      check(
        "with a cause that names line and column",
        causes.size === 1 && [...causes][0]?.startsWith(`TL_MAPPING_RUNAWAY ${PLACE}`) === true,
        [...causes].join(", "),
      ),
      check(
        "the good ones keep 90 % of their rate",
        measured.share >= LEAST_SHARE,
        `${(measured.share * 100).toFixed(1)} %`,
      ),
    ];
    await stage.remove();
    return { table, checks };
  },
};
