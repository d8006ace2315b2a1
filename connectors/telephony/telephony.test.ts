import { describe, expect, it } from "vitest";
import { describeConnector, NOW } from "../../test/conformance/connector.ts";
import { amiAction, amiReader } from "./ami-reader.ts";
import telephony from "./index.ts";

const NOBODY = { host: "127.0.0.1", port: 1, user: "hub", secret: "hub-secret" };
const AGENTS = { "101": { name: "Ada", skills: ["en"] }, "102": { name: "Konrad" } };

const REQUEST = {
  method: "POST",
  url: "/in/pbx/notes",
  headers: { "content-type": "application/json" },
  body: Buffer.from('{"call":"1"}'),
};
const OWN = {
  request: REQUEST,
  refused: {
    "another type": {
      request: { ...REQUEST, headers: { "content-type": "text/plain" } },
      code: "TL_MEDIA_TYPE",
    },
  },
} as const;

describeConnector("telephony", telephony, {
  settings: ({ inbox }) => ({
    callRecords: { cdr: { inbox: inbox("cdr"), pattern: "cdr-*.csv", stable: 10 } },
    manager: NOBODY,
    agents: AGENTS,
    country: "DE",
    routing: { listen: "127.0.0.1:0", deadline: 100, rule: "routing.jsonata" },
    dial: { context: "tieline-dial", callerId: "5550100" },
    details: "/no/such/folder/Master.csv",
    desk: { script: "script.jsonata" },
  }),
  wrongSettings: [
    {},
    { callRecords: { calls: { inbox: "", pattern: "*" } } },
    { manager: { host: "pbx", user: "hub" }, agents: AGENTS },
    { manager: NOBODY, agents: { "101\r\nAction: Originate": { name: "x" } } },
    { manager: NOBODY, agents: { "101": {} } },
    { manager: NOBODY, agents: AGENTS, routing: { listen: "4573" } },
    { manager: NOBODY, agents: AGENTS, dial: { context: "x\r\n", callerId: "5550100" } },
  ],
  files: { cdr: { name: "cdr-2026-11-01.csv", content: "start,from,to\n" } },
  pushes: { notes: OWN, dials: OWN, routings: OWN },
  pulls: ["records"],
  listens: ["calls"],
  deadSinks: { dial: { agent: "101", number: "+4930901820", at: new Date(NOW).toISOString() } },
  unreachable: "TL_SOURCE_UNAVAILABLE",
});

describe("settings of a telephone system", () => {
  const open = (settings: Parameters<typeof telephony.open>[0]) =>
    telephony.open(settings, { system: "pbx", now: () => 0 });

  it("must list the agents where calls are followed", () => {
    expect(() => open({ manager: NOBODY })).toThrow("need `agents`");
  });

  it("can call by a click only where calls are followed", () => {
    expect(() => open({ dial: { context: "x", callerId: "55" } })).toThrow("need `manager`");
  });

  it("must not name a folder as the manager's source", () => {
    const callRecords = { calls: { inbox: "x", pattern: "*" } };
    expect(() => open({ manager: NOBODY, agents: AGENTS, callRecords })).toThrow("must not name a source");
  });
});

describe("what the manager interface sends", () => {
  const read = (...chunks: readonly string[]) => {
    const reader = amiReader();
    return chunks.flatMap((chunk) => reader(Buffer.from(chunk))).map((block) => Object.fromEntries(block));
  };

  it("is cut into blocks wherever the network cut it", () => {
    const text =
      "Asterisk Call Manager/5.0.4\r\nResponse: Success\r\nActionID: 1\r\n\r\nEvent: Hangup\r\nCallerIDName: Søren\r\n\r\n";
    const whole = read(text);
    expect(whole).toEqual([
      { Response: "Success", ActionID: "1" },
      { Event: "Hangup", CallerIDName: "Søren" },
    ]);
    const reader = amiReader();
    const bytewise = [...Buffer.from(text)].flatMap((byte) => reader(Uint8Array.of(byte)));
    expect(bytewise.map((block) => Object.fromEntries(block))).toEqual(whole);
  });

  it("keeps a value with colons, an empty one, and a line feed that a caller sent in the name", () => {
    expect(
      read("Event: X\r\nAppData: agi://127.0.0.1:4573/route\r\nExten:\r\nName: a\nEvent: Hangup\r\n\r\n"),
    ).toEqual([{ Event: "X", AppData: "agi://127.0.0.1:4573/route", Exten: "", Name: "a\nEvent: Hangup" }]);
  });

  it("is refused when a block does not end, in many lines or in one", () => {
    const reader = amiReader();
    const flood = (line: string) => () => {
      for (let n = 0; n < 10_000; n += 1) reader(Buffer.from(line));
    };
    expect(flood("Name: value that is repeated for ever\r\n")).toThrow("does not end");
    const other = amiReader();
    expect(() => other(Buffer.alloc(300 * 1024, "x"))).toThrow("does not end");
  });

  it("an action with a line break in a value is never sent", () => {
    expect(amiAction("Ping", { ActionID: "1" })).toBe("Action: Ping\r\nActionID: 1\r\n\r\n");
    for (const evil of ["1\r\nAction: Command", "1\nx", "1\u0000"])
      expect(() => amiAction("Originate", { Exten: evil })).toThrow("line break");
  });
});
