import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import type { ApiDeps, ApiLimits, FlowEntry } from "../../src/api/deps.ts";
import { createServer } from "../../src/api/server.ts";
import { crmReads } from "../../src/backend/sqlite/crm-reads.ts";
import { openSqliteQueries } from "../../src/backend/sqlite/queries.ts";
import { openSql } from "../../src/backend/sqlite/sql.ts";
import { DATABASE, openSqliteStore } from "../../src/backend/sqlite/store.ts";
import type { FlowDefinition } from "../../src/config/flow-definition.ts";
import { USUAL_RULES } from "../../src/config/read-alerts.ts";
import { USUAL_RETENTION } from "../../src/config/read-retention.ts";
import type { PushSource } from "../../src/connector/contract.ts";
import type { Act, Admission, Engine, EngineStatus, FlowStatus, Receipt } from "../../src/control/engine.ts";
import type { Desk } from "../../src/desk/desk.ts";
import { openFormat } from "../../src/format/open.ts";
import { accessDesk } from "../../src/intake/access-desk.ts";
import type { CrmReads } from "../../src/store/crm-reads.ts";
import type { Queries } from "../../src/store/queries.ts";
import type { Store } from "../../src/store/store.ts";

/** A desk with nothing on it. */
export const emptyDesk = async (): Promise<Desk> => ({
  systems: new Map(),
  begin: () => undefined,
  close: async () => undefined,
});

export const TOKEN = "tl_test-token-of-the-api-tests-0123456789abcdef";

/** An engine that keeps everything in arrays and knows event ids, as the real one promises to; who may do what is real. */
export interface RecordingEngine extends Engine {
  readonly admitted: Admission[];
  readonly batches: number[];
  readonly acts: { readonly act: string; readonly by: Act; readonly args: readonly unknown[] }[];
  /** What the next admissions are to fail with. */
  refuse: Error | undefined;
}

function recordingEngine(store: Store, status: () => EngineStatus): RecordingEngine {
  const admitted: Admission[] = [];
  const batches: number[] = [];
  const acts: RecordingEngine["acts"] = [];
  const events = new Map<string, { readonly id: string; readonly hash: string }>();
  const report = { matched: 2, keys: 1, oldest: 1000, newest: 2000, sample: ["m-1"] };
  const note =
    (act: string) =>
    async (by: Act, ...args: readonly unknown[]): Promise<void> => {
      acts.push({ act, by, args });
    };
  const admitOne = (item: Admission): Receipt => {
    const hash = createHash("sha256").update(item.body).digest("hex");
    const name = item.event === null || item.event === undefined ? undefined : `${item.flow} ${item.event}`;
    const known = name === undefined ? undefined : events.get(name);
    if (known?.hash === hash) return { id: known.id, duplicate: true };
    if (known !== undefined)
      return { error: { code: "TL_IDEMPOTENCY_REUSED", message: "the key was used with another body" } };
    admitted.push(item);
    const id = `m-${admitted.length}`;
    if (name !== undefined) events.set(name, { id, hash });
    return { id, duplicate: false };
  };
  const engine: RecordingEngine = {
    admitted,
    batches,
    acts,
    refuse: undefined,
    async admit(items) {
      batches.push(items.length);
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (engine.refuse !== undefined) throw engine.refuse;
      return items.map(admitOne);
    },
    status: async () => status(),
    pause: note("pause"),
    resume: note("resume"),
    async runNow(by, ...args) {
      await note("runNow")(by, ...args);
      return { files: 3, records: 0, asked: false };
    },
    moveCursor: note("moveCursor"),
    planReplay: async () => report,
    async replay(by, ...args) {
      await note("replay")(by, ...args);
      return report;
    },
    async replayEdited(by, ...args) {
      await note("replayEdited")(by, ...args);
      return "m-4712";
    },
    park: note("park"),
    discard: note("discard"),
    resumeRoute: note("resumeRoute"),
    resumeFile: note("resumeFile"),
    planDeploy: async () => ({ mode: "manual", flows: [] }),
    async deploy(by, ...args) {
      await note("deploy")(by, ...args);
      return { mode: "manual", flows: [] };
    },
    acknowledgeAlert: note("acknowledgeAlert"),
    muteAlert: note("muteAlert"),
    muteErrors: note("muteErrors"),
    unmuteErrors: note("unmuteErrors"),
    async testAlerts(by, ...args) {
      await note("testAlerts")(by, ...args);
      return [{ to: "pager.alert", failure: null }];
    },
    ...accessDesk(store, Date.now),
    async publishMapping(by, ...args) {
      await note("publishMapping")(by, ...args);
      return "published";
    },
    async addCase(by, ...args) {
      await note("addCase")(by, ...args);
      return "mappings/any/cases/a.json";
    },
    async backup(by, ...args) {
      await note("backup")(by, ...args);
      return { bytes: 1 };
    },
  };
  return engine;
}

export function flowStatus(id: number, name: string, change: Partial<FlowStatus> = {}): FlowStatus {
  return {
    id,
    name,
    version: id,
    hash: `hash-${name}`,
    accepting: true,
    running: true,
    problem: null,
    problems: [],
    open: 0,
    routes: [{ to: "crm.customer", stopped: null, waitingUntil: null, open: 0 }],
    nextSlot: null,
    source: null,
    ...change,
  };
}

export function flowDefinition(name: string, change: Partial<FlowDefinition> = {}): FlowDefinition {
  return {
    name,
    file: `mappings/${name}/flow.yaml`,
    description: "a flow",
    source: { system: "web", read: name, format: { json: {} } },
    schedule: null,
    accepts: null,
    key: null,
    version: null,
    event: null,
    record: null,
    carries: "change",
    conflict: "refuse",
    eventWindow: 1000,
    map: null,
    emits: null,
    routes: [{ to: "crm.customer", when: null, onPark: "block" }],
    guard: { rejected: null },
    onError: {
      retries: 1,
      backoff: { first: 1, last: 1 },
      data: "park",
      missingReference: { policy: "park", maxAge: 0 },
    },
    publish: true,
    allowFallback: false,
    limits: { deadline: 25, body: 1024 * 1024 },
    texts: { [`mappings/${name}/flow.yaml`]: "x" },
    ...change,
  } as FlowDefinition;
}

/** A source without signatures that takes every body as it is. */
export const openSource: PushSource = { kind: "push", receive: ({ body }) => ({ body }) };

export interface Bench {
  readonly app: FastifyInstance;
  readonly url: string;
  readonly port: number;
  readonly engine: RecordingEngine;
  readonly store: Store;
  readonly queries: Queries;
  readonly folder: string;
  /** Changes what the front believes about the engine. */
  status: EngineStatus;
  readonly logged: string[];
  readonly desk: Desk | undefined;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  close(): Promise<void>;
}

export interface BenchOptions {
  readonly entries?: readonly FlowEntry[];
  readonly sources?: Readonly<Record<string, PushSource>>;
  readonly limits?: Partial<ApiLimits>;
  readonly settings?: Partial<ApiDeps["settings"]>;
  /** What agents see of calls, over the customers of the bench. */
  readonly desk?: (crm: CrmReads) => Promise<Desk>;
  /** Systems beside the two that every bench has. */
  readonly systems?: readonly string[];
}

/** A listening server over a real store and an engine that only records. */
export async function openBench(options: BenchOptions = {}): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), "api-"));
  const store = openSqliteStore(folder);
  const queries = openSqliteQueries(folder);
  const crmSql = openSql(join(folder, DATABASE), "reader");
  const entries = options.entries ?? [{ definition: flowDefinition("any"), status: flowStatus(1, "any") }];
  const logged: string[] = [];
  const log = (fields: object, text: string): void => {
    logged.push(`${text} ${JSON.stringify(fields)}`);
  };
  const bench = {
    status: {
      at: Date.now(),
      stopping: false,
      diskFree: 1e9,
      diskLow: false,
      backlog: 0,
      backlogFull: false,
      ...{ lanes: 256, duty: true },
      flows: entries.map((entry) => entry.status),
      counters: { 'accepted{flow="any"}': 4 },
    } as EngineStatus,
  };
  const engine = recordingEngine(store, () => bench.status);
  const crm = crmReads(crmSql);
  const desk = await options.desk?.(crm);
  const app = await createServer({
    engine,
    status: () => bench.status,
    flows: () => entries,
    source: (system, name) => (system === "web" ? (options.sources?.[name] ?? openSource) : undefined),
    readFlow: (name, texts) => {
      const now = entries.find(({ status }) => status.name === name)?.definition;
      if (now === null || now === undefined) throw new Error("no flow");
      return { ...now, texts };
    },
    openFormat: (definition) => {
      if (!("system" in definition.source)) throw new Error("no system");
      return openFormat(definition.source.format as Parameters<typeof openFormat>[0]);
    },
    queries,
    crm,
    ...(desk === undefined ? {} : { desk }),
    systems: () => [
      {
        name: "web",
        connector: "web",
        written: { token: { env: "WEB_TOKEN" } },
        check: async () => undefined,
      },
      { name: "down", connector: "erp", written: {}, check: () => Promise.reject(new Error("secret text")) },
      ...(options.systems ?? []).map((name) => ({
        ...{ name, connector: "web", written: {}, check: async () => undefined },
      })),
    ],
    settings: {
      publicUrl: null,
      oidc: null,
      alerts: { rules: USUAL_RULES, tell: [{ to: "pager.alert", mail: null }], heartbeat: null },
      auth: "token",
      retention: USUAL_RETENTION,
      deploy: "on-save",
      data: folder,
      dir: folder,
      listen: { host: "127.0.0.1", port: 0 },
      ...options.settings,
    },
    token: TOKEN,
    logger: { warn: log, error: log },
    tracing: null,
    now: Date.now,
    version: "0.0.0-test",
    ...(options.limits === undefined ? {} : { limits: options.limits }),
  });
  const url = await app.listen({ port: 0, host: "127.0.0.1" });
  const auth = { authorization: `Bearer ${TOKEN}` };
  return Object.assign(bench, {
    app,
    url,
    port: Number(new URL(url).port),
    engine,
    store,
    queries,
    folder,
    logged,
    desk,
    get: (path: string, headers: Record<string, string> = auth) => fetch(url + path, { headers }),
    post: (path: string, body?: unknown, headers: Record<string, string> = {}) =>
      fetch(url + path, {
        method: "POST",
        headers: {
          ...auth,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        ...(body === undefined
          ? {}
          : {
              body:
                typeof body === "string" || body instanceof Uint8Array
                  ? (body as string)
                  : JSON.stringify(body),
            }),
      }),
    async close() {
      await desk?.close();
      await app.close();
      await queries.close();
      crmSql.close();
      await store.close();
      rmSync(folder, { recursive: true });
    },
  });
}

/** Sends bytes as they are over a socket of its own and gives everything that comes back until the server closes. */
export function sendRaw(
  port: number,
  parts: readonly (string | Uint8Array)[],
  options: { readonly end?: boolean; readonly waitMs?: number } = {},
): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let answer = "";
    const done = (): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(options.waitMs ?? 1500, done);
    socket.on("data", (chunk) => {
      answer += chunk.toString("latin1");
    });
    socket.on("close", done);
    socket.on("error", done);
    socket.on("connect", () => {
      for (const part of parts) socket.write(part);
      if (options.end === true) socket.end();
    });
  });
}

const pages = new Set<string>();

/** Fails unless the answer is a problem as RFC 9457 has it, with a page behind its type. */
export async function problemIn(
  bench: Pick<Bench, "url">,
  response: Response,
): Promise<Record<string, unknown>> {
  const media = response.headers.get("content-type");
  if (!media?.startsWith("application/problem+json"))
    throw new Error(`not a problem but ${media}, status ${response.status}`);
  const problem = (await response.json()) as Record<string, unknown>;
  if (problem["status"] !== response.status) throw new Error("the problem tells another status");
  const type = String(problem["type"]);
  if (!pages.has(type)) {
    const page = await fetch(bench.url + type);
    if (page.status !== 200) throw new Error("the type of the problem leads nowhere");
    await page.arrayBuffer();
    pages.add(type);
  }
  return problem;
}
