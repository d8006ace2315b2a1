import { existsSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { installPackage } from "../fakes/debian.ts";
import type { Technology } from "./backend.ts";
import { drained, fileEntries, recordsOf } from "./books.ts";
import { customerRows, drop } from "./drop.ts";
import { type Check, check, type Fault, type FaultRun } from "./fault.ts";
import { openOther } from "./other-hub.ts";
import { customersFlow } from "./project.ts";
import { type Stage, setStage } from "./stage.ts";
import { until } from "./wait.ts";

/** Where Debian's package puts the library that gives a process another clock, for programs of many threads. */
const FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";
const ROWS = 20;
/** By a clock so much faster the hub also waits so much less for its store, and a server answers later than a file does. */
const SPEEDS: Readonly<Record<Technology, number>> = { sqlite: 60, postgres: 20 };

interface Night {
  readonly name: string;
  /** UTC. */
  readonly from: string;
  /** The one time at which the slot of 03:30 in Tallinn must run, whatever the clocks there do. */
  readonly slot: readonly string[];
  /** Minutes from `from` until the night is over. */
  readonly minutes: number;
  /** Stands still over the slot. */
  readonly asleep?: boolean;
}

const NIGHTS: readonly Night[] = [
  {
    name: "in spring, when 03:30 does not come",
    from: "2027-03-28 00:50:00",
    slot: ["2027-03-28T01:00:00.000Z", "2027-03-28T01:30:00.000Z"],
    minutes: 50,
  },
  {
    name: "in autumn, when 03:30 comes twice",
    from: "2026-10-25 00:20:00",
    slot: ["2026-10-25T00:30:00.000Z", "2026-10-25T01:30:00.000Z"],
    minutes: 80,
  },
  {
    name: "asleep when the slot comes",
    from: "2026-11-10 01:20:00",
    slot: ["2026-11-10T01:30:00.000Z"],
    minutes: 40,
    asleep: true,
  },
];

/** F35: hubs live through nights in which the clocks change, at many times the speed, and one sleeps through a slot. */
export const clock: Fault = {
  id: "F35",
  title: "nights in which the clocks change, and a slot slept through; two hubs where they share a store",
  tries: "I2 I7",
  pace: "waits",
  async run(run) {
    if (!existsSync(FAKETIME)) await installPackage("faketime");
    const nights = await Promise.all(NIGHTS.map((night) => played(run, night)));
    const applied = nights.reduce((sum, { records }) => sum + records, 0);
    const drainMs = Math.max(...nights.map(({ drain }) => drain));
    const acked = NIGHTS.length * ROWS;
    return {
      table: {
        ...{ acked, appliedOnce: applied, parked: 0, duplicateRequests: 0, duplicateEffects: 0 },
        ...{ orderViolations: 0, lost: acked - applied, drainMs },
      },
      checks: nights.map(({ asItMust }) => asItMust),
    };
  },
};

interface Played {
  readonly asItMust: Check;
  readonly drain: number;
  /** Customers that are there afterwards. */
  readonly records: number;
}

async function played(run: FaultRun, night: Night): Promise<Played> {
  const stage = await setStage(run.backend, {
    files: { customers: '{ inbox: INBOX, pattern: "*.csv", stable: 0 }' },
    flows: { customers: scheduled() },
  });
  try {
    await drop(stage, "night.csv", customerRows("n", ROWS));
    const lives = await lived(run, stage, night);
    return { ...lives, records: (await recordsOf(stage.store, 0)).length };
  } finally {
    await stage.remove();
  }
}

function scheduled() {
  const flow = customersFlow();
  return {
    ...flow,
    yaml: `${flow.yaml}schedule: { cron: "30 3 * * *", zone: Europe/Tallinn, misfire: run-once }\n`,
  };
}

/** Where the store is shared, two hubs live through a night. */
function isShared({ backend }: FaultRun): boolean {
  return backend.technology === "postgres";
}

async function lived(run: FaultRun, stage: Stage, night: Night): Promise<Omit<Played, "records">> {
  const speed = SPEEDS[run.backend.technology];
  const env = { LD_PRELOAD: FAKETIME, FAKETIME: `@${night.from} x${speed}`, TZ: "UTC" };
  const hub = await stage.start({ env });
  // Their clocks differ by what the second needs to start.
  const other = isShared(run) && night.asleep !== true ? await openOther(stage, env) : null;
  const whole = (night.minutes * 60_000) / speed;
  try {
    if (night.asleep === true) {
      hub.signal("SIGSTOP");
      await pause(whole / 2);
      hub.signal("SIGCONT");
      await until(
        async () => (await fileEntries(stage.store, "customers")).some(({ settled }) => settled),
        whole,
      );
    } else await pause(whole);
    // While it lives: a file is done some time before its report is.
    const drain = await drained(stage.store, 60_000);
    const slots = await stage.store.all<{ at: number; state: string }>(
      "SELECT at, state FROM slot ORDER BY at",
    );
    const files = await fileEntries(stage.store, "customers");
    const found = slots.map(({ at, state }) => `${new Date(at).toISOString()} ${state}`).join(", ");
    run.note(`${night.name}: ${found || "no slot"}; ${files.length} files`);
    const right =
      slots.length === 1 &&
      night.slot.includes(new Date(slots[0]?.at ?? 0).toISOString()) &&
      files.length === 1;
    const seen = `${found || "no slot"}, ${files.length} files`;
    return { drain, asItMust: check(`${night.name}: one run, one file`, right, seen) };
  } finally {
    await hub.kill();
    await other?.close();
  }
}
