/**
 * A fake CRM or billing system on 127.0.0.1 that keeps a ledger of every request.
 *
 * In a test: `const target = await startTarget({...})`. As a process of its own, for tests that kill:
 * `node --import tsx test/fakes/http-target.ts --port 0 --ledger FILE --mode dedupe --delay 5` prints `{"port":…}`.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type FakeAnswer, statusOf, writeAnswer } from "./answer.ts";
import { type LedgerEntry, openLedger, readLedger } from "./ledger.ts";

/** By what the target tells a repetition: the Idempotency-Key, the sequence of the key, or not at all. */
export type Mode = "dedupe" | "sequence" | "none";

export interface TargetOptions {
  /** 0 (default) takes a free one. */
  readonly port?: number;
  /** File to append to; an existing one is read first, so a restarted target remembers. */
  readonly ledger?: string;
  /** Default `dedupe`. */
  readonly mode?: Mode;
  /** Milliseconds before each answer that has no delay of its own. */
  readonly delay?: number;
  /** JSON field of the body that holds the record's key; default `key`. */
  readonly keyField?: string;
}

export interface Target {
  readonly port: number;
  readonly url: string;
  /** Every request so far, oldest first. */
  readonly requests: readonly Request[];
  /** What the next requests get, one each; after them every request is answered 200. */
  answer(...answers: readonly FakeAnswer[]): void;
  /** What every request gets that has no answer of its own. */
  always(answer: FakeAnswer): void;
  close(): Promise<void>;
}

export interface Request extends LedgerEntry {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Memory {
  readonly ids: Set<string>;
  readonly sequences: Map<string, number>;
}

export async function startTarget(options: TargetOptions = {}): Promise<Target> {
  const mode = options.mode ?? "dedupe";
  const memory = recall(options.ledger);
  const ledger = options.ledger === undefined ? undefined : openLedger(options.ledger);
  const queue: FakeAnswer[] = [];
  const requests: Request[] = [];
  let usual: FakeAnswer = {};
  let number = memory.number;

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(incoming);
    const seen = {
      id: String(incoming.headers["idempotency-key"] ?? ""),
      sequence: Number(incoming.headers["tieline-sequence"] ?? 0),
      key: keyOf(body, options.keyField ?? "key"),
    };
    const isKept = queue[0]?.fresh === true && !isNew(mode, memory, seen);
    const answer = (isKept ? undefined : queue.shift()) ?? usual;
    const wait = answer.delay ?? options.delay ?? 0;
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    const effect = (answer.effect ?? (answer.status ?? 200) < 300) && isNew(mode, memory, seen);
    if (effect) remember(memory, seen);
    const sha256 = createHash("sha256").update(body).digest("hex");
    const entry = { number: ++number, time: Date.now(), ...seen, sha256, status: statusOf(answer), effect };
    // Before the answer: a hub that was told yes must find its request here, whatever is killed when.
    ledger?.append(entry);
    requests.push({ ...entry, ...describeRequest(incoming, body) });
    writeAnswer(response, answer);
  }

  const server = createServer((incoming, response) => {
    serve(incoming, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}/customers`,
    requests,
    answer: (...answers) => void queue.push(...answers),
    always: (answer) => {
      usual = answer;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      ledger?.close();
    },
  };
}

function recall(path: string | undefined): Memory & { readonly number: number } {
  const memory = { ids: new Set<string>(), sequences: new Map<string, number>(), number: 0 };
  if (path === undefined || !existsSync(path)) return memory;
  for (const entry of readLedger(path)) {
    if (entry.effect) remember(memory, entry);
    memory.number = entry.number;
  }
  return memory;
}

type Seen = Pick<LedgerEntry, "id" | "sequence" | "key">;

function isNew(mode: Mode, memory: Memory, seen: Seen): boolean {
  if (mode === "dedupe") return !memory.ids.has(seen.id);
  if (mode === "sequence") return seen.sequence > (memory.sequences.get(seen.key) ?? -1);
  return true;
}

function remember(memory: Memory, seen: Seen): void {
  memory.ids.add(seen.id);
  memory.sequences.set(seen.key, Math.max(seen.sequence, memory.sequences.get(seen.key) ?? -1));
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function keyOf(body: string, field: string): string {
  try {
    const value = (JSON.parse(body) as Record<string, unknown>)[field];
    return value === undefined || value === null ? "" : String(value);
  } catch {
    return "";
  }
}

function describeRequest(incoming: IncomingMessage, body: string) {
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : (value ?? ""),
    ]),
  );
  return { method: incoming.method ?? "", path: incoming.url ?? "", headers, body };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "0" },
      ledger: { type: "string" },
      mode: { type: "string", default: "dedupe" },
      delay: { type: "string", default: "0" },
      "key-field": { type: "string", default: "key" },
    },
  });
  const { mode } = values;
  if (mode !== "dedupe" && mode !== "sequence" && mode !== "none") {
    throw new Error("--mode is dedupe, sequence or none");
  }
  const target = await startTarget({
    port: Number(values.port),
    mode,
    delay: Number(values.delay),
    keyField: values["key-field"],
    ...(values.ledger === undefined ? {} : { ledger: values.ledger }),
  });
  process.stdout.write(`${JSON.stringify({ port: target.port })}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
