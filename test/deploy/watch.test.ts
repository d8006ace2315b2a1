import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { EngineStatus } from "../../src/control/engine.ts";
import { type CounterName, type DurationName, openCounters } from "../../src/observe/counter.ts";
import { renderMetrics } from "../../src/observe/metrics.ts";
import { run } from "../cli/support.ts";
import { type UnpackedProgram, unpackProgram } from "../fakes/debian.ts";

interface Rules {
  readonly groups: readonly { readonly rules: readonly Rule[] }[];
}
interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly cure: string };
}
interface Dashboard {
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
    readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
  }[];
  readonly annotations: { readonly list: readonly { readonly expr: string }[] };
}

async function exported(what: string): Promise<string> {
  const { code, out, err } = await run(["export", what]);
  expect(err).toBe("");
  expect(code).toBe(0);
  return out;
}

const alerts = async (): Promise<readonly Rule[]> =>
  (parse(await exported("alerts")) as Rules).groups.flatMap((group) => group.rules);
const dashboard = async (): Promise<Dashboard> => JSON.parse(await exported("dashboard")) as Dashboard;

async function expressions(): Promise<readonly string[]> {
  const { panels, annotations } = await dashboard();
  const [, scaling = ""] = (await exported("kubernetes-workers")).split("query: >-");
  return [
    scaling.trim().replace(/\s+/g, " "),
    ...(await alerts()).map((rule) => rule.expr),
    ...panels.flatMap((panel) => panel.targets.map((target) => target.expr)),
    ...annotations.list.map((list) => list.expr),
  ];
}

/** A metrics page on which everything has happened once. */
async function fullPage(): Promise<string> {
  const counters = openCounters();
  const flow = "f";
  const labels = {
    flow,
    target: "a.b",
    code: "c",
    cause: "c",
    outcome: "o",
    result: "r",
    event: "e",
    kind: "k",
  };
  const counted: Record<CounterName, true> = {
    ...{ accepted: true, duplicates: true, refused: true, delivered: true, parked: true, attempts: true },
    ...{ file_rows: true, mapping_shadow: true, dispatch: true, slots: true, forgotten: true },
  };
  const measured: Record<DurationName, true> = { delivery: true, end_to_end: true, mapping: true };
  for (const name of Object.keys(counted)) counters.add(name as CounterName, labels, 1);
  counters.observe("delivery", { target: "a.b" }, 1);
  for (const name of Object.keys(measured))
    if (name !== "delivery") counters.observe(name as "mapping", { flow }, 1);
  const status: EngineStatus = {
    ...{
      at: 0,
      stopping: false,
      diskFree: 1,
      diskLow: false,
      backlog: 0,
      backlogFull: false,
      lanes: 1,
      duty: true,
    },
    counters: counters.values,
    flows: [
      {
        ...{ id: 1, name: flow, version: 1, hash: "h", accepting: true, running: true, problem: null },
        ...{ problems: [], open: 0, nextSlot: 1 },
        source: null,
        routes: [{ to: "a.b", stopped: null, waitingUntil: null, open: 0 }],
      },
    ],
  };
  const pending = [null, "a.b"].map((to) => ({ flow, to, oldest: null, parked: 0, unmuted: 0 }));
  return renderMetrics({ status, version: "1", pending, queued: { lanes: 0, most: 0 }, loopLag: 0, now: 0 });
}

describe("what watches a hub", () => {
  it("asks only for metrics and labels that the hub has", async () => {
    const page = await fullPage();
    const there = new Set([...page.matchAll(/^(tieline_\w+)/gm)].map((match) => match[1]));
    const labels = new Set([...page.matchAll(/[{,](\w+)="/g)].map((match) => match[1]));
    const all = await expressions();
    const asked = all.flatMap((expr) => [...expr.matchAll(/tieline_\w+/g)].map((match) => match[0]));
    expect(asked.length).toBeGreaterThan(40);
    expect(asked.filter((name) => !there.has(name))).toEqual([]);
    const used = all.flatMap((expr) => [
      ...[...expr.matchAll(/by \(([^)]*)\)/g)].flatMap((match) => (match[1] ?? "").split(/, */)),
      ...[...expr.matchAll(/[{,](\w+)=/g)].map((match) => match[1] ?? ""),
    ]);
    expect(used.length).toBeGreaterThan(20);
    expect(used.filter((label) => !labels.has(label))).toEqual([]);
  });

  it("has no metric that nobody looks at", async () => {
    const page = await fullPage();
    const there = [...page.matchAll(/^# TYPE (\w+)/gm)].map((match) => match[1] ?? "");
    const all = (await expressions()).join("\n");
    // A counter of what the gauges of parked work show better; its rate is for those who keep books of it.
    const others = ["tieline_messages_parked_total", "tieline_flow_paused"];
    expect(there.filter((name) => !all.includes(name))).toEqual(others);
  });

  it("tells with every alert what is wrong and which command helps", async () => {
    const help = (await run(["--help"])).out;
    for (const { alert, labels, annotations } of await alerts()) {
      expect(["page", "ticket"], alert).toContain(labels.severity);
      expect(annotations.summary.length, alert).toBeGreaterThan(10);
      for (const [, command] of annotations.cure.matchAll(/`tieline (\w+)/g))
        expect(help).toContain(` ${command} `);
    }
  });

  it("draws panels that do not overlap", async () => {
    const cells = new Set<string>();
    for (const { title, gridPos } of (await dashboard()).panels) {
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(x, title).toBeLessThan(24);
          expect(cells.has(`${x} ${y}`), title).toBe(false);
          cells.add(`${x} ${y}`);
        }
    }
    expect(cells.size).toBeGreaterThan(1000);
  });
});

describe("Prometheus itself", () => {
  let promtool: UnpackedProgram;

  beforeAll(async () => {
    promtool = await unpackProgram("usr/bin/promtool", "prometheus");
  }, 300_000);

  afterAll(() => promtool.remove());

  it("takes the rules, and they fire when they should and not before", () => {
    const check = execFileSync(promtool.path, ["check", "rules", "src/deploy/alerts.yaml"], {
      encoding: "utf8",
    });
    expect(check).toMatch(/SUCCESS: \d+ rules found/);
    const test = execFileSync(promtool.path, ["test", "rules", "test/deploy/alerts.test.yaml"], {
      encoding: "utf8",
    });
    expect(test).toContain("SUCCESS");
  });

  it("can parse every query of the dashboard", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tieline-rules-"));
    try {
      const rules = (await expressions()).map((expr, at) => ({
        record: `panel_${at}`,
        expr: expr.replaceAll("$__rate_interval", "5m").replaceAll("$flow", ".*"),
      }));
      const file = join(folder, "rules.json");
      writeFileSync(file, JSON.stringify({ groups: [{ name: "all", rules }] }));
      expect(execFileSync(promtool.path, ["check", "rules", file], { encoding: "utf8" })).toContain(
        "SUCCESS",
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("finds nothing to complain about in the hub's metrics page", async () => {
    const { status, stderr } = spawnSync(promtool.path, ["check", "metrics"], {
      input: await fullPage(),
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    expect(status).toBe(0);
  });
});
