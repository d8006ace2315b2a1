import { describe, expect, it } from "vitest";
import { describeConnector } from "../../test/conformance/connector.ts";
import { amiAction, amiReader } from "./ami-reader.ts";
import telephony from "./index.ts";

const NOBODY = { host: "127.0.0.1", port: 1, user: "hub", secret: "hub-secret" };
const AGENTS = { "101": { name: "Ada", skills: ["en"] }, "102": { name: "Konrad" } };

describeConnector("telephony", telephony, {
  settings: ({ inbox }) => ({
    callRecords: { cdr: { inbox: inbox("cdr"), pattern: "cdr-*.csv", stable: 10 } },
    manager: NOBODY,
    agents: AGENTS,
  }),
  wrongSettings: [
    {},
    { callRecords: { calls: { inbox: "", pattern: "*" } } },
    { manager: { host: "pbx", user: "hub" }, agents: AGENTS },
    { manager: NOBODY, agents: { "101\r\nAction: Originate": { name: "x" } } },
    { manager: NOBODY, agents: { "101": {} } },
  ],
  files: { cdr: { name: "cdr-2026-11-01.csv", content: "start,from,to\n" } },
  listens: ["calls"],
  unreachable: "TL_SOURCE_UNAVAILABLE",
});

describe("settings of a telephone system", () => {
  const open = (settings: Parameters<typeof telephony.open>[0]) =>
    telephony.open(settings, { system: "pbx", now: () => 0 });

  it("must list the agents where calls are followed", () => {
    expect(() => open({ manager: NOBODY })).toThrow("`manager` needs `agents`");
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
