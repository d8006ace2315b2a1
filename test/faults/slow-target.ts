import { setTimeout as pause } from "node:timers/promises";
import { startTarget } from "../fakes/http-target.ts";
import { drained } from "./books.ts";
import { check, type Fault } from "./fault.ts";
import { judgeEvents } from "./judge.ts";
import { post, steadyProducers } from "./producer.ts";
import { EVENT_HOOK, eventsFlow } from "./project.ts";
import { spread } from "./rates.ts";
import { setStage } from "./stage.ts";

/** The slow target's time for one answer; milliseconds. */
const SLOW_MS = 10_000;
const TURNS = 4;

/** F22: one target needs ten seconds for each answer; another flow must not feel it. */
export const slowTarget: Fault = {
  id: "F22",
  title: "one target needs 10 s for each answer",
  tries: "I3 I5",
  pace: "timed",
  async run(run) {
    const fast = await startTarget({ mode: "dedupe", keyField: "subject" });
    const slow = await startTarget({ mode: "dedupe", keyField: "subject", delay: SLOW_MS });
    const stage = await setStage(run.backend, {
      webhooks: { events: EVENT_HOOK, slow: EVENT_HOOK },
      target: { url: fast.url, idempotent: true },
      sinks: { slow: `{ url: ${JSON.stringify(slow.url)}, idempotent: true, timeout: 13000 }` },
      flows: {
        events: eventsFlow({ target: true }),
        slow: eventsFlow({ read: "slow", more: "  - to: desk.slow\n" }),
      },
    });
    const hub = await stage.start();
    const senders = steadyProducers(20, 500);
    let open = true;
    const posting = senders.run(hub.url, () => open);
    await pause(run.size(5_000, 1_000));
    const windows = { quiet: [] as Window[], beside: [] as Window[] };
    const windowMs = run.size(15_000, 4_000);
    let sent = 0;
    for (let turn = 0; turn < TURNS; turn++) {
      for (const kind of ["quiet", "beside"] as const) {
        const begun = Date.now();
        if (kind === "quiet") await pause(windowMs);
        else
          await spread(
            Array.from({ length: 20 }, () => async () => {
              const n = ++sent;
              await post(hub.url, { id: `slow-${n}-1`, customer: `slow-${n}`, n: 1 }, undefined, "slow");
            }),
            windowMs,
          );
        windows[kind].push({ from: begun, to: Date.now() });
      }
    }
    open = false;
    await posting;
    const inSlow = slow.requests.length;
    const waiting = await stage.store.all<{ n: number }>(
      "SELECT count(*) AS n FROM delivery d JOIN route r ON r.id = d.route WHERE r.target = 'desk.slow' AND d.state < 4",
    );
    // What waits for the slow target would wait for minutes more; it is the other flow that is judged.
    slow.always({ delay: 0 });
    const drainMs = await drained(stage.store, 180_000);
    const code = await hub.stop();
    await senders.close();
    const table = await judgeEvents(stage.store, senders.acked, fast.requests, drainMs);
    const times = new Map(fast.requests.map(({ id, time }) => [id, time]));
    const took = (list: readonly Window[]): number[] =>
      list.map(({ from, to }) =>
        p99(
          senders.acked
            .filter(({ at }) => at >= from && at < to)
            .map(({ at, message }) => Math.max(0, (times.get(`${message}.desk.notes`) ?? at + SLOW_MS) - at)),
        ),
      );
    const [quiet, beside] = [median(took(windows.quiet)), median(took(windows.beside))];
    await stage.remove();
    await Promise.all([fast.close(), slow.close()]);
    run.note(
      `p99 from yes to target: ${quiet} ms alone, ${beside} ms beside ${sent} messages for the slow target`,
    );
    return {
      table,
      checks: [
        check(
          "the slow target was at work, and more waited for it",
          inSlow > 0 && (waiting[0]?.n ?? 0) > 4,
          `${inSlow} answered, ${waiting[0]?.n} waiting`,
        ),
        // A p99 of few milliseconds is told in whole ones.
        check(
          "the other flow's p99 grows by no more than 20 %",
          beside <= Math.max(quiet * 1.2, quiet + 2),
          `${quiet} ms alone, ${beside} ms beside it`,
        ),
        check("the hub stops with exit code 0 afterwards", code === 0, code ?? ""),
      ],
    };
  },
};

interface Window {
  readonly from: number;
  readonly to: number;
}

function p99(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))] ?? 0;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
