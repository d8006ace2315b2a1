import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { drained } from "./books.ts";
import { check, type Fault } from "./fault.ts";
import { freePort, startHubProcess } from "./hub-process.ts";
import { judgeEvents } from "./judge.ts";
import { producers } from "./producer.ts";
import { EVENT_HOOK, eventsFlow, makeProject } from "./project.ts";

/** F02: the hub dies just before and just after it commits the effects of a batch, at random batches. */
export const killTransform: Fault = {
  id: "F02",
  title: "kill -9 before and after a transform commits",
  async run({ random, size, note }) {
    const project = await makeProject({ webhooks: { events: EVENT_HOOK }, flows: { events: eventsFlow() } });
    const data = join(project.dir, "data");
    const port = await freePort();
    const senders = producers(10);
    let deaths = 0;
    const rounds = size(12, 2);
    for (let round = 0; round < rounds; round++) {
      const place = `${round % 2 === 0 ? "before" : "after"}_transform:exit:${1 + random.int(8)}`;
      const hub = await startHubProcess({
        ...project,
        port,
        env: { ...project.env, TIELINE_FAILPOINT: place },
        doomed: true,
      });
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
    const hub = await startHubProcess({ ...project, port });
    await drained(data);
    const drainMs = performance.now() - started;
    await hub.stop();
    await senders.close();
    const table = judgeEvents(data, senders.acked, null, drainMs);
    await project.remove();
    return {
      table,
      checks: [check("each hub died at its fail point", deaths === rounds, `${deaths} of ${rounds}`)],
    };
  },
};
