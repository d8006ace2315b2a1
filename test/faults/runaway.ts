import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { booksOf, drained } from "./books.ts";
import { type Check, check, type Fault } from "./fault.ts";
import { freePort, startHubProcess } from "./hub-process.ts";
import { judgeEvents } from "./judge.ts";
import { post, producers } from "./producer.ts";
import { EVENT_HOOK, eventsFlow, type FlowFiles, makeProject } from "./project.ts";
import { watchHealth } from "./watch-hub.ts";

interface Runaway {
  readonly name: string;
  readonly map: string;
  /** How it ends: the message is parked, the text is refused when it is deployed, or it is harmless here. */
  readonly ends: "parked" | "refused" | "applied";
}

const AS = "a".repeat(40);

/** Mappings that stop an engine which does not guard itself. */
const RUNAWAYS: readonly Runaway[] = [
  {
    name: "deep",
    map: `($f := function($x) { 1 + $f($x) }; { "id": id, "text": $string($f(1)) })`,
    ends: "parked",
  },
  {
    name: "tail",
    map: `($f := function($x) { $f($x) };\n  { "id": id, "text": $string($f(1)) })`,
    ends: "parked",
  },
  { name: "sequence", map: `{ "id": id, "text": $string($sum([1..100000000])) }`, ends: "parked" },
  {
    name: "loops",
    map: `{ "id": id, "text": $string($sum([1..9000].($x := $; [1..9000].($x * $)))) }`,
    ends: "parked",
  },
  { name: "redos", map: `{ "id": id, "text": $string($contains("${AS}!", /^(a+)+$/)) }`, ends: "applied" },
  {
    name: "redos-back",
    map: `{ "id": id, "text": $string($contains("${AS}!", /^(a+)+\\1$/)) }`,
    ends: "refused",
  },
  { name: "pad", map: `{ "id": id, "text": $string($length($pad("a", 300000000))) }`, ends: "parked" },
  {
    name: "doubling",
    map: `{ "id": id, "text": $reduce([1..60], function($a, $n) { $a & $a }, "xy") }`,
    ends: "parked",
  },
  {
    name: "picture",
    map: `{ "id": id, "text": $string($toMillis("${"1".repeat(60)}x", "[Y${"9".repeat(300)}][M]")) }`,
    ends: "parked",
  },
];

/** How long a mapping may run where a flow does not keep the default of 25 ms; the matrix asks for this. */
const SLOWEST = new Set(["tail", "loops"]);
/** Between two effects of the healthy flow, at most: two tries of a second for each slow flow, and the small ones. */
const GAP_MS = 8_000;

/** F09: mappings that never end, or that eat all memory, beside a flow that must not feel them. */
export const runaway: Fault = {
  id: "F09",
  title: "runaway mappings beside a healthy flow",
  async run({ size, note }) {
    const flows: Record<string, FlowFiles> = { events: eventsFlow() };
    const webhooks: Record<string, string> = { events: EVENT_HOOK };
    for (const { name, map } of RUNAWAYS) {
      const limits = SLOWEST.has(name) ? "limits: { deadline: 1s }\n" : "";
      flows[name] = { yaml: eventsFlow({ read: name, more: limits }).yaml, map };
      webhooks[name] = EVENT_HOOK;
    }
    const project = await makeProject({ webhooks, flows });
    const data = join(project.dir, "data");
    const hub = await startHubProcess({ ...project, port: await freePort() });
    const refused = await refusals(hub);
    const senders = producers(4, 4, 20);
    let open = true;
    const posting = senders.run(hub.url, () => open);
    await pause(size(2000, 500));
    const quiet = await watchHealth(hub.url, size(4000, 500), () => false);
    note(`before: /livez p50 ${ms(quiet.p50)}, p99 ${ms(quiet.p99)}, longest ${ms(quiet.longest)}`);
    const before = appliedOf(data);

    const each = size(10, 3);
    const wild = RUNAWAYS.filter(({ name }) => !refused.has(name));
    let poured = false;
    let gap = 0;
    const pouring = Promise.all(
      wild.flatMap(({ name }) =>
        Array.from({ length: each }, async (_, n) =>
          post(hub.url, { id: `${name}-${n}`, customer: `${name}${n}`, n }, undefined, name),
        ),
      ),
    ).then(async () => {
      let last = performance.now();
      let seen = before;
      while (wild.some(({ name }) => booksOf(data, name).messages.some(({ state }) => state === "queued"))) {
        const effects = appliedOf(data);
        if (effects > seen) last = performance.now();
        seen = effects;
        gap = Math.max(gap, performance.now() - last);
        await pause(50);
      }
      poured = true;
    });
    const during = await watchHealth(hub.url, 180_000, () => poured);
    await pouring;
    note(
      `during ${(during.took / 1000).toFixed(1)} s: /livez p50 ${ms(during.p50)}, p99 ${ms(during.p99)}, longest ${ms(during.longest)}`,
    );
    const after = appliedOf(data);
    open = false;
    await posting;
    const drainMs = await drained(data, 60_000);
    const alive = hub.alive();
    await hub.stop();
    await senders.close();
    const table = judgeEvents(data, senders.acked, null, drainMs);
    const checks = [
      check(
        "/livez p99 < 50 ms while they run",
        during.p99 < 50,
        `${ms(during.p99)} of ${during.count} calls`,
      ),
      check("/livez never says dead", during.bad === 0, `${during.bad} answers were not 200`),
      check(
        "the healthy flow goes on",
        gap < GAP_MS && after > before,
        `${after - before} effects meanwhile, at most ${(gap / 1000).toFixed(1)} s between two`,
      ),
      check("the hub is alive", alive),
      ...RUNAWAYS.flatMap((one) => endsRight(one, each, data, refused.get(one.name))),
    ];
    await project.remove();
    return { table, checks };
  },
};

/** Effects of the healthy flow. */
function appliedOf(data: string): number {
  return booksOf(data, "events").tallies.get("crm.interaction")?.["applied"] ?? 0;
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
  { name, ends }: Runaway,
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
  return [
    check(`${name}: parked`, parked.length === each, refusal ?? `${parked.length} of ${each}`),
    check(
      `${name}: the reason names line and column`,
      place?.file?.endsWith(`${name}/map.jsonata`) === true &&
        place.line !== undefined &&
        place.column !== undefined,
      `${failure?.code} ${place?.file}:${place?.line}:${place?.column} ${failure?.message}`,
    ),
  ];
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}
