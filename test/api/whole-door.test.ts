import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Bench, openBench } from "./setup.ts";

let bench: Bench;
/** One without patience. */
let hasty: Bench;

beforeAll(async () => {
  bench = await openBench();
  hasty = await openBench({ limits: { headersTimeout: 400, requestTimeout: 600, keepAliveTimeout: 300 } });
});
afterAll(() => Promise.all([bench.close(), hasty.close()]));
beforeEach(() => {
  bench.engine.admitted.length = 0;
  bench.engine.refuse = undefined;
});

const HEAD = "POST /in/web/any HTTP/1.1\r\nhost: hub\r\ncontent-type: application/json\r\n";

function request(body: string, headers = ""): string {
  return `${HEAD}${headers}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

interface Line {
  readonly socket: Socket;
  /** Writes each part as a packet of its own, and gives so many answers that came, each whole. */
  ask(parts: readonly string[], answers?: number): Promise<readonly string[]>;
  /** Resolves when the hub has closed the connection, with all that came since the last answer. */
  closed(): Promise<string>;
}

async function open({ port }: Pick<Bench, "port"> = bench): Promise<Line> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  let read = "";
  socket.on("data", (chunk: Buffer) => {
    read += chunk.toString("latin1");
  });
  const closed = once(socket, "close");
  const takeOne = (): string | undefined => {
    const head = /^HTTP\/1\.1 [\s\S]*?\r\n\r\n/.exec(read)?.[0];
    if (head === undefined) return undefined;
    const end = head.length + Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1]);
    if (read.length < end) return undefined;
    const answer = read.slice(0, end);
    read = read.slice(end);
    return answer;
  };
  return {
    socket,
    async ask(parts, answers = 1) {
      for (const part of parts) {
        await new Promise((resolve) => socket.write(part, resolve));
        // Packets that follow each other at once are one to whoever reads them.
        if (parts.length > 1) await new Promise((resolve) => setTimeout(resolve, 20));
      }
      const all: string[] = [];
      while (all.length < answers) {
        const answer = takeOne();
        if (answer === undefined) await once(socket, "data");
        else all.push(answer);
      }
      return all;
    },
    async closed() {
      await closed;
      return read;
    },
  };
}

/** What an answer says, without what names this one answer. */
function said(answer: string): object {
  const [head = "", text = ""] = answer.split("\r\n\r\n");
  const [status, ...lines] = head.split("\r\n");
  const headers = lines
    .map((line) => line.toLowerCase())
    .filter((line) => !/^(date|content-length):/.test(line));
  const body = JSON.parse(text) as Record<string, unknown>;
  delete body["instance"];
  delete body["id"];
  if (status?.includes("202") || status?.includes("200")) delete body["status"];
  return { status, headers: headers.sort(), body };
}

test.each([
  ["a good item", request("{}")],
  ["an item with an idempotency key", request("[1]", "idempotency-key: k-1\r\n")],
  ["another body for the same key", request("[2]", "idempotency-key: k-1\r\n")],
  ["an empty idempotency key", request("{}", "idempotency-key: \r\n")],
  ["no JSON", request("{")],
  ["no body", request("")],
  ["JSON that is too deep", request("[".repeat(100) + "]".repeat(100))],
  ["a compressed body", request("{}", "content-encoding: gzip\r\n")],
  ["a body said not to be compressed", request("{}", "content-encoding: identity\r\n")],
  ["an unknown source", request("{}").replace("/any", "/none")],
  ["an address in escapes", request("{}").replace("/any", "/%61ny")],
  ["an address in bad escapes", request("{}").replace("/any", "/%zz")],
  ["another content type", request("{}").replace("application/json", "text/csv")],
  ["a trace", request("{", "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n")],
])("%s is answered alike in one packet and in two, which node reads", async (_name, text) => {
  const [whole, parted] = [await open(), await open()];
  const [first = ""] = await whole.ask([text]);
  const [second = ""] = await parted.ask([text.slice(0, 30), text.slice(30)]);
  // The second with the same key and body is a repeat.
  const repeat = (answer: string): string =>
    answer
      .replace("200 OK", "202 Accepted")
      .replace(/idempotent-replayed: true\r\n/i, "")
      .replace('"duplicate":true', '"duplicate":false');
  expect(said(repeat(second))).toEqual(said(repeat(first)));
  whole.socket.destroy();
  parted.socket.destroy();
});

test("a connection takes one request after the other, and goes over to node in between", async () => {
  const line = await open();
  const answers = [
    ...(await line.ask([request('"one"')])),
    ...(await line.ask([request("{")])),
    ...(await line.ask([request('"two"')])),
    ...(await line.ask([request('"three"').slice(0, 50), request('"three"').slice(50)])),
    ...(await line.ask([request('"four"')])),
    ...(await line.ask(["GET /livez HTTP/1.1\r\nhost: hub\r\n\r\n"])),
  ];
  expect(answers.map((answer) => answer.slice(9, 12))).toEqual(["202", "400", "202", "202", "202", "200"]);
  const bodies = bench.engine.admitted.map(({ body }) => Buffer.from(body).toString());
  expect(bodies).toEqual(['"one"', '"two"', '"three"', '"four"']);
  line.socket.destroy();
});

test("requests that do not wait for their answers are answered in their order", async () => {
  const line = await open();
  const texts = Array.from({ length: 30 }, (_, index) => request(index % 5 === 4 ? "{" : `"${index}"`));
  const first = line.ask([texts[0] ?? ""]);
  await new Promise((resolve) => setTimeout(resolve, 0));
  line.socket.write(texts[1] ?? "");
  const answers = [...(await first), ...(await line.ask([texts.slice(2).join("")], texts.length - 1))];
  const wanted = texts.map((_, index) => (index % 5 === 4 ? "400" : "202"));
  expect(answers.map((answer) => answer.slice(9, 12))).toEqual(wanted);
  const bodies = bench.engine.admitted.map(({ body }) => Buffer.from(body).toString());
  expect(bodies).toEqual(texts.flatMap((_, index) => (index % 5 === 4 ? [] : `"${index}"`)));
  line.socket.destroy();
});

test("a sender that says nothing is cut off", async () => {
  const line = await open(hasty);
  expect(await line.closed()).toMatch(/^HTTP\/1\.1 408 [\s\S]*TL_REQUEST_TIMEOUT/);
});

test("a connection that is not used any more is closed without a word", async () => {
  const line = await open(hasty);
  await line.ask([request("{}")]);
  expect(await line.closed()).toBe("");
});

test("a sender that closes its side is still answered", async () => {
  const line = await open();
  line.socket.end(request("{}"));
  expect(await line.closed()).toMatch(/^HTTP\/1\.1 202 [\s\S]*connection: close/);
  expect(bench.engine.admitted).toHaveLength(1);
});

test("a sender that is gone before its answer harms nobody", async () => {
  const gone = await open();
  gone.socket.write(request('"gone"'), () => gone.socket.resetAndDestroy());
  await gone.closed();
  const line = await open();
  expect((await line.ask([request("{}")]))[0]).toContain("202 Accepted");
  line.socket.destroy();
});

test("a server that stops answers what is under way, and closes what is idle", async () => {
  const own = await openBench();
  const { admit } = own.engine;
  let commit = (): void => undefined;
  const committed = new Promise<void>((resolve) => {
    commit = resolve;
  });
  const begun = new Promise<void>((resolve) => {
    Object.assign(own.engine, {
      admit: async (...args: Parameters<typeof admit>) => {
        resolve();
        await committed;
        return admit(...args);
      },
    });
  });
  const [idle, busy] = [await open(own), await open(own)];
  busy.socket.write(request("{}"));
  await begun;
  const closing = own.close();
  await idle.closed();
  commit();
  expect(await busy.closed()).toMatch(/^HTTP\/1\.1 202 Accepted\r\n[\s\S]*connection: close/);
  await closing;
});
