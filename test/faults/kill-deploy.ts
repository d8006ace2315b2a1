import { setTimeout as pause } from "node:timers/promises";
import type { StorePlace } from "./backend.ts";
import { drained, recordsOf } from "./books.ts";
import { check, type Fault } from "./fault.ts";
import { judgeEvents } from "./judge.ts";
import { producers } from "./producer.ts";
import { EVENT_HOOK, eventsFlow } from "./project.ts";
import { setStage } from "./stage.ts";

/** K02: a flow is changed again and again under load, and the hub is killed around the moment it takes the change up. */
export const killDeploy: Fault = {
  id: "K02",
  title: "kill -9 while a changed flow is deployed",
  tries: "I1 I2 I3",
  async run({ backend, random, size, note }) {
    const stage = await setStage(backend, {
      webhooks: { events: EVENT_HOOK },
      flows: { events: eventsFlow() },
    });
    const senders = producers(8, 4, 5);
    const rounds = size(10, 2);
    let version = 0;
    for (let round = 0; round < rounds; round++) {
      const hub = await stage.start();
      let open = true;
      const posting = senders.run(hub.url, () => open);
      await pause(300 + random.int(500));
      // Two changes, one of which is broken text for a moment, as an editor may leave it.
      version += 1;
      await stage.write("mappings/events/map.jsonata", `{ "id": id, "kind": `);
      await pause(random.int(1200));
      await stage.write("mappings/events/map.jsonata", mappedAs(version));
      await pause(random.int(1500));
      await hub.kill();
      open = false;
      await posting;
      note(`killed around the deployment of text ${version}, ${senders.acked.length} acked`);
    }
    const started = performance.now();
    const hub = await stage.start();
    let open = true;
    const posting = senders.run(hub.url, () => open);
    await pause(2500);
    open = false;
    await posting;
    await drained(stage.store);
    const drainMs = performance.now() - started;
    const { items } = await hub.get<{ items: readonly { name: string; problem: string | null }[] }>(
      "/api/v1/flows",
    );
    await hub.stop();
    await senders.close();
    const table = await judgeEvents(stage.store, senders.acked, null, drainMs);
    const right = await versionsRight(stage.store);
    const [texts] = await stage.store.all<{ n: number }>("SELECT count(*) AS n FROM flow_version");
    await stage.remove();
    const newest = recordVersions(right.records).at(-1);
    return {
      table,
      checks: [
        check(
          "the last text is in force, without a problem",
          items[0]?.problem === null && newest === version,
          `text ${newest} of ${version}; ${items[0]?.problem ?? "no problem"}`,
        ),
        check(
          "each message was mapped with the text it was accepted under",
          right.wrong === 0,
          `${right.wrong} otherwise, ${texts?.n} texts`,
        ),
      ],
    };
  },
};

export function mappedAs(version: number): string {
  return `{ "id": id, "kind": "note", "subject": customer, "text": $string(n), "attributes": { "text": ${version} } }`;
}

interface Mapped {
  readonly id: string;
  /** The number in the text that mapped it; 0 for the first text. */
  readonly text: number;
}

function recordVersions(records: readonly Mapped[]): readonly number[] {
  return records.map(({ text }) => text);
}

/** Compares what each effect was mapped with against the text its message points to. */
export async function versionsRight(
  store: StorePlace,
): Promise<{ readonly records: readonly Mapped[]; readonly wrong: number }> {
  const records = (await recordsOf(store, 1)).map(({ externalId, body }) => ({
    id: externalId,
    text: (body as { attributes?: { text?: number } }).attributes?.text ?? 0,
  }));
  const accepted = await store.all<{ event: string; texts: string }>(
    "SELECT m.event, v.texts FROM message m JOIN flow_version v ON v.id = m.version",
  );
  const byEvent = new Map(
    accepted.map(({ event, texts }) => [event, Number(/\\"text\\": (\d+) \}/.exec(texts)?.[1] ?? 0)]),
  );
  return { records, wrong: records.filter(({ id, text }) => byEvent.get(id) !== text).length };
}
