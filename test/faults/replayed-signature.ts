import { createHmac } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { booksOf, drained, recordsOf, total } from "./books.ts";
import { check, type Fault } from "./fault.ts";
import { postTo } from "./producer.ts";
import { eventsFlow, hook, SECRET } from "./project.ts";
import { setStage } from "./stage.ts";

const TOLERANCE_S = 300;
/** How long the flow knows an event again; the shortest there is. */
const WINDOW_MS = 1_000;

/** F27: signed requests that somebody kept come again: too old, from the future, altered; and events that were forgotten. */
export const replayedSignature: Fault = {
  id: "F27",
  title: "old signatures, and a duplicate after its window",
  tries: "I2 I4",
  async run({ backend, note }) {
    const stage = await setStage(backend, {
      webhooks: {
        events: hook('eventHeader: x-event, timestampHeader: x-time, content: "{timestamp}.{id}.{body}"'),
      },
      flows: { events: eventsFlow({ more: "eventWindow: 1s\n" }) },
    });
    const hub = await stage.start();
    const send = (n: number, age: number, changes: { event?: string; time?: string; body?: string } = {}) => {
      const body = JSON.stringify({ id: `e-${n}`, customer: `c-${n}`, n: 1 });
      const time = String(Math.floor(Date.now() / 1000) - age);
      const signed = createHmac("sha256", SECRET).update(`${time}.e-${n}.${body}`).digest("hex");
      return postTo(hub.url, "events", changes.body ?? body, {
        "x-signature": signed,
        "x-event": changes.event ?? `e-${n}`,
        "x-time": changes.time ?? time,
      });
    };
    const codeOf = (answer: Awaited<ReturnType<typeof send>>): string =>
      `${answer?.status} ${(JSON.parse(answer?.body ?? "{}") as { code?: string }).code ?? ""}`.trim();

    const fresh = codeOf(await send(1, 0));
    const again = await send(1, 0);
    const refusals = {
      "6 minutes old": codeOf(await send(2, TOLERANCE_S + 60)),
      "a day old": codeOf(await send(3, 86_400)),
      "6 minutes ahead": codeOf(await send(4, -TOLERANCE_S - 60)),
      "another time than was signed": codeOf(
        await send(5, 0, { time: String(Math.floor(Date.now() / 1000) - 1) }),
      ),
      "another event than was signed": codeOf(await send(6, 0, { event: "e-7" })),
      "another body than was signed": codeOf(await send(8, 0, { body: '{"id":"x","customer":"x","n":1}' })),
      "no time at all": codeOf(await send(9, 0, { time: "" })),
    };
    const late = codeOf(await send(10, TOLERANCE_S - 60));
    await drained(stage.store);
    await pause(WINDOW_MS + 500);
    const forgotten = await send(1, 0);
    const drainMs = await drained(stage.store);
    const code = await hub.stop();
    const books = await booksOf(stage.store, "events");
    const records = (await recordsOf(stage.store, 1)).length;
    const ends = books.tallies.get("crm.interaction") ?? {};
    await stage.remove();
    note(JSON.stringify(refusals));
    const stale = ["6 minutes old", "a day old", "6 minutes ahead"] as const;
    return {
      table: {
        acked: books.messages.length,
        appliedOnce: total(books, "crm.interaction"),
        parked: 0,
        duplicateRequests: 2,
        duplicateEffects: (ends["applied"] ?? 0) - records,
        orderViolations: 0,
        lost: 2 - records,
        drainMs,
      },
      checks: [
        check(
          "a fresh one is taken, and one of four minutes ago",
          fresh === "202" && late === "202",
          `${fresh}, ${late}`,
        ),
        check(
          "within the window the same is a duplicate",
          again?.body.includes('"duplicate":true') === true,
          again?.body,
        ),
        ...stale.map((name) =>
          check(`${name}: 401`, refusals[name] === "401 TL_SIGNATURE_STALE", refusals[name]),
        ),
        ...Object.entries(refusals)
          .filter(([name]) => !(stale as readonly string[]).includes(name))
          .map(([name, found]) => check(`${name}: refused`, /^40[01] TL_/.test(found), found)),
        check(
          "after the window it is a message again, and changes nothing",
          forgotten?.body.includes('"duplicate":false') === true && ends["unchanged"] === 1,
          JSON.stringify(ends),
        ),
        check("the hub stops with exit code 0 afterwards", code === 0, code ?? ""),
      ],
    };
  },
};
