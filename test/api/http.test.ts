import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Bench, openBench, problemIn, sendRaw } from "./setup.ts";

let bench: Bench;

beforeAll(async () => {
  bench = await openBench({ limits: { requestTimeout: 600, headersTimeout: 400 } });
});
afterAll(() => bench.close());
beforeEach(() => {
  bench.engine.admitted.length = 0;
});

const HEAD = "POST /in/web/any HTTP/1.1\r\nhost: hub\r\ncontent-type: application/json\r\n";

/** Whatever comes in, the hub goes on: the next plain request is taken. */
async function stillAlive(): Promise<void> {
  const response = await bench.post("/in/web/any", { alive: true });
  expect(response.status).toBe(202);
  await response.arrayBuffer();
}

function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
}

/** The answers of the raw socket that must be problems, and leave nothing stored. */
async function refused(parts: readonly (string | Uint8Array)[], status: number, options = {}): Promise<void> {
  const answer = await sendRaw(bench.port, parts, options);
  expect(statusOf(answer), answer).toBe(status);
  expect(answer).toContain("application/problem+json");
  expect(bench.engine.admitted).toEqual([]);
  await stillAlive();
}

test("two different content lengths are refused", () =>
  refused([`${HEAD}content-length: 2\r\ncontent-length: 3\r\n\r\n{}x`], 400));
test("a content length that is no number is refused", () =>
  refused([`${HEAD}content-length: two\r\n\r\n{}`], 400));
test("a negative content length is refused", () => refused([`${HEAD}content-length: -2\r\n\r\n{}`], 400));
test("content length with chunks is refused, since proxies disagree about it", () =>
  refused([`${HEAD}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`], 400));
test("a chunk of impossible size is refused", () =>
  refused([`${HEAD}transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`], 400));
test("a request without a body is refused as no JSON", () =>
  refused([`${HEAD}connection: close\r\n\r\n`], 400));
test("an empty body is refused as no JSON", () =>
  refused([`${HEAD}connection: close\r\ncontent-length: 0\r\n\r\n`], 400));
test("what is not HTTP is refused", () =>
  refused(["\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello\r\n\r\n"], 400));
test("a header name with a space is refused", () => refused([`${HEAD}bad name: x\r\n\r\n`], 400));
test("a header value with a line break inside is refused", () =>
  refused([`${HEAD}x-a: one\rtwo\r\n\r\n`], 400));
test("HTTP/1.1 without a host is refused", async () => {
  const answer = await sendRaw(bench.port, ["POST /in/web/any HTTP/1.1\r\ncontent-length: 2\r\n\r\n{}"]);
  expect(statusOf(answer)).toBe(400);
  expect(bench.engine.admitted).toEqual([]);
  await stillAlive();
});
test("more header bytes than 16 KiB are refused", () =>
  refused([`${HEAD}x-a: ${"a".repeat(20_000)}\r\n\r\n`], 431));

test("a body cut off in the middle stores nothing", async () => {
  await sendRaw(bench.port, [`${HEAD}content-length: 100\r\n\r\n{"a":`], { end: true });
  await sendRaw(bench.port, [`${HEAD}transfer-encoding: chunked\r\n\r\n5\r\n{"a":\r\n`], { end: true });
  expect(bench.engine.admitted).toEqual([]);
  await stillAlive();
});

test("a sender that sends its headers one by one, for ever, is cut off", async () => {
  const answer = await sendRaw(bench.port, ["POST /in/web/any HTTP/1.1\r\nhost: hub\r\nx-a: "], {
    waitMs: 6000,
  });
  expect(statusOf(answer)).toBe(408);
  expect(answer).toContain("TL_REQUEST_TIMEOUT");
});

test("a sender whose body never ends is cut off", async () => {
  const answer = await sendRaw(bench.port, [`${HEAD}content-length: 100\r\n\r\n{`], { waitMs: 6000 });
  expect(statusOf(answer)).toBe(408);
  expect(bench.engine.admitted).toEqual([]);
});

test("a good chunked body is taken", async () => {
  const answer = await sendRaw(bench.port, [
    `${HEAD}connection: close\r\ntransfer-encoding: chunked\r\n\r\n`,
    "1\r\n{\r\n",
    "1\r\n}\r\n0\r\n\r\n",
  ]);
  expect(statusOf(answer)).toBe(202);
});

test("two requests in one packet are two messages", async () => {
  const one = `${HEAD}content-length: 2\r\n\r\n{}`;
  await sendRaw(bench.port, [one + one], { waitMs: 500 });
  expect(bench.engine.admitted).toHaveLength(2);
});

test("a hundred headers are taken", async () => {
  const headers = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`x-header-${index}`, "v"]));
  const response = await bench.post("/in/web/any", {}, headers);
  expect(response.status).toBe(202);
});

test("an address of 8 kB is answered, not taken for something else", async () => {
  for (const path of [
    `/in/web/any?x=${"a".repeat(8000)}`,
    `/in/web/${"a".repeat(8000)}`,
    `/${"a/".repeat(4000)}`,
  ]) {
    const response = await bench.post(path, {});
    if (path.includes("?")) expect(response.status).toBe(202);
    else {
      expect(response.status).toBe(404);
      await problemIn(bench, response);
    }
  }
});

test("compressed bodies are refused before they are read, bombs too", async () => {
  for (const encoding of ["gzip", "br", "deflate", "x-unknown"]) {
    const response = await bench.post("/in/web/any", gzipSync(Buffer.alloc(1_000_000)), {
      "content-type": "application/json",
      "content-encoding": encoding,
    });
    expect(response.status).toBe(415);
    expect(await problemIn(bench, response)).toMatchObject({ code: "TL_MEDIA_TYPE" });
  }
});

test("forms, multipart, plain text and odd types are refused for a JSON flow", async () => {
  for (const type of [
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/plain",
    "application/xml",
    "nonsense",
    "application/json; charset=utf-16",
    "application/json; charset=nonsense",
  ]) {
    const response = await bench.post("/in/web/any", "{}", { "content-type": type });
    expect(response.status, type).toBe(415);
    expect(await problemIn(bench, response)).toMatchObject({ code: "TL_MEDIA_TYPE" });
  }
  for (const type of ["application/json", "Application/JSON; Charset=UTF-8", "application/vnd.erp+json"]) {
    const response = await bench.post("/in/web/any", "{}", { "content-type": type });
    expect(response.status, type).toBe(202);
  }
});

test("a body without a content type is read as what the flow declares", async () => {
  const answer = await sendRaw(bench.port, [
    "POST /in/web/any HTTP/1.1\r\nhost: hub\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}",
  ]);
  expect(statusOf(answer)).toBe(202);
});

test("bytes that are not UTF-8 are refused with their place", async () => {
  const response = await bench.post("/in/web/any", Buffer.from([0x22, 0xff, 0x22]), {
    "content-type": "application/json",
  });
  expect(await problemIn(bench, response)).toMatchObject({
    status: 400,
    code: "TL_ENCODING_INVALID",
    place: { line: 1, column: 2 },
  });
});

test("HEAD, OPTIONS and GET at the door say what is allowed", async () => {
  for (const [method, status] of [
    ["HEAD", 405],
    ["OPTIONS", 204],
    ["GET", 405],
    ["PATCH", 405],
  ] as const) {
    const response = await fetch(`${bench.url}/in/web/any`, { method });
    expect([method, response.status, response.headers.get("allow")]).toEqual([
      method,
      status,
      "OPTIONS, POST, PUT",
    ]);
  }
  expect(statusOf(await sendRaw(bench.port, ["BREW /in/web/any HTTP/1.1\r\nhost: hub\r\n\r\n"]))).toBe(400);
});

test("2 MB are refused by their announced length, and chunked ones when they pass the limit", async () => {
  const response = await bench.post("/in/web/any", Buffer.alloc(2_000_000, "1"), {
    "content-type": "application/json",
  });
  expect(response.status).toBe(413);
  await problemIn(bench, response);
  expect(await streamed(2_000_000)).toBe(413);
});

test("100 MB do not grow the hub's memory by more than 50 MB", async () => {
  const before = process.memoryUsage.rss();
  let highest = before;
  const watch = setInterval(() => {
    highest = Math.max(highest, process.memoryUsage.rss());
  }, 5);
  const status = await streamed(100_000_000);
  clearInterval(watch);
  expect(status).toBe(413);
  expect(highest - before).toBeLessThan(50 * 1024 * 1024);
  expect(bench.engine.admitted).toEqual([]);
  await stillAlive();
});

test.each([
  ["announced", `${HEAD}content-length: 8388608\r\n\r\n`],
  ["in one chunk", `${HEAD}transfer-encoding: chunked\r\n\r\n800000\r\n`],
])("a sender that reads nothing before it has written 8 MiB, %s, is told 413", async (_name, head) => {
  expect(statusOf(await writeThenRead(head, 8 * 1024 * 1024))).toBe(413);
});

test("a sender that is told 413 and goes on all the same is cut off", async () => {
  const head = `${HEAD}content-length: 1000000000\r\n\r\n`;
  await expect(writeThenRead(head, 1_000_000_000)).rejects.toThrow(/EPIPE|ECONNRESET/);
  await stillAlive();
});

/** Reads nothing until all is written. @throws when the connection breaks before that */
async function writeThenRead(head: string, size: number): Promise<string> {
  const socket = connect({ port: bench.port, host: "127.0.0.1", allowHalfOpen: true });
  const broken = once(socket, "error").then(([error]) => Promise.reject(error as Error));
  const write = async (): Promise<string> => {
    await once(socket, "connect");
    socket.write(head);
    const piece = Buffer.alloc(64 * 1024, "1");
    for (let sent = 0; sent < size; sent += piece.length)
      await new Promise((resolve) => socket.write(piece, resolve));
    const [answer] = (await once(socket, "data")) as [Buffer];
    return answer.toString();
  };
  try {
    return await Promise.race([write(), broken]);
  } finally {
    socket.destroy();
  }
}

/** Streams so many bytes without saying how many; 0 when the connection broke before the answer was read. */
function streamed(total: number): Promise<number> {
  return new Promise((resolve) => {
    const chunk = Buffer.alloc(64 * 1024, "1");
    let sent = 0;
    const request = httpRequest(
      `${bench.url}/in/web/any`,
      { method: "POST", headers: { "content-type": "application/json" } },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
        request.destroy();
      },
    );
    request.on("error", () => resolve(0));
    const more = (): void => {
      while (sent < total && !request.destroyed) {
        sent += chunk.length;
        if (!request.write(chunk)) {
          request.once("drain", more);
          return;
        }
      }
      if (sent >= total) request.end();
    };
    more();
  });
}

test("the server keeps connections alive after an ordinary refusal", async () => {
  const bad = `${HEAD}content-length: 1\r\n\r\n{`;
  const good = `${HEAD}connection: close\r\ncontent-length: 2\r\n\r\n{}`;
  const answer = await sendRaw(bench.port, [bad, good]);
  expect(answer.match(/HTTP\/1\.1 \d{3}/g)).toEqual(["HTTP/1.1 400", "HTTP/1.1 202"]);
});
