import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import type { RouteAnswer, RouteQuestion } from "tieline/connector";
import { afterEach, describe, expect, it } from "vitest";
import { freePort } from "../../test/faults/hub-process.ts";
import { serveAgi } from "./agi.ts";

const NOBODY: RouteAnswer = { agent: null, customer: null, reason: "the rule names nobody" };
const stops: AbortController[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop.abort();
});

/** Serves, and asks as Asterisk does: each command is answered before the next one comes. */
async function setup(answer: (question: RouteQuestion) => Promise<RouteAnswer>, from?: string[]) {
  const port = await freePort();
  const stop = new AbortController();
  stops.push(stop);
  const asked: RouteQuestion[] = [];
  const served = serveAgi(
    { listen: `127.0.0.1:${port}`, ...(from === undefined ? {} : { from }) },
    (question) => {
      asked.push(question);
      return answer(question);
    },
    stop.signal,
  );
  served.catch(() => undefined);
  const open = async (): Promise<Socket> => {
    for (;;) {
      const socket = connect({ host: "127.0.0.1", port });
      const [event] = await Promise.race([
        once(socket, "connect").then(() => ["connect"]),
        once(socket, "error").then(() => ["error"]),
      ]).catch(() => ["error"]);
      if (event === "connect") return socket;
      await pause(10);
    }
  };
  return {
    asked,
    open,
    async ask(fields: Readonly<Record<string, string>>) {
      const socket = await open();
      socket.on("error", () => undefined);
      const commands: string[] = [];
      socket.on("data", (chunk: Buffer) => {
        commands.push(...chunk.toString("utf8").split("\n").filter(Boolean));
        socket.write("200 result=1\n");
      });
      const lines = Object.entries({ agi_request: "agi://127.0.0.1/route", ...fields });
      socket.write(`${lines.map(([name, value]) => `${name}: ${value}`).join("\n")}\n\n`);
      await once(socket, "close");
      return commands;
    },
  };
}

const CALL = { agi_uniqueid: "1795390770.10", agi_extension: "5550100", agi_calleridname: "K" };

describe("a question of the dialplan", () => {
  it("is answered with variables, one line each", async () => {
    const customer = { id: "c-1", name: "Konrad Zuse" };
    const { ask, asked } = await setup(async () => ({ agent: "102", customer, reason: "speaks nl" }));
    expect(await ask({ ...CALL, agi_callerid: "004930901820" })).toEqual([
      'SET VARIABLE TIELINE_AGENT "102"',
      'SET VARIABLE TIELINE_CUSTOMER "c-1"',
      'SET VARIABLE TIELINE_CUSTOMER_NAME "Konrad Zuse"',
      'SET VARIABLE TIELINE_REASON "speaks nl"',
    ]);
    expect(asked).toEqual([{ call: CALL.agi_uniqueid, number: "004930901820", name: "K", line: "5550100" }]);
  });

  it.each([
    ["442079460123", "+442079460123"],
    ["+442079460123", "+442079460123"],
    ["00442079460123", "00442079460123"],
    ["030901820", "030901820"],
    ["101", "101"],
    ["konrad.zuse", "konrad.zuse"],
    ["unknown", null],
    ["Anonymous", null],
    ["", null],
  ])("from the number %o bears %o", async (agi_callerid, number) => {
    const { ask, asked } = await setup(async () => NOBODY);
    await ask({ ...CALL, agi_callerid });
    expect(asked[0]?.number).toBe(number);
  });

  it("never gets a second command out of a customer's name", async () => {
    const customer = { id: "c-1", name: 'x"\nEXEC System "rm\r\n\\' };
    const { ask } = await setup(async () => ({ agent: null, customer, reason: "r" }));
    expect(await ask(CALL)).toEqual([
      'SET VARIABLE TIELINE_CUSTOMER "c-1"',
      'SET VARIABLE TIELINE_CUSTOMER_NAME "x\\" EXEC System \\"rm \\\\"',
      'SET VARIABLE TIELINE_REASON "r"',
    ]);
  });

  it("that cannot be answered ends, so that the dialplan goes on", async () => {
    const { ask } = await setup(() => Promise.reject(new Error("no")));
    expect(await ask(CALL)).toEqual([]);
  });

  it("from an address that may not ask, and one that does not end, is cut off", async () => {
    const closed = await setup(async () => NOBODY, ["192.0.2.1"]);
    expect(await closed.ask(CALL).catch(() => [])).toEqual([]);
    expect(closed.asked).toEqual([]);
    const { open, asked } = await setup(async () => NOBODY);
    const flood = await open();
    flood.on("error", () => undefined);
    flood.write("agi_x: y\n".repeat(4_000));
    expect(await text(flood).catch(() => "")).toBe("");
    expect(asked).toEqual([]);
  });
});
