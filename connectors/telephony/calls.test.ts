import { setTimeout as pause } from "node:timers/promises";
import type { ListenDesk } from "tieline/connector";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FakeManager, fakeManager } from "../../test/fakes/manager.ts";
import { calls } from "./calls.ts";

const SECRET = "hub-secret";
const CALLER = {
  Channel: "PJSIP/trunk-0000000a",
  Uniqueid: "1795390770.10",
  Linkedid: "1795390770.10",
  CallerIDNum: "+4930901820",
  CallerIDName: "Konrad Zuse",
  Exten: "5550100",
};
const AGENT = { ...CALLER, Channel: "PJSIP/101-0000000b", Uniqueid: "1795390770.11" };

let manager: FakeManager;
const stops: AbortController[] = [];
beforeEach(async () => {
  manager = await fakeManager(SECRET);
});
afterEach(async () => {
  for (const stop of stops.splice(0)) stop.abort();
  await manager.close();
});

/** The source with its stages so far; `listen` connects it. */
function setup(secret = SECRET) {
  const options = { host: "127.0.0.1", port: manager.port, user: "hub", secret };
  const source = calls({ manager: options, agents: new Set(["101"]), dir: ".", now: Date.now });
  const stages: string[] = [];
  let connected = 0;
  const desk = {
    take: async (items: readonly { readonly body: Uint8Array }[]) => {
      for (const { body } of items)
        stages.push((JSON.parse(Buffer.from(body).toString()) as { readonly stage: string }).stage);
    },
    connected: () => {
      connected += 1;
    },
  } as unknown as ListenDesk;
  return {
    stages,
    /** Resolves when connected; `over` with why it ended. */
    async listen() {
      const stop = new AbortController();
      stops.push(stop);
      const before = connected;
      const over = source.listen(desk, stop.signal).catch((error: unknown) => error);
      while (connected === before) await pause(5);
      return { over };
    },
    refused: () => source.listen(desk, new AbortController().signal),
  };
}

describe("calls that are listened to", () => {
  it("which came, and which ended, while the connection was broken are told after it", async () => {
    const { stages, listen } = setup();
    const { over } = await listen();
    manager.event({ Event: "Newchannel", ...CALLER });
    manager.event({
      Event: "DialBegin",
      ...CALLER,
      DestChannel: AGENT.Channel,
      DestLinkedid: CALLER.Linkedid,
    });
    await expect.poll(() => stages).toEqual(["ringing"]);
    manager.drop();
    expect(await over).toMatchObject({ code: "TL_SOURCE_UNAVAILABLE" });
    const next = { Uniqueid: "1795390790.1", Linkedid: "1795390790.1" };
    manager.channels = [
      { ...CALLER, ...next, ChannelState: "4" },
      { ...AGENT, Linkedid: next.Linkedid, Uniqueid: "1795390790.2", ChannelState: "5" },
    ];
    await listen();
    await expect.poll(() => stages).toEqual(["ringing", "ended", "ringing"]);
  });

  it("which began, or ended, right behind the list of those that are there, are told as they are", async () => {
    const { stages, listen } = setup();
    const ending = { ...CALLER, Uniqueid: "1795390790.1", Linkedid: "1795390790.1" };
    const agent = { ...AGENT, Linkedid: ending.Linkedid, Uniqueid: "1795390790.2" };
    manager.channels = [
      { ...ending, ChannelState: "6" },
      { ...agent, ChannelState: "6" },
    ];
    const dial = { DestChannel: AGENT.Channel, DestLinkedid: CALLER.Linkedid };
    manager.onListed = () => {
      for (const channel of [agent, ending]) manager.event({ Event: "Hangup", ...channel });
      manager.event({ Event: "Newchannel", ...CALLER });
      manager.event({ Event: "DialBegin", ...CALLER, ...dial });
    };
    await listen();
    manager.event({ Event: "DialEnd", ...CALLER, ...dial, DialStatus: "ANSWER" });
    await expect.poll(() => stages).toEqual(["answered", "ended", "ringing", "answered"]);
  });

  it("with a wrong secret are refused as such, and the secret never travels", async () => {
    await expect(setup("another").refused()).rejects.toMatchObject({ code: "TL_SOURCE_ACCESS" });
    expect(JSON.stringify(manager.actions)).not.toContain("another");
  });
});
