import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSql, type Sql } from "../../src/backend/sqlite/sql.ts";
import type { FlowDefinition } from "../../src/config/flow-definition.ts";
import type { System } from "../../src/connector/contract.ts";
import { type RunningEngine, startEngine } from "../../src/engine.ts";
import type { MapperDoor } from "../../src/intake/mapper.ts";
import type { ReaderDoor } from "../../src/intake/reader.ts";
import { openCounters } from "../../src/observe/counter.ts";
import { openLogger } from "../../src/observe/logger.ts";

/** An engine in this process, on a data folder of its own, with flows given as definitions. */
export interface TestEngine {
  readonly engine: RunningEngine;
  readonly data: string;
  /** The store as others see it. */
  readonly sql: Sql;
  /** Id of a flow by name. */
  flow(name: string): { readonly id: number; readonly version: number };
  post(flow: string, value: object, options?: { readonly event?: string }): Promise<string>;
  /** Resolves when nothing is queued or waiting for its turn any more. */
  settled(): Promise<void>;
  restart(flows?: readonly FlowDefinition[]): Promise<void>;
  change(flows: readonly FlowDefinition[]): Promise<void>;
  dispose(): Promise<void>;
}

export async function testEngine(
  flows: readonly FlowDefinition[],
  systems: Readonly<Record<string, System>> = {},
  openReader: ReaderDoor = () => undefined,
  openMapper: MapperDoor = () => undefined,
): Promise<TestEngine> {
  const data = await mkdtemp(join(tmpdir(), "tieline-engine-"));
  let definitions = flows;
  let changed = false;
  const open = (): Promise<RunningEngine> =>
    startEngine({
      role: "all",
      settings: {
        dir: data,
        data,
        listen: { host: "127.0.0.1", port: 0 },
        storage: { kind: "sqlite", folder: data },
        dispatch: { kind: "in-process" },
        deploy: "on-save",
        limits: { diskLow: 0, backlog: 1_000_000 },
        mapping: { shadow: 1 },
        publicUrl: null,
        oidc: null,
        alerts: { rules: [], tell: [], heartbeat: null },
        retention: { messages: null, files: null, bundles: null, alerts: null, flows: {} },
        systems: {},
        auth: "none",
      },
      systems,
      project: {
        read: async () =>
          definitions.map((definition) => ({ name: definition.name, definition, issues: [] })),
        fromTexts: (_name, texts) => JSON.parse(texts["definition"] ?? "") as FlowDefinition,
      },
      projectChanged: async () => {
        const now = changed;
        changed = false;
        return now;
      },
      logger: openLogger("silent"),
      counters: openCounters(),
      tracing: null,
      openReader,
      openMapper,
      onFlows: () => undefined,
      waiting: () => undefined,
      lost: (error) => {
        throw error;
      },
    });
  let engine = await open();
  let sql = openSql(join(data, "tieline.db"), "reader");

  const under: TestEngine = {
    get engine() {
      return engine;
    },
    data,
    get sql() {
      return sql;
    },
    flow(name) {
      const found = engine.flows().find((flow) => flow.name === name);
      if (found === undefined) throw new Error(`no flow ${name}`);
      return { id: found.id, version: found.version };
    },
    async post(name, value, options = {}) {
      const { id, version } = under.flow(name);
      const body = Buffer.from(JSON.stringify(value));
      const [receipt] = await engine.admit([
        {
          flow: id,
          flowVersion: version,
          body,
          contentType: "application/json",
          headers: null,
          key: undefined,
          event: options.event ?? undefined,
          traceparent: null,
        },
      ]);
      if (receipt === undefined || "error" in receipt) throw new Error(JSON.stringify(receipt));
      return receipt.id;
    },
    async settled() {
      for (;;) {
        const busy = sql.get<{ n: number }>(
          `SELECT (SELECT count(*) FROM message WHERE state = 0) + (SELECT count(*) FROM delivery WHERE state IN (0, 3))
           + (SELECT count(*) FROM file WHERE state = 'running' OR reported = 0) AS n`,
        );
        if (busy?.n === 0) return;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    async restart(next) {
      sql.close();
      await engine.stop();
      definitions = next ?? definitions;
      engine = await open();
      sql = openSql(join(data, "tieline.db"), "reader");
    },
    async change(next) {
      definitions = next;
      changed = true;
      while (changed) await new Promise((resolve) => setTimeout(resolve, 10));
      await new Promise((resolve) => setTimeout(resolve, 50));
    },
    async dispose() {
      sql.close();
      await engine.stop();
      await rm(data, { recursive: true });
    },
  };
  return under;
}

/** A flow definition with the defaults of a small real-time flow. */
export async function flowDefinition(
  name: string,
  over: Partial<FlowDefinition>,
  mapping?: string,
): Promise<FlowDefinition> {
  const schemas = new URL("../../schemas/canonical/", import.meta.url);
  const emits =
    over.emits === undefined || over.emits === null
      ? {}
      : { [over.emits]: await readFile(new URL(over.emits, schemas), "utf8") };
  const definition: FlowDefinition = {
    name,
    file: `mappings/${name}/flow.yaml`,
    description: "",
    source: { system: "shop", read: name, format: { json: {} } },
    schedule: null,
    accepts: null,
    key: "customer",
    version: null,
    event: null,
    record: null,
    carries: "change",
    conflict: "refuse",
    eventWindow: 1_000_000_000,
    map: mapping === undefined ? null : "map.jsonata",
    emits: null,
    routes: [{ to: "crm.interaction", when: null, onPark: "block" }],
    guard: { rejected: null },
    onError: {
      retries: 2,
      backoff: { first: 20, last: 40 },
      data: "park",
      missingReference: { policy: "park", maxAge: 0 },
    },
    publish: true,
    allowFallback: false,
    limits: { deadline: 250, body: 1_000_000 },
    ...over,
    texts: { ...emits, ...(mapping === undefined ? {} : { "map.jsonata": mapping }) },
  };
  return { ...definition, texts: { ...definition.texts, definition: JSON.stringify(definition) } };
}
