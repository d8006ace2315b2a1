import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort, startHubProcess } from "../faults/hub-process.ts";
import { SECRET } from "./project.ts";
import { atEnd } from "./temporary.ts";

/** A hub in a process of its own, as users run it. */
export interface BenchHub {
  readonly url: string;
  readonly pid: number;
  /** What opens the API. */
  readonly headers: Readonly<Record<string, string>>;
  get<Answer>(path: string): Promise<Answer>;
  post(path: string, body: object): Promise<void>;
  /** Messages that are accepted and not done, as the hub last counted them (four times a second). */
  backlog(): Promise<number>;
  /** Ends it without mercy; what it acknowledged must be there all the same. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** @param env what else it is told */
export async function startBenchHub(
  dir: string,
  env: Readonly<Record<string, string>> = {},
): Promise<BenchHub> {
  const hub = await startHubProcess({ dir, port: await freePort(), env: { BENCH_SECRET: SECRET, ...env } });
  const kill = atEnd(() => hub.kill());
  const token = (await readFile(join(dir, "data", "api-token"), "utf8")).trim();
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const call = async (path: string, init: RequestInit): Promise<unknown> => {
    const response = await fetch(`${hub.url}/api/v1${path}`, { ...init, headers });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`);
    return text === "" ? null : (JSON.parse(text) as unknown);
  };
  const get = async <Answer>(path: string): Promise<Answer> => (await call(path, {})) as Answer;
  return {
    url: hub.url,
    pid: hub.pid,
    headers,
    get,
    post: async (path, body) => {
      await call(path, { method: "POST", body: JSON.stringify(body) });
    },
    backlog: async () => (await get<{ readonly backlog: number }>("/status")).backlog,
    kill,
    async stop() {
      await hub.stop();
      await kill();
    },
  };
}

/** Waits until a condition holds, asking at intervals. @throws Error when it does not within the time; milliseconds */
export async function until(
  condition: () => Promise<boolean>,
  { every = 20, atMost = 600_000 }: { readonly every?: number; readonly atMost?: number } = {},
): Promise<void> {
  const end = performance.now() + atMost;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`it did not come about within ${atMost / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}
