import { execFile } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { shopJson } from "./customer.ts";
import { signature } from "./project.ts";
import { temporaryFolder } from "./temporary.ts";
import { needTool } from "./tool.ts";

const run = promisify(execFile);
const SCRIPT = new URL("./post.lua", import.meta.url).pathname;
export const PATH = "/in/shop/customers";

/** What wrk saw. Latencies in milliseconds. */
export interface Load {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/** A file of signed bodies of customers 1 to `count`, for wrk to post. */
export async function signedBodies(count: number): Promise<string> {
  const path = join((await temporaryFolder("bodies")).path, "bodies");
  const out = createWriteStream(path);
  for (let n = 1; n <= count; n++) {
    const body = shopJson(n);
    if (!out.write(`${signature(body)}\t${body}\n`)) await once(out, "drain");
  }
  out.end();
  await once(out, "finish");
  return path;
}

let runs = 0;

/**
 * Posts as fast as answers come.
 * @param after so many bodies of the file are passed over first
 * @throws Error when a request is refused or breaks off
 */
export async function post(
  url: string,
  bodies: string,
  {
    connections,
    seconds,
    after = 0,
  }: { readonly connections: number; readonly seconds: number; readonly after?: number },
): Promise<Load> {
  await needTool("wrk", "wrk");
  runs += 1;
  const { stdout } = await run("wrk", [
    ...["-t1", `-c${connections}`, `-d${seconds}s`, "--timeout", "10s", "-s", SCRIPT, url],
    ...["--", bodies, PATH, `${process.pid}-${runs}`, String(after)],
  ]);
  const text = /^RESULT (.*)$/m.exec(stdout)?.[1];
  if (text === undefined) throw new Error(`wrk said: ${stdout}`);
  const seen = JSON.parse(text) as Record<
    "requests" | "microseconds" | "p50" | "p99" | "broken" | "refused" | "late",
    number
  >;
  if (seen.broken + seen.refused + seen.late > 0) throw new Error(`requests failed: ${text}`);
  return {
    requests: seen.requests,
    perSecond: seen.requests / (seen.microseconds / 1e6),
    p50: seen.p50 / 1000,
    p99: seen.p99 / 1000,
  };
}
