import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { block, type FakeManager, fakeManager } from "../../test/fakes/manager.ts";
import { dial } from "./dial.ts";

const SECRET = "hub-secret";
const NOW = Date.UTC(2026, 10, 27, 12);

let manager: FakeManager;
beforeEach(async () => {
  manager = await fakeManager(SECRET);
});
afterEach(() => manager.close());

function send(wish: Readonly<Record<string, string>>, port = manager.port) {
  const sink = dial({
    manager: { host: "127.0.0.1", port, user: "hub", secret: SECRET },
    dial: { context: "tieline-dial", callerId: "5550100", plus: "00" },
    agents: new Set(["101"]),
    dir: ".",
    now: () => NOW,
  });
  const body = { agent: "101", number: "+4930901820", at: new Date(NOW).toISOString(), ...wish };
  const delivery = { id: "m-1.pbx", sequence: 1, key: "101", body, attempt: 1 };
  return sink.send(delivery, new AbortController().signal);
}

const originated = () => manager.actions.filter(({ Action }) => Action === "Originate");
/** Takes the call, then says what became of it. */
const ends = (fields: Readonly<Record<string, string>>) => {
  manager.onOriginate = (socket, { ActionID = "" }) => {
    socket.write(block({ Response: "Success", ActionID, Message: "Originate successfully queued" }));
    socket.write(block({ Event: "OriginateResponse", ActionID, ...fields }));
  };
};

describe("a call by a click", () => {
  it("rings the agent, and tells the dialplan whom to call and which number of ours to show", async () => {
    ends({ Response: "Success", Reason: "4" });
    expect(await send({})).toEqual({ answer: "the agent picked up" });
    expect(originated()).toEqual([
      expect.objectContaining({
        Channel: "PJSIP/101",
        Context: "tieline-dial",
        Exten: "004930901820",
        CallerID: "<+4930901820>",
        Variable: "TIELINE_CALLER_ID=5550100",
      }),
    ]);
  });

  it.each([
    ["5", "busy"],
    ["3", "in vain"],
    ["0", "no such telephone"],
    ["99", "could not be made"],
  ])("that failed for the reason %s is refused in words", async (Reason, words) => {
    ends({ Response: "Failure", Reason });
    await expect(send({})).rejects.toMatchObject({
      code: "TL_TARGET_REFUSED",
      message: expect.stringContaining(words),
    });
  });

  it("of which it is not known whether it rang is in doubt", async () => {
    manager.onOriginate = (socket) => void socket.destroy();
    await expect(send({})).rejects.toMatchObject({ code: "TL_IN_DOUBT" });
  });

  it("is not made while nobody listens, and can be tried again", async () => {
    await expect(send({}, 1)).rejects.toMatchObject({ code: "TL_TARGET_UNAVAILABLE" });
  });

  it.each([
    "030\r\nAction: Command\r\nCommand: core stop now",
    "030\n1",
    "030 901820",
    "+",
    "",
    "anonymous",
    "sip:konrad@example.com",
    "101@other-context",
    "1,1,System(x)",
    "\u0024{SHELL(x)}",
    "1".repeat(33),
  ])("to %o is refused before anything is sent", async (number) => {
    await expect(send({ number })).rejects.toMatchObject({ code: "TL_TARGET_REFUSED" });
    expect(manager.actions).toEqual([]);
  });

  it("of somebody who is no agent, or asked for too long ago, is refused before anything is sent", async () => {
    for (const wish of [{ agent: "999" }, { agent: "101\r\nAction: Logoff" }, { at: "2026-11-27T11:58:00Z" }])
      await expect(send(wish)).rejects.toMatchObject({ code: "TL_TARGET_REFUSED" });
    expect(manager.actions).toEqual([]);
  });
});
