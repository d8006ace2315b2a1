import { setTimeout as pause } from "node:timers/promises";
import { expect, it } from "vitest";
import { openPostgresReads } from "../../../src/backend/postgres/reads.ts";
import { startTarget } from "../../fakes/http-target.ts";
import { startPostgres } from "../../fakes/postgres.ts";
import { customerRows, drop } from "../../faults/drop.ts";
import { freePort, startHubProcess } from "../../faults/hub-process.ts";
import { producers, signature } from "../../faults/producer.ts";
import { makeWholeProject } from "../../faults/project.ts";
import {
  drained,
  expectCustomers,
  expectEffects,
  expectEvents,
  interactions,
  moreAcked,
  rowsRead,
} from "./outcome.ts";
import { freshPlace } from "./place.ts";

const ROWS = 20_000;

it("a hub on PostgreSQL loses nothing and doubles nothing when both are killed in the middle of files and webhooks", async () => {
  const server = await startPostgres();
  const place = freshPlace(server);
  const target = await startTarget({ mode: "dedupe", keyField: "subject", delay: 2 });
  const project = await makeWholeProject(target);
  const storage = `${server.url}?schema=${place.schema}`;
  const options = { ...project, port: await freePort(), env: { ...project.env, TIELINE_STORAGE: storage } };
  const senders = producers(4);
  let open = true;

  let hub = await startHubProcess(options);
  const { queries } = openPostgresReads(place);
  try {
    const sending = senders.run(hub.url, () => open);
    await drop(project, "customers.csv", customerRows("c", ROWS));
    await moreAcked(senders, 50);
    await rowsRead(queries, ROWS / 5);

    await server.kill();
    const { wait, ...refused } = await refusal(hub.url);
    expect(refused).toEqual({ status: 503, code: "TL_STORE_FAILED" });
    expect(wait).toBeGreaterThan(0);
    // What was in doubt when it died is answered when it is back.
    await pause(500);
    await server.start();
    await moreAcked(senders, 50);

    await hub.kill();
    await pause(200);
    hub = await startHubProcess(options);
    await moreAcked(senders, 50);
    open = false;
    await sending;
    await drained(server, place);
    expect(await hub.stop()).toBe(0);

    await expectCustomers(ROWS, queries, server, place);
    await expectEvents(queries, server, place, senders);
    expectEffects(target.requests, await interactions(server, place));
  } finally {
    open = false;
    await hub.kill();
    await queries.close();
    await senders.close();
    await target.close();
    await project.remove();
    await server.close();
  }
}, 120_000);

/** How the hub answers an accept that it cannot store. */
async function refusal(url: string) {
  const body = JSON.stringify({ id: "refused", customer: "refused", n: 1 });
  const answer = await fetch(`${url}/in/shop/events`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-signature": signature(body), "x-event": "refused" },
    body,
  });
  const { code } = (await answer.json()) as { readonly code: string };
  return { status: answer.status, code, wait: Number(answer.headers.get("retry-after")) };
}
