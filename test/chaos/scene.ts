import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { startTarget, type Target } from "../fakes/http-target.ts";
import type { Backend } from "../faults/backend.ts";
import { freePort, type HubProcess, startHubProcess } from "../faults/hub-process.ts";
import { customersFlow, EVENT_HOOK, eventsFlow, type FaultProject, makeProject } from "../faults/project.ts";
import { mappingText } from "./model.ts";

export const FLOW = "events";
export const TARGET = "desk.notes";
/** Seconds between the slots in which files are looked for. */
export const SLOT = 2;

/** A real hub with its project, its store and its target. */
export interface Scene {
  readonly project: FaultProject;
  readonly target: Target;
  hub(): HubProcess;
  /** SIGKILL, and a new hub on the same store. */
  killAndStart(): Promise<void>;
  /** Asks the API; the answer may be a refusal. */
  ask(method: "GET" | "POST", path: string, body?: object): Promise<Reply>;
  /** Rows of the store, also while the hub runs. */
  all<Row>(text: string): Promise<readonly Row[]>;
  close(): Promise<void>;
}

export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

export async function openScene(backend: Backend): Promise<Scene> {
  const target = await startTarget({ mode: "dedupe", keyField: "subject" });
  const customers = customersFlow();
  const project = await makeProject({
    files: { customers: '{ inbox: INBOX, pattern: "*.csv", stable: 0 }' },
    webhooks: { events: EVENT_HOOK },
    target: { url: target.url, idempotent: true },
    flows: {
      events: {
        yaml: eventsFlow({
          target: true,
          more: "onError: { transient: { retries: 20, backoff: 50ms..1s } }\n",
        }).yaml,
        map: mappingText({ number: 1, strict: true }),
      },
      customers: {
        ...customers,
        yaml: `${customers.yaml}schedule: { cron: "*/${SLOT} * * * * *", zone: UTC }\n`,
      },
    },
  });
  const data = join(project.dir, "data");
  const store = await backend.place(data);
  const options = { ...project, env: { ...project.env, ...store.env }, port: await freePort() };
  let hub = await startHubProcess(options);
  const token = (await readFile(join(data, "api-token"), "utf8")).trim();
  return {
    project,
    target,
    hub: () => hub,
    async killAndStart() {
      await hub.kill();
      hub = await startHubProcess(options);
    },
    async ask(method, path, body) {
      const answer = await fetch(`${hub.url}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: answer.status, body: await answer.json() };
    },
    all: (text) => store.all(text),
    async close() {
      await hub.kill();
      await target.close();
      await store.remove();
      await project.remove();
    },
  };
}

/** Waits until it holds. @throws Error with what was waited for, after `limit` milliseconds */
export async function until(what: string, holds: () => Promise<boolean>, limit = 30_000): Promise<void> {
  const end = performance.now() + limit;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`${what}: not within ${limit / 1000} s`);
    await pause(20);
  }
}
