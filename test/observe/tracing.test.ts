import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openLogger } from "../../src/observe/logger.ts";
import { openTracing } from "../../src/observe/open-tracing.ts";
import { type CollectedSpan, type Collector, startCollector } from "../fakes/collector.ts";
import { startTarget, type Target } from "../fakes/http-target.ts";
import { freePort, type HubProcess, startHubProcess } from "../faults/hub-process.ts";
import { postTo } from "../faults/producer.ts";
import { EVENT_HOOK, eventsFlow, type FaultProject, makeProject } from "../faults/project.ts";

let project: FaultProject;
let target: Target;
let collector: Collector;
let hub: HubProcess;

async function start(env: Readonly<Record<string, string>>): Promise<HubProcess> {
  return startHubProcess({
    ...{ dir: project.dir, port: await freePort() },
    env: { ...project.env, OTEL_BSP_SCHEDULE_DELAY: "100", OTEL_SERVICE_NAME: "hub-under-test", ...env },
  });
}

beforeAll(async () => {
  collector = await startCollector();
  target = await startTarget();
  project = await makeProject({
    webhooks: { events: EVENT_HOOK },
    target: { url: target.url, idempotent: true },
    flows: { events: eventsFlow({ target: true }) },
  });
  hub = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
}, 60_000);

afterAll(async () => {
  await hub?.kill();
  await target?.close();
  await collector?.close();
  await project?.remove();
});

/** Posts one happening of a customer under a trace of its own; gives the trace's id. */
async function send(
  n: number,
  flags = "01",
  headers: Readonly<Record<string, string>> = {},
): Promise<string> {
  const traceId = String(n).padStart(32, "a");
  const body = JSON.stringify({ id: `e-${n}`, customer: `Ada Lovelace ${n}`, n });
  await postTo(hub.url, "events", body, {
    "x-event": `e-${n}`,
    traceparent: `00-${traceId}-00f067aa0ba902b7-${flags}`,
    ...headers,
  });
  return traceId;
}

const spansOf = (traceId: string): readonly CollectedSpan[] =>
  collector.spans.filter((span) => span.traceId === traceId);
const names = (traceId: string) => (): readonly string[] =>
  spansOf(traceId)
    .map(({ name }) => name)
    .sort();

test("a message goes on with its sender's trace, through each attempt, and hands it to the target", async () => {
  target.answer({ status: 503 });
  const traceId = await send(1);
  await expect
    .poll(names(traceId), { timeout: 15_000 })
    .toEqual(["process events", "receive events", "send desk.notes", "send desk.notes"]);
  const [receive] = spansOf(traceId).filter(({ name }) => name === "receive events");
  const [process] = spansOf(traceId).filter(({ name }) => name === "process events");
  const sends = spansOf(traceId).filter(({ name }) => name.startsWith("send"));
  expect(receive).toMatchObject({ parentSpanId: "00f067aa0ba902b7", kind: 2, status: 0 });
  expect(receive?.resource).toMatchObject({ "service.name": "hub-under-test" });
  const id = receive?.attributes["messaging.message.id"];
  expect(process).toMatchObject({ parentSpanId: receive?.spanId, kind: 5, status: 0 });
  expect(process?.attributes).toMatchObject({
    "messaging.message.id": id,
    "messaging.batch.message_count": 1,
  });
  expect(sends.map(({ attributes }) => [attributes["tieline.attempt"], attributes["error.type"]])).toEqual([
    [1, "TL_TARGET_BUSY"],
    [1, undefined],
  ]);
  for (const attempt of sends) {
    expect(attempt).toMatchObject({ parentSpanId: receive?.spanId, kind: 3 });
    expect(attempt.attributes["messaging.message.id"]).toBe(`${id}.desk.notes`);
    expect(attempt.took > 0n).toBe(true);
  }
  expect(target.requests.map(({ headers }) => headers["traceparent"])).toEqual(
    sends.map(({ spanId }) => `00-${traceId}-${spanId}-01`),
  );
});

test("messages that are transformed together are linked to their one span", async () => {
  const token = (await readFile(`${project.dir}/data/api-token`, "utf8")).trim();
  const act = (verb: string): Promise<Response> =>
    fetch(`${hub.url}/api/v1/flows/events/${verb}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ what: "deliver" }),
    });
  const sent = target.requests.length;
  expect((await act("pause")).status).toBe(200);
  const traces = await Promise.all([11, 12, 13].map((n) => send(n)));
  expect((await act("resume")).status).toBe(200);
  const together = (): CollectedSpan | undefined => collector.spans.find(({ links }) => links.length > 0);
  await expect.poll(together).toMatchObject({ name: "process events", parentSpanId: undefined });
  expect(together()?.attributes).toMatchObject({ "messaging.batch.message_count": 3 });
  expect(
    together()
      ?.links.map(({ traceId }) => traceId)
      .sort(),
  ).toEqual([...traces].sort());
  const receives = collector.spans
    .filter(({ name }) => name === "receive events")
    .map(({ spanId }) => spanId);
  for (const { spanId } of together()?.links ?? []) expect(receives).toContain(spanId);
  await expect.poll(() => target.requests.length).toBe(sent + 3);
});

test("what a sender does not want recorded is not, and the target is told so", async () => {
  const before = target.requests.length;
  const traceId = await send(21, "00");
  await expect.poll(() => target.requests.length).toBe(before + 1);
  expect(target.requests.at(-1)?.headers["traceparent"]).toMatch(
    new RegExp(`^00-${traceId}-[0-9a-f]{16}-00$`),
  );
  await send(22);
  await expect.poll(names("22".padStart(32, "a"))).toContain("receive events");
  expect(spansOf(traceId)).toEqual([]);
});

test("a request that is refused is a failed span with its code", async () => {
  const traceId = await send(31, "01", { "x-signature": "00" });
  await expect.poll(names(traceId)).toEqual(["receive events"]);
  expect(spansOf(traceId)[0]).toMatchObject({
    status: 2,
    attributes: { "error.type": "TL_SIGNATURE_INVALID" },
  });
});

test("nothing of a message's content leaves in a trace", async () => {
  const all = collector.bodies.join("\n");
  expect(all.length).toBeGreaterThan(1_000);
  for (const secret of ["Ada", "Lovelace", "e-1", "x-signature", "fault-suite-secret"])
    expect(all).not.toContain(secret);
});

test("a collector that is gone neither stops the work nor holds up the end", async () => {
  await hub.stop();
  hub = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await freePort()}` });
  const before = target.requests.length;
  await send(41);
  await expect.poll(() => target.requests.length).toBe(before + 1);
  await expect.poll(() => hub.output(), { timeout: 20_000 }).toContain("traces do not reach their collector");
  expect(await hub.stop()).toBe(0);
});

test("without an endpoint, or where it is switched off, there is no tracing", async () => {
  const logger = openLogger("silent");
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318" };
  for (const variables of [
    {},
    { OTEL_EXPORTER_OTLP_ENDPOINT: " " },
    { ...endpoint, OTEL_SDK_DISABLED: "true" },
    { ...endpoint, OTEL_TRACES_EXPORTER: "none" },
  ])
    expect(await openTracing(logger, variables)).toBeNull();
});
