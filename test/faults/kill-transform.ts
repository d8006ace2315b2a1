import { setTimeout as pause } from "node:timers/promises";
import { drained } from "./books.ts";
import { check, type Fault } from "./fault.ts";
import { judgeEvents } from "./judge.ts";
import { producers } from "./producer.ts";
import { EVENT_HOOK, eventsFlow } from "./project.ts";
import { setStage } from "./stage.ts";

/** F02: the hub dies just before and just after it commits the effects of a batch, at random batches. */
export const killTransform: Fault = {
  id: "F02",
  title: "kill -9 before and after a transform commits",
  tries: "I1 I2 I3",
  async run({ backend, random, size, note }) {
    const stage = await setStage(backend, {
      webhooks: { events: EVENT_HOOK },
      flows: { events: eventsFlow() },
    });
    const senders = producers(10);
    let deaths = 0;
    const rounds = size(12, 2);
    for (let round = 0; round < rounds; round++) {
      const place = `${round % 2 === 0 ? "before" : "after"}_transform:exit:${1 + random.int(8)}`;
      const hub = await stage.start({ failpoint: place });
      let open = true;
      const posting = senders.run(hub.url, () => open);
      await Promise.race([hub.ended, pause(60_000)]);
      if (!hub.alive()) deaths += 1;
      await hub.kill();
      open = false;
      await posting;
      note(`died at ${place}, ${senders.acked.length} acked`);
    }
    const started = performance.now();
    const hub = await stage.start();
    await drained(stage.store);
    const drainMs = performance.now() - started;
    await hub.stop();
    await senders.close();
    const table = await judgeEvents(stage.store, senders.acked, null, drainMs);
    await stage.remove();
    return {
      table,
      checks: [check("each hub died at its fail point", deaths === rounds, `${deaths} of ${rounds}`)],
    };
  },
};
