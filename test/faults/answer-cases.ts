import type { FakeAnswer } from "../fakes/answer.ts";
import { startTarget, type Target } from "../fakes/http-target.ts";
import { booksOf } from "./books.ts";
import { type Check, check, type FaultRun, type FaultTable, type Verdict } from "./fault.ts";
import type { HubProcess } from "./hub-process.ts";
import { post } from "./producer.ts";
import { EVENT_HOOK, eventsFlow } from "./project.ts";
import { type Stage, setStage } from "./stage.ts";
import { until } from "./wait.ts";

/** What a target answers, and what must come of it. */
export interface AnswerCase {
  readonly name: string;
  /** The first answers; the target says yes to what comes after them. */
  readonly answers: readonly FakeAnswer[];
  /** Default true. */
  readonly idempotent?: boolean;
  /** What counts as success, in YAML. */
  readonly success?: string;
  readonly ends:
    | { readonly kind: "applied"; readonly requests: number; readonly wait?: readonly [number, number] }
    | { readonly kind: "parked"; readonly requests: number; readonly code: string }
    /** The route waits, for so many milliseconds from and to. */
    | { readonly kind: "waits"; readonly wait: readonly [number, number] }
    | { readonly kind: "stops" };
}

/** Waits between retries of one message. */
const RETRY = "onError: { transient: { retries: 2, backoff: 200ms..400ms } }\n";

interface RouteState {
  readonly to: string;
  readonly stopped: string | null;
  readonly waitingUntil: string | null;
}

/** Each case has a flow, a sink and a target of its own, in one hub. */
export async function playCases(run: FaultRun, cases: readonly AnswerCase[]): Promise<Verdict> {
  const targets = await Promise.all(cases.map(() => startTarget({ mode: "dedupe", keyField: "subject" })));
  const names = cases.map((_, at) => `c${at}`);
  const stage = await setStage(run.backend, {
    webhooks: Object.fromEntries(names.map((name) => [name, EVENT_HOOK])),
    sinks: Object.fromEntries(cases.map((one, at) => [`c${at}`, sinkOf(one, targets[at]?.url ?? "")])),
    flows: Object.fromEntries(
      names.map((name) => [name, eventsFlow({ read: name, more: `  - to: desk.${name}\n${RETRY}` })]),
    ),
  });
  const hub = await stage.start();
  const started = performance.now();
  try {
    const ends = await Promise.all(
      cases.map((one, at) => playOne(one, `c${at}`, targets[at] as Target, stage, hub)),
    );
    const drainMs = performance.now() - started;
    run.note(`${cases.length} kinds of answer`);
    const code = await hub.stop();
    return {
      table: tableOf(ends, targets, drainMs),
      checks: [
        ...ends.map(({ found }) => found),
        check("the hub stops with exit code 0 afterwards", code === 0, code ?? ""),
      ],
    };
  } finally {
    await hub.kill();
    await Promise.all(targets.map((target) => target.close()));
    await stage.remove();
  }
}

function sinkOf({ idempotent = true, success }: AnswerCase, url: string): string {
  const rule = success === undefined ? "" : `, success: ${success}`;
  return `{ url: ${JSON.stringify(url)}, idempotent: ${idempotent}, timeout: 1000${rule} }`;
}

interface End {
  readonly found: Check;
  readonly rest: "applied" | "parked";
}

async function playOne(
  one: AnswerCase,
  name: string,
  target: Target,
  stage: Stage,
  hub: HubProcess,
): Promise<End> {
  target.answer(...one.answers);
  const posted = await post(hub.url, { id: `${name}-1`, customer: name, n: 1 }, undefined, name);
  if (posted === null) throw new Error(`${one.name}: the hub did not take the message`);
  const { ends } = one;
  let route: RouteState | undefined;
  const look = async (): Promise<boolean> => {
    const { items } = await hub.get<{ items: { name: string; routes: readonly RouteState[] }[] }>(
      "/api/v1/flows?limit=100",
    );
    route = items.find((flow) => flow.name === name)?.routes.find(({ to }) => to === `desk.${name}`);
    if (ends.kind === "waits") return route?.waitingUntil != null;
    if (ends.kind === "stops") return route?.stopped != null;
    const [delivery] = (await booksOf(stage.store, name)).deliveries;
    return delivery?.state === "done" || delivery?.state === "parked";
  };
  await until(look, 60_000);
  const requests = [...target.requests];
  const right = await judge(one, requests.length);
  const gap = (requests[1]?.time ?? 0) - (requests[0]?.time ?? 0);
  const waits =
    ends.kind === "waits" ? Date.parse(route?.waitingUntil ?? "") - (requests[0]?.time ?? 0) : gap;
  const range = "wait" in ends ? ends.wait : undefined;
  const inRange = range === undefined || (waits >= range[0] && waits <= range[1]);
  const same = new Set(requests.map(({ id, sha256 }) => `${id} ${sha256}`)).size <= 1;
  if (ends.kind === "stops" || ends.kind === "waits") await goOn(name, ends.kind, hub, stage);
  return {
    found: check(
      `${one.name}: ${describe(ends)}`,
      right.ok && inRange && same,
      `${right.found}${range === undefined ? "" : `, waits ${Math.round(waits)} ms`}${same ? "" : ", another request"}`,
    ),
    rest: ends.kind === "parked" || (ends.kind === "waits" && right.ok) ? "parked" : "applied",
  };

  async function judge({ ends }: AnswerCase, sent: number): Promise<{ ok: boolean; found: string }> {
    const [delivery] = (await booksOf(stage.store, name)).deliveries;
    const found = `${delivery?.state} ${delivery?.failure?.code ?? ""} after ${sent} requests`;
    if (ends.kind === "applied") return { ok: delivery?.state === "done" && sent === ends.requests, found };
    if (ends.kind === "parked")
      return {
        ok: delivery?.state === "parked" && sent === ends.requests && delivery.failure?.code === ends.code,
        found,
      };
    return { ok: sent === 1 && delivery?.state === "queued" && delivery.attempts === 0, found };
  }
}

/** A person mends it: a stopped route is resumed and then delivers; one that waits for an hour is left to wait. */
async function goOn(name: string, kind: "stops" | "waits", hub: HubProcess, stage: Stage): Promise<void> {
  if (kind === "waits") return;
  await hub.post(`/api/v1/flows/${name}/routes/desk.${name}/resume`, {});
  await until(async () => (await booksOf(stage.store, name)).deliveries[0]?.state === "done", 20_000);
}

function describe(ends: AnswerCase["ends"]): string {
  switch (ends.kind) {
    case "applied":
      return ends.requests === 1 ? "delivered" : `delivered with request ${ends.requests}`;
    case "parked":
      return `parked as ${ends.code} after ${ends.requests === 1 ? "one request" : `${ends.requests} requests`}`;
    case "waits":
      return "the route waits, at most an hour";
    case "stops":
      return "the route stops, and delivers when it is resumed";
  }
}

function tableOf(ends: readonly End[], targets: readonly Target[], drainMs: number): FaultTable {
  const all = targets.flatMap(({ requests }) => requests);
  const effects = all.filter(({ effect }) => effect);
  const applied = ends.filter(({ rest }) => rest === "applied").length;
  return {
    acked: ends.length,
    appliedOnce: applied,
    parked: ends.length - applied,
    duplicateRequests: all.length - new Set(all.map(({ id }) => id)).size,
    duplicateEffects: effects.length - new Set(effects.map(({ id }) => id)).size,
    orderViolations: 0,
    lost: 0,
    drainMs,
  };
}
