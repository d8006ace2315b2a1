import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PrivateServer, startPostgres } from "../../fakes/postgres.ts";
import { freePort, type HubProcess, startHubProcess } from "../../faults/hub-process.ts";
import { EVENT_HOOK, eventsFlow, type FaultProject, makeProject } from "../../faults/project.ts";
import { freshPlace } from "./place.ts";

let server: PrivateServer;
let project: FaultProject;

beforeAll(async () => {
  server = await startPostgres();
  project = await makeProject({ webhooks: { events: EVENT_HOOK }, flows: { events: eventsFlow() } });
}, 120_000);

afterAll(async () => {
  await project.remove();
  await server.close();
});

/** A hub whose database is not there. */
async function startWithout(): Promise<HubProcess> {
  await server.kill();
  const env = { ...project.env, TIELINE_STORAGE: `${server.url}?schema=${freshPlace(server).schema}` };
  const hub = await startHubProcess({ ...project, env, port: await freePort(), doomed: true });
  await until(async () => hub.output().includes("Waiting"));
  return hub;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let looks = 0; looks < 400; looks++) {
    if (await holds()) return;
    await pause(50);
  }
  throw new Error("it never came to that");
}

describe("a hub whose database is not there when it starts", () => {
  it("says so, waits, and starts by itself when it is", async () => {
    const hub = await startWithout();
    try {
      expect(hub.output()).toMatch(/Waiting: the database cannot be opened \(ECONN\w+\)\. Start the server/);
      expect(hub.alive()).toBe(true);
      await server.start();
      await until(async () => {
        const answer = await fetch(`${hub.url}/readyz`).catch(() => null);
        return answer?.status === 200;
      });
      expect(await hub.stop()).toBe(0);
    } finally {
      await hub.kill();
    }
  }, 60_000);

  it("stops when it is asked to while it waits", async () => {
    const hub = await startWithout();
    try {
      expect(await hub.stop()).toBe(0);
      expect(hub.output()).toContain("Stopped before it had started.");
    } finally {
      await hub.kill();
      await server.start();
    }
  }, 60_000);
});
