import { setTimeout as pause } from "node:timers/promises";
import { drained } from "./books.ts";
import { check, type Fault } from "./fault.ts";
import { judgeEvents } from "./judge.ts";
import { type Posted, post } from "./producer.ts";
import { EVENT_HOOK, eventsFlow } from "./project.ts";
import { setStage } from "./stage.ts";

const MESSAGES = 21;

/** F07: the hub dies again and again while the same messages are in work, which have done nothing wrong. */
export const crashLoop: Fault = {
  id: "F07",
  title: "kill -9 three times and more in a row on innocent messages",
  tries: "I1 I2 I3",
  async run({ backend, size, note }) {
    const stage = await setStage(backend, {
      webhooks: { events: EVENT_HOOK },
      flows: { events: eventsFlow() },
    });
    // Nothing is in work until the flow is resumed; then it dies with all of them.
    const first = await stage.start({ failpoint: "before_transform:exit", doomed: false });
    await first.post("/api/v1/flows/events/pause", { what: "deliver" });
    const acked: Posted[] = [];
    for (let n = 0; n < MESSAGES; n++) {
      const posted = await post(first.url, { id: `c${n}-1`, customer: `c${n}`, n: 1 });
      if (posted !== null) acked.push(posted);
    }
    await first.post("/api/v1/flows/events/resume", { what: "deliver" }).catch(() => undefined);
    await Promise.race([first.ended, pause(20_000)]);
    let deaths = first.alive() ? 0 : 1;
    await first.kill();
    const kills = size(10, 3);
    for (let n = 0; n < kills; n++) {
      const hub = await stage.start({ failpoint: "before_transform:exit" });
      await Promise.race([hub.ended, pause(20_000)]);
      if (!hub.alive()) deaths += 1;
      await hub.kill();
    }
    const last = await stage.start();
    const drainMs = await drained(stage.store);
    await last.stop();
    const table = await judgeEvents(stage.store, acked, null, drainMs);
    await stage.remove();
    note(`${deaths} deaths over ${MESSAGES} messages`);
    return {
      table,
      checks: [
        check("all were accepted", acked.length === MESSAGES, acked.length),
        check("the hub died three times and more with them in work", deaths >= 3, deaths),
        check("none is parked for it", table.parked === 0, table.parked),
      ],
    };
  },
};
