import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ask, openPostgres } from "../../fakes/postgres.ts";
import { freePort, type HubProcess, startHubProcess } from "../../faults/hub-process.ts";
import { producers } from "../../faults/producer.ts";
import { eventsFlow, makeProject, SECRET } from "../../faults/project.ts";
import { drained, moreAcked } from "./outcome.ts";
import { dropPlace, freshPlace } from "./place.ts";

const COLLECT = '  - to: erp.notes\n    collect: { until: "*/2 * * * * *", zone: UTC, rows: 200 }\n';

it("two hubs write each delivery into one file, in order, and each slot has one last file, though one is killed", async () => {
  const server = await openPostgres();
  const place = freshPlace(server);
  const project = await makeProject({ flows: { events: eventsFlow({ more: COLLECT }) } });
  const folder = join(project.dir, "out");
  mkdirSync(folder);
  const hook = {
    scheme: "hex",
    header: "x-signature",
    eventHeader: "x-event",
    secrets: ["$" + "{env:FAULT_SECRET}"],
  };
  const notes = { folder, name: "{id}.jsonl", format: { jsonl: {} }, trailer: '{"rows":{rows}}' };
  const systems = {
    shop: { connector: "billing", settings: { webhooks: { events: hook } } },
    erp: { connector: "erp", settings: { write: { notes } } },
  };
  await project.write("tieline.yaml", JSON.stringify({ apiVersion: "tieline/v1", systems }));
  const env = { FAULT_SECRET: SECRET, TIELINE_STORAGE: `${server.url}?schema=${place.schema}` };
  const start = async (): Promise<HubProcess> =>
    startHubProcess({
      dir: project.dir,
      data: join(project.dir, `data-${hubs.length}`),
      env,
      port: await freePort(),
    });
  const hubs: HubProcess[] = [];
  const senders = producers(4);
  let open = true;
  try {
    hubs.push(await start());
    hubs.push(await start());
    const [first, second] = hubs as [HubProcess, HubProcess];
    const sending = senders.run(second.url, () => open);
    for (let kills = 0; kills < 3; kills++) {
      await moreAcked(senders, 300);
      const { length } = hubs;
      await hubs[kills === 0 ? 0 : length - 1]?.kill();
      hubs.push(await start());
    }
    await moreAcked(senders, 100);
    open = false;
    await sending;
    await drained(server, place);
    expect(first.alive()).toBe(false);

    const files = readdirSync(folder).sort(bySlotAndPart);
    const lines = files.flatMap((name) => {
      const found = readFileSync(join(folder, name), "utf8").trimEnd().split("\n");
      expect(found.pop()).toBe(`{"rows":${found.length}}`);
      return found.map((line) => JSON.parse(line) as { id: string; subject: string; text: string });
    });
    const ids = lines.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(senders.acked.filter(({ id }) => !ids.includes(id))).toEqual([]);
    for (const subject of new Set(lines.map((line) => line.subject))) {
      const numbers = lines.filter((line) => line.subject === subject).map(({ text }) => Number(text));
      expect(numbers).toEqual(numbers.toSorted((left, right) => left - right));
    }
    const twice = await ask(
      server.url,
      `SELECT count(*) FROM (SELECT 1 FROM ${place.schema}.bundle WHERE closes = 1
       GROUP BY route, slot HAVING count(*) > 1) AS q`,
    );
    expect(Number(twice)).toBe(0);
  } finally {
    open = false;
    for (const hub of hubs) await hub.kill();
    await senders.close();
    await project.remove();
    await dropPlace(server, place);
    await server.close();
  }
}, 240_000);

function bySlotAndPart(left: string, right: string): number {
  const [, slot = "", part = ""] = /\.(\w+Z)\.(\d+)\.jsonl$/.exec(left) ?? [];
  const [, otherSlot = "", otherPart = ""] = /\.(\w+Z)\.(\d+)\.jsonl$/.exec(right) ?? [];
  return slot.localeCompare(otherSlot) || Number(part) - Number(otherPart);
}
