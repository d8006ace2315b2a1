import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { startTarget } from "../../fakes/http-target.ts";
import { ask, openPostgres } from "../../fakes/postgres.ts";
import { customerRows, drop } from "../../faults/drop.ts";
import { freePort, type HubProcess, startHubProcess } from "../../faults/hub-process.ts";
import { makeWholeProject } from "../../faults/project.ts";
import { drained, expectCustomers, moreAcked, within } from "./outcome.ts";
import { openScene } from "./scene.ts";

const ROWS = 5_000;

describe("processes of one store with a role each", () => {
  it("are restarted one by one under load, and nothing is lost, doubled or out of order", async () => {
    const server = await openPostgres();
    const scene = await openScene(server);
    const { place, project, senders, queries, env } = scene;
    const start = async (role: string, port?: number): Promise<HubProcess> =>
      startHubProcess({ ...project, env: { ...env, TIELINE_ROLE: role }, port: port ?? (await freePort()) });
    const apiPort = await freePort();
    const roles = ["worker", "worker", "schedule"];
    let api = await start("api", apiPort);
    const hubs = await Promise.all(roles.map((role) => start(role)));
    let open = true;
    const lanesOf = async (): Promise<string> =>
      String(
        await ask(
          server.url,
          `SELECT string_agg(works || ' ' || duty || ': ' || n, ', ' ORDER BY works, duty, n) FROM (
             SELECT w.id, w.works, w.duty, count(l.lane) AS n FROM ${place.schema}.worker w
             LEFT JOIN ${place.schema}.lane l ON l.owner = w.id GROUP BY w.id, w.works, w.duty) AS o`,
        ),
      );
    const settled = async (): Promise<void> => {
      for (let looks = 0; looks < 300; looks++) {
        if ((await lanesOf()) === "0 0: 0, 0 1: 1, 1 0: 128, 1 0: 128") return;
        await pause(100);
      }
      throw new Error(`the lanes are not shared as they should be: ${await lanesOf()}`);
    };
    try {
      await settled();
      const sending = senders.run(api.url, () => open);
      await drop(project, "customers.csv", customerRows("c", ROWS));
      await moreAcked(senders, 100);
      for (const [index, role] of roles.entries()) {
        expect(await hubs[index]?.stop()).toBe(0);
        await moreAcked(senders, 50);
        hubs[index] = await start(role);
        await settled();
      }
      expect(await api.stop()).toBe(0);
      api = await start("api", apiPort);
      await moreAcked(senders, 50);
      open = false;
      await sending;
      await drained(server, place);
      await expectCustomers(ROWS, queries, server, place);

      // What a person asks of one process is done by the one that has it to do.
      await drop(project, "more.csv", customerRows("d", 10));
      expect(await runNow(api, project.dir)).toMatchObject({ asked: true, files: 0 });
      await within(async () => (await queries.files({}, { before: null, limit: 9 })).items.length, 2);
      await drained(server, place);

      for (const hub of [...hubs, api]) expect(await hub.stop()).toBe(0);
      expect(await ask(server.url, `SELECT count(*) FROM ${place.schema}.worker`)).toBe("0");
      await scene.expectAll();
    } finally {
      open = false;
      for (const hub of [...hubs, api]) await hub.kill();
      await scene.close();
    }
  }, 180_000);

  it("cannot be had of an embedded store, which says what to do", async () => {
    const target = await startTarget({ mode: "dedupe", keyField: "subject", delay: 2 });
    const project = await makeWholeProject(target);
    const hub = await startHubProcess({
      ...project,
      env: { ...project.env, TIELINE_ROLE: "worker" },
      port: await freePort(),
      doomed: true,
    });
    await hub.ended;
    expect(hub.output()).toContain("an embedded store serves one process");
    expect(hub.output()).toContain("Start it without --role");
    await target.close();
    await project.remove();
  }, 60_000);
});

async function runNow({ url }: HubProcess, dir: string): Promise<unknown> {
  const token = (await readFile(join(dir, "data", "api-token"), "utf8")).trim();
  const answer = await fetch(`${url}/api/v1/flows/customers/run`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: "{}",
  });
  return answer.json();
}
