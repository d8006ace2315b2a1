import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startPostgres, type TestServer } from "../fakes/postgres.ts";
import { type Backend, postgresBackend, type StorePlace, sqliteBackend } from "../faults/backend.ts";
import { recordsOf } from "../faults/books.ts";
import { freePort, type HubProcess, startHubProcess } from "../faults/hub-process.ts";
import { eventsFlow, type FaultProject, makeProject } from "../faults/project.ts";
import { until } from "../faults/wait.ts";

const TOKEN = "a-long-enough-token";

let server: TestServer;
beforeAll(async () => {
  server = await startPostgres();
}, 60_000);
afterAll(() => server.close());

describe.each<[string, () => Backend]>([
  ["sqlite", () => sqliteBackend],
  ["postgres", () => postgresBackend(server)],
])("a hub on %s that is sent CloudEvents in batches", (_, backend) => {
  let project: FaultProject;
  let place: StorePlace;
  let hub: HubProcess;
  beforeAll(async () => {
    project = await makeProject({
      systems: { shop: { connector: "web", settings: { events: { notes: { token: `\${env:NOTES}` } } } } },
      flows: { notes: eventsFlow({ read: "notes" }) },
    });
    const data = `${project.dir}/data`;
    place = await backend().place(data);
    hub = await start();
  }, 60_000);
  afterAll(async () => {
    await hub?.kill();
    await place?.remove();
    await project?.remove();
  });

  async function start(): Promise<HubProcess> {
    return startHubProcess({
      ...{ dir: project.dir, data: `${project.dir}/data`, port: await freePort() },
      env: { ...project.env, ...place.env, NOTES: TOKEN },
    });
  }

  async function send(events: readonly object[]) {
    const answer = await fetch(`${hub.url}/in/shop/notes`, {
      method: "POST",
      headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/cloudevents-batch+json" },
      body: JSON.stringify(events),
    });
    return { status: answer.status, said: (await answer.json()) as Said };
  }

  /** Ids of the notes that took effect, in the order in which they did. */
  async function applied(count: number): Promise<readonly string[]> {
    const ids = async () => (await recordsOf(place, 1)).map(({ externalId }) => externalId);
    await until(async () => (await ids()).length >= count, 20_000);
    return ids();
  }

  it("applies each of them once, also when they come again to a hub that was killed", async () => {
    const batch = [1, 2, 3].map((n) => event(`e${n}`, n));
    const first = await send(batch);
    expect(first.status).toBe(202);
    expect(first.said.items?.map(({ duplicate }) => duplicate)).toEqual([false, false, false]);
    await hub.kill();
    hub = await start();
    const again = await send(batch);
    expect(again.status).toBe(200);
    expect(again.said.items).toEqual(first.said.items?.map((item) => ({ ...item, duplicate: true })));
    expect(await applied(3)).toEqual(["e1", "e2", "e3"]);
  }, 60_000);

  it("takes none of them when one has no key, and says which", async () => {
    const { customer: _customer, ...nameless } = event("e11", 11);
    const refused = await send([event("e10", 10), nameless, event("e12", 12)]);
    expect(refused).toMatchObject({ status: 422, said: { code: "TL_KEY_MISSING" } });
    expect(refused.said.detail).toContain("item 1 of the batch, counted from 0");
    const later = await send([event("e10", 10), event("e12", 12)]);
    expect(later.said.items?.map(({ duplicate }) => duplicate)).toEqual([false, false]);
    expect(await applied(5)).toEqual(["e1", "e2", "e3", "e10", "e12"]);
  }, 60_000);
});

interface Said {
  readonly items?: readonly { readonly id: string; readonly duplicate: boolean }[];
  readonly code?: string;
  readonly detail?: string;
}

function event(id: string, n: number) {
  return { specversion: "1.0", id, source: "/notes", type: "note.made", customer: "c1", n };
}
