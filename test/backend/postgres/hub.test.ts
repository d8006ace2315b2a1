import { setTimeout as pause } from "node:timers/promises";
import { expect, it } from "vitest";
import { startPostgres } from "../../fakes/postgres.ts";
import { customerRows, drop } from "../../faults/drop.ts";
import { freePort, startHubProcess } from "../../faults/hub-process.ts";
import { signature } from "../../faults/producer.ts";
import { drained, expectCustomers, moreAcked, rowsRead } from "./outcome.ts";
import { openScene } from "./scene.ts";

const ROWS = 20_000;

it("a hub on PostgreSQL loses nothing and doubles nothing when both are killed in the middle of files and webhooks", async () => {
  const server = await startPostgres();
  const scene = await openScene(server);
  const { place, project, senders, queries, env } = scene;
  const options = { ...project, port: await freePort(), env };
  let open = true;

  let hub = await startHubProcess(options);
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
    await scene.expectAll();
  } finally {
    open = false;
    await hub.kill();
    await scene.close();
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
