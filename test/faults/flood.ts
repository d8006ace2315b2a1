import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { drained } from "./books.ts";
import { type Check, check, type Fault } from "./fault.ts";
import { judgeEvents } from "./judge.ts";
import { postTo, producers, signature } from "./producer.ts";
import { EVENT_HOOK, eventsFlow, hook } from "./project.ts";
import { setStage } from "./stage.ts";
import { mib, watchHealth, watchMemory } from "./watch-hub.ts";

const GROWTH = 50 * 1024 * 1024;
/** How often 100 MB are poured in each way. */
const POURS = 20;
const HUNDRED_MIB = 100 * 1024 * 1024;
/** Longer than the hub waits for a request's head, and for a whole request; milliseconds. */
const HEAD_WAIT = 14_000;
const BODY_WAIT = 36_000;

/** F34: bodies without end, senders without haste, packed and nested bodies, beside senders that do nothing wrong. */
export const flood: Fault = {
  id: "F34",
  title: "100 MB bodies, slow senders, gzip and depth bombs",
  tries: "I1 I5",
  pace: "timed",
  async run({ backend, size, note }) {
    const stage = await setStage(backend, {
      webhooks: { events: EVENT_HOOK, plain: hook() },
      flows: { events: eventsFlow(), plain: eventsFlow({ read: "plain" }) },
    });
    const hub = await stage.start();
    const { port } = stage;
    const senders = producers(4, 4, 20);
    let open = true;
    await warmUp(hub.url, size(20_000, 5_000));
    const posting = senders.run(hub.url, () => open);
    await pause(1000);
    const memory = watchMemory(hub);
    await pause(200);
    const before = memory.now();

    let over = false;
    const watching = watchHealth(hub.url, 120_000, () => over);
    const slow = Promise.all([
      slowHeads(port, size(40, 20)),
      slowBody(port),
      size(1, 0) === 1 ? stalledBody(port) : null,
    ]);
    const checks: Check[] = [];
    // Several of each: a hub that closes while the sender still writes takes its answer back now and then.
    const announced: Outcome[] = [];
    const chunked: Outcome[] = [];
    for (let n = 0; n < POURS; n++) {
      announced.push(await raw(port, head({ "content-length": String(HUNDRED_MIB) }), HUNDRED_MIB));
      chunked.push(await raw(port, head({ "transfer-encoding": "chunked" }), HUNDRED_MIB, true));
    }
    checks.push(
      check("100 MB, announced: 413 each time", announced.every(is413), statuses(announced)),
      check("100 MB, in chunks: 413 each time", chunked.every(is413), statuses(chunked)),
    );
    const bomb = gzipSync(Buffer.alloc(HUNDRED_MIB));
    const packed = await postTo(hub.url, "plain", bomb, { "content-encoding": "gzip" });
    const unsigned = await postTo(hub.url, "plain", "{}", { "x-signature": signature("other") });
    checks.push(
      check(`a gzip bomb of ${mib(bomb.length)}: 415`, packed?.status === 415, packed?.status),
      check("a forged signature: 401", unsigned?.status === 401, unsigned?.status),
    );
    for (const [name, body] of Object.entries(depths())) {
      const answer = await postTo(hub.url, "plain", body);
      checks.push(
        check(
          `${name}: 400`,
          answer?.status === 400,
          `${answer?.status} in ${answer?.milliseconds.toFixed(1)} ms`,
        ),
      );
    }
    const broken = await Promise.all(Array.from({ length: size(200, 40) }, () => breakOff(port)));
    const [heads, body, stalled] = await slow;
    over = true;
    const health = await watching;
    const grown = memory.peak() - before;
    memory.stop();
    open = false;
    await posting;
    const drainMs = await drained(stage.store);
    const alive = hub.alive();
    await hub.stop();
    await senders.close();
    const table = await judgeEvents(stage.store, senders.acked, null, drainMs);
    note(
      `${senders.acked.length} good posts beside it, ${senders.refusals()} refused; ${broken.length} senders broke off; memory grew ${mib(grown)}`,
    );
    await stage.remove();
    checks.push(
      check(
        "a head sent a byte at a time is cut off: 408 or closed",
        heads.every(({ status }) => status === 408 || status === 0),
        heads.map(({ seconds, status }) => `${status} after ${seconds.toFixed(0)} s`)[0],
      ),
      check(
        "a body sent a byte at a time is cut off: 408 or closed",
        body.status === 408 || body.status === 0,
        `${body.status} after ${body.seconds.toFixed(0)} s`,
      ),
      check(
        "so is one that stops coming",
        stalled === null || stalled.status === 408 || stalled.status === 0,
        stalled === null ? "not tried" : `${stalled.status} after ${stalled.seconds.toFixed(0)} s`,
      ),
      check("memory grows less than 50 MiB", grown < GROWTH, mib(grown)),
      check(
        "/livez p99 < 50 ms meanwhile",
        health.bad === 0 && health.p99 < 50,
        `p99 ${health.p99.toFixed(1)} ms of ${health.count}, ${health.bad} bad`,
      ),
      check(
        "the hub is alive and refused no good post",
        alive && senders.refusals() === 0,
        `${senders.refusals()} refused`,
      ),
    );
    return { table, checks };
  },
};

/** A hub that has just started grows with any work; what is measured is what bad senders add. */
async function warmUp(url: string, milliseconds: number): Promise<void> {
  const senders = producers(8, 1, 0, "warm");
  const until = performance.now() + milliseconds;
  await senders.run(url, () => performance.now() < until);
  await senders.close();
}

function is413({ status }: Outcome): boolean {
  return status === 413;
}

function statuses(outcomes: readonly Outcome[]): string {
  const most = Math.max(...outcomes.map(({ sent }) => sent));
  return `${outcomes.filter(is413).length} of ${outcomes.length}, after at most ${mib(most)}`;
}

/** JSON that is deeper than the 64 levels taken. */
function depths(): Readonly<Record<string, string>> {
  return {
    "65 arrays deep": `${"[".repeat(65)}${"]".repeat(65)}`,
    "100,000 arrays deep": `${"[".repeat(100_000)}${"]".repeat(100_000)}`,
    "100,000 objects deep": `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`,
    "a million brackets that never close": "[".repeat(1_000_000),
    "a member named __proto__": '{"id":"x","customer":"x","n":1,"__proto__":{"a":1}}',
    "a text that never ends": `"${"a".repeat(1_000_000)}`,
  };
}

function head(headers: Readonly<Record<string, string>>, path = "/in/shop/plain"): string {
  const all = {
    host: "127.0.0.1",
    "content-type": "application/json",
    "x-signature": signature(""),
    ...headers,
  };
  return `POST ${path} HTTP/1.1\r\n${Object.entries(all)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("")}\r\n`;
}

interface Outcome {
  /** 0: closed without an answer. */
  readonly status: number;
  readonly sent: number;
  readonly seconds: number;
}

/** Pours a body of that size until an answer comes or the hub closes. */
async function raw(port: number, start: string, size: number, chunked = false): Promise<Outcome> {
  const link = await dial(port);
  const piece = Buffer.alloc(64 * 1024, 0x20);
  let sent = 0;
  link.socket.write(start);
  while (sent < size && !link.over()) {
    if (chunked) link.socket.write(`${piece.length.toString(16)}\r\n`);
    const room = link.socket.write(piece);
    if (chunked) link.socket.write("\r\n");
    sent += piece.length;
    if (!room)
      await Promise.race([once(link.socket, "drain").catch(() => undefined), link.ended, pause(20_000)]);
  }
  if (chunked && !link.over()) link.socket.write("0\r\n\r\n");
  await Promise.race([link.answered, link.ended, pause(20_000)]);
  link.socket.destroy();
  return { status: link.status(), sent, seconds: link.seconds() };
}

/** Many senders that give one byte of a head every now and then. */
function slowHeads(port: number, count: number): Promise<Outcome[]> {
  return Promise.all(
    Array.from({ length: count }, () => drip(port, head({ "content-length": "10" }), HEAD_WAIT)),
  );
}

function slowBody(port: number): Promise<Outcome> {
  return drip(port, " ".repeat(100), BODY_WAIT, head({ "content-length": "100" }));
}

/** Nothing more comes after the head. */
function stalledBody(port: number): Promise<Outcome> {
  return drip(port, "", BODY_WAIT, head({ "content-length": "100" }));
}

async function drip(port: number, text: string, limit: number, start = ""): Promise<Outcome> {
  const link = await dial(port);
  link.socket.write(start);
  const began = performance.now();
  for (let at = 0; !link.over() && performance.now() - began < limit; at++) {
    // The last byte never comes.
    if (at < text.length - 1) link.socket.write(text.charAt(at));
    await Promise.race([link.ended, pause(500)]);
  }
  const open = !link.over() && link.status() === 0;
  link.socket.destroy();
  return { status: open ? -1 : link.status(), sent: 0, seconds: link.seconds() };
}

/** A sender that goes away in the middle of its body. */
async function breakOff(port: number): Promise<void> {
  const link = await dial(port);
  link.socket.write(head({ "content-length": "1000" }) + " ".repeat(500));
  await pause(20);
  link.socket.destroy();
}

interface Link {
  readonly socket: Socket;
  readonly ended: Promise<void>;
  readonly answered: Promise<void>;
  over(): boolean;
  status(): number;
  seconds(): number;
}

async function dial(port: number): Promise<Link> {
  const socket = connect(port, "127.0.0.1");
  const began = performance.now();
  let text = "";
  let over = false;
  let took = 0;
  const status = (): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0);
  let answer: () => void = () => undefined;
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const ended = new Promise<void>((resolve) => {
    socket.on("close", () => {
      over = true;
      took ||= performance.now() - began;
      resolve();
    });
  });
  socket.on("error", () => undefined);
  socket.on("data", (chunk: Buffer) => {
    text = (text + chunk.toString("latin1")).slice(0, 2000);
    took ||= performance.now() - began;
    if (status() > 0) answer();
  });
  await once(socket, "connect");
  return {
    socket,
    ended,
    answered,
    over: () => over || status() > 0,
    status,
    seconds: () => (took || performance.now() - began) / 1000,
  };
}
