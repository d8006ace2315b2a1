import { setTimeout as pause } from "node:timers/promises";
import type { Backend, StorePlace } from "./backend.ts";
import { booksOf, drained, tallyOf } from "./books.ts";
import { type Check, check, type Fault } from "./fault.ts";
import { HOSTILE_EXPRESSIONS, type Hostile } from "./hostile-expressions.ts";
import { HOSTILE_REGEXES } from "./hostile-regexes.ts";
import { judgeEvents } from "./judge.ts";
import { post, steadyProducers } from "./producer.ts";
import { EVENT_HOOK, eventsFlow, type FlowFiles } from "./project.ts";
import { rates, spread } from "./rates.ts";
import { type Stage, setStage } from "./stage.ts";
import { until } from "./wait.ts";
import { watchHealth } from "./watch-hub.ts";

const HOSTILE: readonly Hostile[] = [...HOSTILE_EXPRESSIONS, ...HOSTILE_REGEXES];

/** Of its rate with no hostile message at all, the healthy flow keeps at least so much. */
const LEAST_SHARE = 0.9;
/** Between two effects of the healthy flow, at most: several messages that each use up their deadline twice. */
const GAP_MS = 3_000;

/** F09: mappings that never end, or that eat all memory, beside a flow that must not feel them. */
export const runaway: Fault = {
  id: "F09",
  title: `${HOSTILE_EXPRESSIONS.length} hostile expressions and ${HOSTILE_REGEXES.length} regular expressions beside a healthy flow`,
  tries: "I1 I4 I5",
  pace: "timed",
  async run({ backend, size, note }) {
    const stage = await hostileStage(backend);
    const hub = await stage.start();
    const refused = await refusals(hub);
    const senders = steadyProducers(100, 500);
    let open = true;
    const posting = senders.run(hub.url, () => open);
    await pause(size(3000, 1000));

    const each = size(10, 2);
    const wild = HOSTILE.filter(({ name }) => !refused.has(name));
    let over = false;
    const watching = watchHealth(hub.url, 600_000, () => over);
    const gap = await watchGap(() => effectsOf(stage.store));
    const windowMs = size(20_000, 4_000);
    const measured = await rates(
      () => effectsOf(stage.store),
      windowMs,
      (turn) => spread(postings(hub.url, wild, turn, each), windowMs),
    );
    await until(
      async () => (await Promise.all(wild.map(({ name }) => isDone(stage.store, name)))).every(Boolean),
      120_000,
    );
    over = true;
    const health = await watching;
    const longest = await gap.end();
    open = false;
    await posting;
    const drainMs = await drained(stage.store, 60_000);
    const alive = hub.alive();
    await hub.stop();
    await senders.close();
    note(
      `healthy flow: ${measured.quiet.toFixed(1)} effects/s alone, ${measured.disturbed.toFixed(1)}/s beside ${wild.length * each} hostile messages (A B A B)`,
    );
    note(`/livez p50 ${ms(health.p50)}, p99 ${ms(health.p99)}, longest ${ms(health.longest)}`);
    const table = await judgeEvents(stage.store, senders.acked, null, drainMs);
    const checks = [
      check("/livez p99 < 50 ms", health.p99 < 50, `${ms(health.p99)} of ${health.count} calls`),
      check("/livez never says dead", health.bad === 0, `${health.bad} answers were not 200`),
      check(
        "the healthy flow keeps 90 % of its rate",
        measured.share >= LEAST_SHARE,
        `${(measured.share * 100).toFixed(1)} %`,
      ),
      check(
        "and never stands still",
        longest < GAP_MS,
        `at most ${(longest / 1000).toFixed(1)} s between two effects`,
      ),
      check("the hub is alive", alive),
      ...(await Promise.all(HOSTILE.map((one) => endsRight(one, each, stage.store, refused.get(one.name))))),
    ];
    await stage.remove();
    return { table, checks };
  },
};

function hostileStage(backend: Backend): Promise<Stage> {
  const flows: Record<string, FlowFiles> = { events: eventsFlow() };
  const webhooks: Record<string, string> = { events: EVENT_HOOK };
  for (const { name, map } of HOSTILE) {
    flows[name] = { yaml: eventsFlow({ read: name }).yaml, map };
    webhooks[name] = EVENT_HOOK;
  }
  return setStage(backend, { webhooks, flows });
}

/** Half of the messages in each turn, the flows one after the other. */
function postings(
  url: string,
  wild: readonly Hostile[],
  turn: number,
  each: number,
): readonly (() => Promise<unknown>)[] {
  const numbers = Array.from({ length: each }, (_, n) => n).filter((n) => n % 2 === turn);
  return numbers.flatMap((n) =>
    wild.map(
      ({ name }) =>
        () =>
          post(url, { id: `${name}.${n}-1`, customer: `${name}.${n}`, n: 1 }, undefined, name),
    ),
  );
}

async function isDone(store: StorePlace, name: string): Promise<boolean> {
  const { messages } = await booksOf(store, name);
  return messages.every(({ state }) => state !== "queued");
}

/** Effects of the healthy flow. */
function effectsOf(store: StorePlace): Promise<number> {
  return tallyOf(store, "events", "crm.interaction", "applied");
}

/** Looks twenty times a second. */
async function watchGap(effects: () => Promise<number>): Promise<{ end(): Promise<number> }> {
  let seen = await effects();
  let last = performance.now();
  let longest = 0;
  let over = false;
  const look = async (): Promise<void> => {
    while (!over) {
      const now = await effects();
      if (now > seen) last = performance.now();
      seen = now;
      longest = Math.max(longest, performance.now() - last);
      await pause(50);
    }
  };
  const looking = look();
  return {
    async end() {
      over = true;
      await looking;
      return longest;
    },
  };
}

/** The flows whose text was refused, with the reason. */
async function refusals(hub: {
  get<Answer>(path: string): Promise<Answer>;
}): Promise<ReadonlyMap<string, string>> {
  const { items } = await hub.get<{
    items: readonly { name: string; problem: string | null; problems: readonly { place?: object }[] }[];
  }>("/api/v1/flows?limit=100");
  return new Map(
    items.flatMap(({ name, problem, problems }) =>
      problem === null ? [] : [[name, `${problem} ${JSON.stringify(problems[0]?.place ?? {})}`]],
    ),
  );
}

async function endsRight(
  { name, ends }: Hostile,
  each: number,
  store: StorePlace,
  refusal: string | undefined,
): Promise<Check> {
  if (ends === "refused") {
    const placed = /"line":\d+.*"column":\d+/.test(refusal ?? "");
    return check(
      `${name}: refused when deployed, with line and column`,
      placed,
      refusal?.slice(0, 160) ?? "taken",
    );
  }
  const messages = (await booksOf(store, name)).messages;
  if (ends === "applied") {
    const applied = messages.filter(({ state, failure }) => state === "done" && failure === null).length;
    return check(
      `${name}: harmless here`,
      applied === each,
      `${applied} of ${each} applied ${refusal ?? ""}`,
    );
  }
  const parked = messages.filter(({ state }) => state === "parked");
  const failure = parked[0]?.failure;
  const place = failure?.place;
  const placed =
    place?.file?.endsWith(`${name}/map.jsonata`) === true &&
    place.line !== undefined &&
    place.column !== undefined &&
    // The first character of each text is a bracket around all of it: that is no place but the lack of one.
    (place.line > 1 || place.column > 1);
  return check(
    `${name}: parked, with line and column`,
    parked.length === each && placed,
    refusal ??
      `${parked.length} of ${each}: ${failure?.code} ${place?.file}:${place?.line}:${place?.column} ${failure?.message}`,
  );
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}
