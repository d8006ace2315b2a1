import { setTimeout as pause } from "node:timers/promises";
import { expect, it } from "vitest";
import { ask, openPostgres } from "../../fakes/postgres.ts";
import { freePort, startHubProcess } from "../../faults/hub-process.ts";
import { drained, moreAcked } from "./outcome.ts";
import { openScene } from "./scene.ts";

/** Enough of them that what they post is mapped while it is stored. */
const SENDERS = 24;

it("messages that get the places of others, which were refused at their commit, are mapped from their own content", async () => {
  const server = await openPostgres();
  const scene = await openScene(server, SENDERS, 0);
  const { place, project, senders, env } = scene;
  const hub = await startHubProcess({ ...project, port: await freePort(), env });
  const tally = `${place.schema}.tally`;
  let open = true;
  try {
    const sending = senders.run(hub.url, () => open);
    await moreAcked(senders, 400);
    // The books are the last that an acceptance writes, when its messages have been given to the mapper.
    await ask(
      server.url,
      `CREATE FUNCTION ${place.schema}.refuse() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = 'disk_full'; END $$`,
    );
    await ask(
      server.url,
      `CREATE TRIGGER refuse BEFORE INSERT ON ${tally} FOR EACH ROW WHEN (new.outcome = 'accepted')
         EXECUTE FUNCTION ${place.schema}.refuse()`,
    );
    for (let times = 0; times < 3; times++) {
      await ask(server.url, `ALTER TABLE ${tally} ENABLE TRIGGER refuse`);
      const refused = senders.refusals();
      await pause(300);
      expect(senders.refusals()).toBeGreaterThan(refused);
      await ask(server.url, `ALTER TABLE ${tally} DISABLE TRIGGER refuse`);
      await moreAcked(senders, 100);
    }
    open = false;
    await sending;
    await drained(server, place);
    expect(await hub.stop()).toBe(0);
    await scene.expectAll();
  } finally {
    open = false;
    await hub.kill();
    await scene.close();
  }
}, 120_000);
