import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { needProgram } from "../fakes/debian.ts";
import { ask, startPostgres } from "../fakes/postgres.ts";
import { type Backend, postgresBackend, sqliteBackend } from "./backend.ts";
import type { HubProcess } from "./hub-process.ts";
import { post } from "./producer.ts";
import { EVENT_HOOK, eventsFlow } from "./project.ts";
import { setStage } from "./stage.ts";

const CALLS = "trace=fdatasync,fsync,write,writev,pwrite64,sendto,sendmsg,recvfrom,read";
const POSTS = 20;

/** One call to the kernel, as strace wrote it down when it had returned. */
interface Call {
  readonly pid: string;
  /** Seconds since 1970 when it began. */
  readonly at: number;
  /** Seconds when it had returned. */
  readonly end: number;
  readonly name: string;
  readonly text: string;
}

export interface Proof {
  readonly backend: string;
  /** Posts, one after the other. */
  readonly posts: number;
  /** Of these, with a sync of the store's log that returned between the request and the 2xx. */
  readonly synced: number;
  /** The calls of one post, in the order of time. */
  readonly sequence: readonly string[];
}

/**
 * Traces the hub, and on PostgreSQL the process that serves its writing connection, while posts come one after the other;
 * looks whether the store's log was synced to disk between each request and its 2xx.
 * @throws Error when strace is not there, or may not trace
 */
export async function traceSyncs(): Promise<readonly Proof[]> {
  await needProgram("strace", "strace");
  const server = await startPostgres();
  try {
    return [
      await traced(sqliteBackend, () => Promise.resolve([])),
      await traced(postgresBackend(server), () => writers(server.url)),
    ];
  } finally {
    await server.close();
  }
}

/** Processes of PostgreSQL that may sync for the hub's commits: those of its connections, and the one that writes the log. */
async function writers(url: string): Promise<readonly string[]> {
  const text = `SELECT string_agg(pid::text, ' ') FROM pg_stat_activity
    WHERE application_name = 'tieline engine' OR backend_type = 'walwriter'`;
  return String(await ask(url, text)).split(" ");
}

async function traced(backend: Backend, others: () => Promise<readonly string[]>): Promise<Proof> {
  const folder = await mkdtemp(join(tmpdir(), "tieline-strace-"));
  const stage = await setStage(backend, {
    webhooks: { events: EVENT_HOOK },
    flows: { events: eventsFlow() },
  });
  const hub = await stage.start();
  try {
    // What is written is the accept alone: nothing is worked on meanwhile.
    await hub.post("/api/v1/flows/events/pause", { what: "deliver" });
    for (let n = 0; n < 5; n++) await postOne(hub, `warm-${n}`);
    const file = join(folder, "calls");
    const tracing = await attach([String(hub.pid), ...(await others())], file);
    for (let n = 0; n < POSTS; n++) {
      await postOne(hub, `p-${n}`);
      await pause(20);
    }
    tracing.kill("SIGINT");
    await once(tracing, "exit");
    const calls = read(await readFile(file, "latin1"));
    return { backend: backend.technology, posts: POSTS, ...judge(calls) };
  } finally {
    await hub.kill();
    await stage.remove();
    await rm(folder, { recursive: true, force: true });
  }
}

async function postOne(hub: HubProcess, customer: string): Promise<void> {
  if ((await post(hub.url, { id: `${customer}-1`, customer, n: 1 })) === null)
    throw new Error("the hub refused a post");
}

async function attach(pids: readonly string[], file: string): Promise<ChildProcess> {
  const args = [
    "-f",
    "-ttt",
    "-T",
    "-y",
    "-s",
    "80",
    "-e",
    CALLS,
    "-o",
    file,
    ...pids.flatMap((pid) => ["-p", pid]),
  ];
  const child = spawn("strace", args, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr?.on("data", (bytes: Buffer) => {
    said += bytes.toString();
  });
  const until = performance.now() + 20_000;
  while (said.split("attached").length <= pids.length && performance.now() < until) {
    if (child.exitCode !== null) throw new Error(`strace ended: ${said.trim()}`);
    await pause(50);
  }
  await pause(200);
  return child;
}

/** Joins what strace split into `unfinished` and `resumed`. */
function read(text: string): readonly Call[] {
  const open = new Map<string, { at: number; text: string }>();
  const calls: Call[] = [];
  for (const line of text.split("\n")) {
    const [, pid = "", at = "", rest = ""] = /^(\d+)\s+(\d+\.\d+) (.*)$/.exec(line) ?? [];
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest);
    const begun = resumed === null ? undefined : open.get(pid);
    if (rest.endsWith("<unfinished ...>")) {
      open.set(pid, { at: Number(at), text: rest.slice(0, -"<unfinished ...>".length) });
      continue;
    }
    const whole = begun === undefined ? rest : `${begun.text}${resumed?.[1] ?? ""}`;
    const took = /<(\d+\.\d+)>$/.exec(whole)?.[1];
    const name = /^(\w+)\(/.exec(whole)?.[1];
    if (took === undefined || name === undefined) continue;
    const start = begun?.at ?? Number(at);
    calls.push({ pid, at: start, end: start + Number(took), name, text: whole });
  }
  return calls.sort((a, b) => a.end - b.end);
}

const SYNC = /^f(data)?sync\(\d+<[^>]*(tieline\.db-wal|pg_wal\/)/;

function judge(calls: readonly Call[]): Pick<Proof, "synced" | "sequence"> {
  const requests = calls.filter(({ name, text }) => name === "read" && text.includes("POST /in/shop/events"));
  const answers = calls.filter(({ text }) => /^(write|writev|sendto|sendmsg)\(.*HTTP\/1\.1 202/.test(text));
  let synced = 0;
  let sequence: readonly string[] = [];
  for (const answer of answers) {
    const request = requests.filter(({ end }) => end <= answer.at).at(-1);
    if (request === undefined) continue;
    const sync = calls.find(({ text, at, end }) => SYNC.test(text) && at >= request.end && end <= answer.at);
    if (sync === undefined) continue;
    synced += 1;
    if (sequence.length > 0) continue;
    const between = calls.filter(
      ({ text, end, pid }) =>
        end > request.end &&
        end < answer.at &&
        (SYNC.test(text) || (pid === sync.pid && /^(sendto|recvfrom|pwrite64|write)\(/.test(text))),
    );
    const first = Math.max(0, between.indexOf(sync) - SHOWN);
    sequence = [request, ...between.slice(first), answer].map((call) => shown(call, request.end));
  }
  return { synced, sequence };
}

/** Only the end of what a process does before it syncs is shown. */
const SHOWN = 3;

function shown({ at, end, pid, text }: Call, from: number): string {
  const ms = (seconds: number): string => `${((seconds - from) * 1000).toFixed(2).padStart(8)} ms`;
  return `${ms(at)} to ${ms(end)}  ${pid}  ${text.replace(/<\/[^>]*\/(data\/)?(?=tieline\.db|pg_wal\/)/g, "<…/").slice(0, 110)}`;
}
