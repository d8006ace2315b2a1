import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Browser, CDPSession } from "playwright-core";
import { openSql } from "../../src/backend/sqlite/sql.ts";
import { STATES } from "../../src/message/outcome.ts";
import { startBenchHub } from "../bench/hub.ts";
import { benchProject } from "../bench/project.ts";
import { type Load, load } from "./live-load.ts";
import { type Opened, openPage } from "./page.ts";

/** Messages a second: enough that every look at the screens finds other numbers, and a page of errors stays whole. */
const RATE = 30;
/** How long the screens may take to show the end; milliseconds. */
const PATIENCE_MS = 30_000;
const SCREENS = { overview: "/", errors: "/errors" } as const;

/** What a screen takes, after its garbage was collected. */
export interface Sample {
  readonly screen: keyof typeof SCREENS;
  /** Since the load began. */
  readonly seconds: number;
  /** Mebibytes. */
  readonly heap: number;
  /** Elements and texts, of the page and of what it has forgotten to let go. */
  readonly nodes: number;
  readonly listeners: number;
}

/** The numbers that screens and store both know, by name. */
export type Numbers = Readonly<Record<string, number>>;

export interface Lived {
  readonly seconds: number;
  readonly load: Load;
  /** The last that the screens showed, and what the store holds. */
  readonly shown: Numbers;
  readonly stored: Numbers;
  readonly samples: readonly Sample[];
  /** What the browser refused or threw. */
  readonly faults: readonly string[];
}

/** Loads a hub of its own, with 5 % that fail, while Overview and Errors are open; then compares them with its store. */
export async function live(browser: Browser, seconds: number): Promise<Lived> {
  const project = await benchProject();
  const hub = await startBenchHub(project.dir);
  const token = (await readFile(join(project.data, "api-token"), "utf8")).trim();
  const screens = await Promise.all(
    Object.entries(SCREENS).map(async ([screen, address]) => {
      const opened = await openPage(browser, hub.url, { token });
      await opened.show(address);
      return { screen: screen as keyof typeof SCREENS, opened, cdp: await measured(opened) };
    }),
  );
  const samples: Sample[] = [];
  const started = performance.now();
  let over = false;
  const watching = (async () => {
    while (!over) {
      for (const { screen, cdp } of screens)
        samples.push({ screen, seconds: (performance.now() - started) / 1000, ...(await sizesOf(cdp)) });
      await pause(Math.max(1000, (seconds * 1000) / 60));
    }
  })();
  const loaded = await load(hub.url, RATE, seconds);
  over = true;
  await watching;
  const shown = await settled(
    async () => Object.assign({}, ...(await Promise.all(screens.map(numbersOf)))) as Numbers,
    loaded,
  );
  const faults = screens.flatMap(({ opened }) => opened.faults);
  for (const { opened } of screens) await opened.close();
  await hub.stop();
  const stored = numbersIn(project.data);
  await project.remove();
  return { seconds, load: loaded, shown, stored, samples, faults };
}

async function measured({ page }: Opened): Promise<CDPSession> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Performance.enable");
  return cdp;
}

async function sizesOf(cdp: CDPSession): Promise<Pick<Sample, "heap" | "nodes" | "listeners">> {
  // Twice: what the first round finalises, the second lets go.
  for (const _ of [1, 2]) await cdp.send("HeapProfiler.collectGarbage");
  const { metrics } = await cdp.send("Performance.getMetrics");
  const of = (name: string): number => metrics.find((one) => one.name === name)?.value ?? Number.NaN;
  return { heap: of("JSHeapUsedSize") / 2 ** 20, nodes: of("Nodes"), listeners: of("JSEventListeners") };
}

/** Looks until the screens show all that was sent, and gives what they show then; at the latest what they show last. */
async function settled(look: () => Promise<Numbers>, { sent, bad }: Load): Promise<Numbers> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const shown = await look();
    const isAll =
      shown["received"] === sent && shown["sent"] === sent - bad && shown["parked, in groups"] === bad;
    if (isAll || performance.now() > end) return shown;
    await pause(500);
  }
}

/** The screens as people read them: by what is written, not by what the API answered. */
async function numbersOf({
  screen,
  opened: { page },
}: {
  readonly screen: keyof typeof SCREENS;
  readonly opened: Opened;
}): Promise<Numbers> {
  const read = async (where: string): Promise<readonly number[]> =>
    (await page.locator(where).allTextContents()).map((text) => Number(text.replaceAll(/\D/g, "")));
  if (screen === "errors") {
    const groups = await read("tr[data-fingerprint] td[data-name=messages]");
    const keys = await read("tr[data-fingerprint] td[data-name=keys]");
    return {
      "groups of errors": groups.length,
      "parked, in groups": sum(groups),
      "keys, in groups": sum(keys),
    };
  }
  const cell = async (name: string): Promise<number> => sum(await read(`td[data-name=${name}]`));
  return {
    received: await cell("received"),
    filtered: await cell("filtered"),
    queued: await cell("queued"),
    sent: await cell("sent"),
    errored: await cell("errored"),
    "parked, in the rail": sum(await read("nav.rail .count")),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, one) => total + one, 0);
}

/** The same numbers from the rows of the store, of a hub that has stopped. */
function numbersIn(data: string): Numbers {
  const sql = openSql(join(data, "tieline.db"), "reader");
  const one = (text: string): number => Number(sql.all<{ readonly n: number }>(text)[0]?.n);
  const [parked, done] = [STATES.indexOf("parked"), STATES.indexOf("done")];
  const ended = (outcome: string): string =>
    `SELECT COUNT(*) n FROM message, json_each(outcomes) WHERE json_each.value ${outcome}`;
  const isParked = `FROM message WHERE state = ${parked}`;
  const numbers = {
    "groups of errors": one(`SELECT COUNT(DISTINCT failure) n ${isParked}`),
    "parked, in groups": one(`SELECT COUNT(*) n ${isParked}`),
    "keys, in groups": one(`SELECT COUNT(DISTINCT key) n ${isParked}`),
    received: one("SELECT COUNT(*) n FROM message"),
    filtered: one(ended("NOT IN ('applied', 'parked', 'rejected')")),
    queued: one(`SELECT COUNT(*) n FROM message WHERE state <> ${done}`),
    sent: one(ended("= 'applied'")),
    errored: one(`SELECT COUNT(*) n ${isParked}`),
    "parked, in the rail": one(`SELECT COUNT(*) n ${isParked}`),
  };
  sql.close();
  return numbers;
}
