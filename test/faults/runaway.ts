import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { booksOf, drained } from "./books.ts";
import { type Check, check, type Fault } from "./fault.ts";
import { HOSTILE_EXPRESSIONS, type Hostile } from "./hostile-expressions.ts";
import { HOSTILE_REGEXES } from "./hostile-regexes.ts";
import { freePort, startHubProcess } from "./hub-process.ts";
import { judgeEvents } from "./judge.ts";
import { post, steadyProducers } from "./producer.ts";
import { EVENT_HOOK, eventsFlow, type FaultProject, type FlowFiles, makeProject } from "./project.ts";
import { rates, spread } from "./rates.ts";
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
  async run({ size, note }) {
    const project = await hostileProject();
    const data = join(project.dir, "data");
    const hub = await startHubProcess({ ...project, port: await freePort() });
    const refused = await refusals(hub);
    const senders = steadyProducers(100, 500);
    let open = true;
    const posting = senders.run(hub.url, () => open);
    await pause(size(3000, 1000));

    const each = size(10, 2);
    const wild = HOSTILE.filter(({ name }) => !refused.has(name));
    let over = false;
    const watching = watchHealth(hub.url, 600_000, () => over);
    const gap = watchGap(() => effectsOf(data));
    const windowMs = size(20_000, 4_000);
    const measured = await rates(
      () => effectsOf(data),
      windowMs,
      (turn) => spread(postings(hub.url, wild, turn, each), windowMs),
    );
    await until(() => wild.every(({ name }) => isDone(data, name)), 120_000);
    over = true;
    const health = await watching;
    const longest = gap.end();
    open = false;
    await posting;
    const drainMs = await drained(data, 60_000);
    const alive = hub.alive();
    await hub.stop();
    await senders.close();
    note(
      `healthy flow: ${measured.quiet.toFixed(1)} effects/s alone, ${measured.disturbed.toFixed(1)}/s beside ${wild.length * each} hostile messages (A B A B)`,
    );
    note(`/livez p50 ${ms(health.p50)}, p99 ${ms(health.p99)}, longest ${ms(health.longest)}`);
    const table = judgeEvents(data, senders.acked, null, drainMs);
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
      ...HOSTILE.flatMap((one) => endsRight(one, each, data, refused.get(one.name))),
    ];
    await project.remove();
    return { table, checks };
  },
};

async function hostileProject(): Promise<FaultProject> {
  const flows: Record<string, FlowFiles> = { events: eventsFlow() };
  const webhooks: Record<string, string> = { events: EVENT_HOOK };
  for (const { name, map } of HOSTILE) {
    flows[name] = { yaml: eventsFlow({ read: name }).yaml, map };
    webhooks[name] = EVENT_HOOK;
  }
  return makeProject({ webhooks, flows });
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

function isDone(data: string, name: string): boolean {
  return booksOf(data, name).messages.every(({ state }) => state !== "queued");
}

/** Effects of the healthy flow. */
function effectsOf(data: string): number {
  return booksOf(data, "events").tallies.get("crm.interaction")?.["applied"] ?? 0;
}

/** Looks twenty times a second. */
function watchGap(effects: () => number): { end(): number } {
  let seen = effects();
  let last = performance.now();
  let longest = 0;
  const timer = setInterval(() => {
    const now = effects();
    if (now > seen) last = performance.now();
    seen = now;
    longest = Math.max(longest, performance.now() - last);
  }, 50);
  return {
    end: () => {
      clearInterval(timer);
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

function endsRight(
  { name, ends }: Hostile,
  each: number,
  data: string,
  refusal: string | undefined,
): Check[] {
  if (ends === "refused") {
    const placed = /"line":\d+.*"column":\d+/.test(refusal ?? "");
    return [
      check(
        `${name}: refused when deployed, with line and column`,
        placed,
        refusal?.slice(0, 160) ?? "taken",
      ),
    ];
  }
  const messages = booksOf(data, name).messages;
  if (ends === "applied") {
    const applied = messages.filter(({ state, failure }) => state === "done" && failure === null).length;
    return [
      check(`${name}: harmless here`, applied === each, `${applied} of ${each} applied ${refusal ?? ""}`),
    ];
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
  return [
    check(
      `${name}: parked, with line and column`,
      parked.length === each && placed,
      refusal ??
        `${parked.length} of ${each}: ${failure?.code} ${place?.file}:${place?.line}:${place?.column} ${failure?.message}`,
    ),
  ];
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}
