import { setTimeout as pause } from "node:timers/promises";
import { booksOf, drained } from "./books.ts";
import { check, type Fault } from "./fault.ts";
import { judgeEvents } from "./judge.ts";
import { producers } from "./producer.ts";
import { EVENT_HOOK, eventsFlow } from "./project.ts";
import { setStage } from "./stage.ts";

/**
 * F01: many producers post while the hub is killed again and again at a random moment. What was answered 2xx must be
 * there; what was not may be there once, and the sender's second post of it is recognised.
 */
export const killAccept: Fault = {
  id: "F01",
  title: "kill -9 while it accepts",
  tries: "I1 I2",
  async run({ backend, random, size, note }) {
    const rounds = size(30, 3);
    const stage = await setStage(backend, {
      webhooks: { events: EVENT_HOOK },
      flows: { events: eventsFlow() },
    });
    const senders = producers(size(50, 10));
    const perRound: number[] = [];
    for (let round = 1; round <= rounds; round++) {
      const hub = await stage.start();
      const before = senders.acked.length;
      let open = true;
      const posting = senders.run(hub.url, () => open);
      await pause(size(0, 400) + random.next() * size(2000, 600));
      await hub.kill();
      open = false;
      await posting;
      perRound.push(senders.acked.length - before);
      note(`round ${round}: ${senders.acked.length - before} acked, ${senders.refusals()} not so far`);
    }
    const hub = await stage.start();
    const started = performance.now();
    let open = true;
    const posting = senders.run(hub.url, () => open);
    await pause(300);
    open = false;
    await posting;
    await drained(stage.store);
    const drainMs = performance.now() - started;
    const code = await hub.stop();
    await senders.close();
    const table = await judgeEvents(stage.store, senders.acked, null, drainMs);
    const stored = (await booksOf(stage.store, "events")).messages.length;
    await stage.remove();
    return {
      table,
      checks: [
        check(
          "the hub was killed while it accepted",
          perRound.filter((n) => n > 0).length > rounds / 2,
          perRound.join(" "),
        ),
        check(
          "nothing is stored that no sender was told of",
          stored === senders.acked.length,
          `${stored} stored`,
        ),
        check("it stops with exit code 0 afterwards", code === 0, String(code)),
      ],
    };
  },
};
