import { describe, expect, it } from "vitest";
import type { Call } from "./call.ts";
import { madeAt, phoneOf, shownNumber } from "./call.ts";
import { callBook } from "./call-book.ts";

const AGENTS = new Set(["101", "102"]);
const NOW = Date.UTC(2026, 10, 27, 12);

type Fields = Readonly<Record<string, string>>;

const CALLER: Fields = {
  Channel: "PJSIP/trunk-0000000a",
  Uniqueid: "1795390770.10",
  Linkedid: "1795390770.10",
  CallerIDNum: "004930901820",
  CallerIDName: "Konrad Zuse",
  Exten: "5550100",
};
const TO_101: Fields = {
  DestChannel: "PJSIP/101-0000000b",
  DestUniqueid: "1795390770.11",
  DestLinkedid: "1795390770.10",
};
const RECORD: Fields = {
  Event: "Cdr",
  UniqueID: "1795390770.10",
  Source: "004930901820",
  Destination: "5550100",
  CallerID: '"Konrad Zuse" <004930901820>',
  Channel: "PJSIP/trunk-0000000a",
  DestinationChannel: "PJSIP/101-0000000b",
  Duration: "9",
  BillableSeconds: "7",
  Disposition: "ANSWERED",
};

function setup() {
  const book = callBook(AGENTS, () => NOW);
  const take = (event: Fields): Call | null => book.take(new Map(Object.entries(event)));
  const stages = (...events: readonly Fields[]) => events.map((event) => take(event)?.stage ?? null);
  return { book, take, stages };
}

const newChannel = (fields: Fields): Fields => ({ Event: "Newchannel", ...fields });
const agentChannel: Fields = {
  Channel: "PJSIP/101-0000000b",
  Uniqueid: "1795390770.11",
  Linkedid: "1795390770.10",
  CallerIDNum: "<unknown>",
};
const ring: Fields = { Event: "DialBegin", ...CALLER, ...TO_101 };
const answer: Fields = { Event: "DialEnd", ...CALLER, ...TO_101, DialStatus: "ANSWER" };
const hangupOf = (fields: Fields): Fields => ({ Event: "Hangup", ...fields });

describe("a call from outside", () => {
  const began = [newChannel(CALLER), newChannel(agentChannel), ring, answer];

  it("rings, is answered, ends and is recorded, whichever of the last two comes first", () => {
    const ends = [hangupOf(agentChannel), hangupOf(CALLER)];
    expect(setup().stages(...began, ...ends, RECORD)).toEqual([
      "offered",
      null,
      "ringing",
      "answered",
      null,
      "ended",
      "recorded",
    ]);
    const other = setup();
    expect(other.stages(...began, hangupOf(agentChannel), RECORD, hangupOf(CALLER)).slice(-2)).toEqual([
      "recorded",
      "recorded",
    ]);
    expect(other.book.live()).toEqual([]);
  });

  it("knows the caller, the line, the agent and the seconds as they were given", () => {
    const { take } = setup();
    let last: Call | null = null;
    for (const event of [...began, hangupOf(agentChannel), hangupOf(CALLER), RECORD])
      last = take(event) ?? last;
    expect(last).toMatchObject({
      id: "1795390770.10",
      direction: "inbound",
      number: "004930901820",
      withheld: false,
      name: "Konrad Zuse",
      line: "5550100",
      agent: "101",
      talkSeconds: 7,
      disposition: "ANSWERED",
      ringing: [],
    });
  });

  it.each(["anonymous", "<unknown>", "", "Anonymous", "Restricted"])(
    "with the number %o is one whose number is withheld",
    (number) => {
      const { take } = setup();
      expect(take(newChannel({ ...CALLER, CallerIDNum: number, CallerIDName: "Anonymous" }))).toMatchObject({
        number: null,
        withheld: true,
        name: null,
      });
    },
  );

  it("that two agents hear rings with both, and is of the one who takes it", () => {
    const { take } = setup();
    const to102 = { ...TO_101, DestChannel: "PJSIP/102-0000000c", DestUniqueid: "1795390770.12" };
    take(newChannel(CALLER));
    take(ring);
    expect(take({ ...ring, ...to102 })).toMatchObject({ ringing: ["101", "102"], stage: "ringing" });
    expect(take({ ...answer, ...to102 })).toMatchObject({ agent: "102", ringing: [], stage: "answered" });
  });

  it("keeps the record of the leg that was answered", () => {
    const { take } = setup();
    for (const event of began) take(event);
    take(RECORD);
    expect(take({ ...RECORD, Disposition: "NO ANSWER", BillableSeconds: "0" })).toMatchObject({
      disposition: "ANSWERED",
      talkSeconds: 7,
    });
  });

  it("of which only the record is known is told by it alone, at the time of its id", () => {
    expect(setup().take(RECORD)).toMatchObject({
      stage: "recorded",
      direction: "inbound",
      agent: "101",
      startedAt: 1_795_390_770_000,
      answeredAt: 1_795_390_772_000,
      endedAt: 1_795_390_779_000,
    });
  });
});

describe("a call that an agent asked for with a click", () => {
  const leg: Fields = {
    Channel: "PJSIP/101-00000006",
    Uniqueid: "1795390783.6",
    Linkedid: "1795390783.6",
    CallerIDNum: "<unknown>",
  };
  const toAgent: Fields = {
    DestChannel: "PJSIP/101-00000006",
    DestUniqueid: "1795390783.6",
    DestLinkedid: "1795390783.6",
    DestCallerIDNum: "442079460123",
  };
  const toCustomer: Fields = {
    ...leg,
    CallerIDNum: "5550100",
    Exten: "442079460123",
    DestChannel: "PJSIP/trunk-00000007",
    DestUniqueid: "1795390783.7",
    DestLinkedid: "1795390783.6",
  };

  it("rings with the agent, then is outbound, and is answered by the customer only", () => {
    const { take } = setup();
    take(newChannel(leg));
    expect(take({ Event: "DialBegin", ...toAgent })).toMatchObject({
      stage: "ringing",
      ringing: ["101"],
      direction: "outbound",
      number: "+442079460123",
    });
    expect(take({ Event: "DialEnd", ...toAgent, DialStatus: "ANSWER" })).toMatchObject({ stage: "ringing" });
    take({ Event: "DialBegin", ...toCustomer });
    expect(take({ Event: "DialEnd", ...toCustomer, DialStatus: "ANSWER" })).toMatchObject({
      stage: "answered",
      agent: "101",
      line: "5550100",
      number: "+442079460123",
    });
  });
});

describe("after a time without events", () => {
  const channels = (...all: readonly Fields[]) => all.map((one) => new Map(Object.entries(one)));

  it("calls that are gone have ended, and calls that came are known", () => {
    const { book, take } = setup();
    take(newChannel(CALLER));
    take(ring);
    const other = { ...CALLER, Uniqueid: "1795390790.1", Linkedid: "1795390790.1" };
    const rings = { ...agentChannel, Uniqueid: "1795390790.2", Linkedid: "1795390790.1", ChannelState: "5" };
    const news = book.restore(channels({ ...other, ChannelState: "4" }, rings));
    expect(news.map(({ id, stage }) => [id, stage])).toEqual([
      ["1795390770.10", "ended"],
      ["1795390790.1", "ringing"],
    ]);
    expect(
      book.restore(channels({ ...other, ChannelState: "6" }, { ...rings, ChannelState: "6" })),
    ).toMatchObject([{ id: "1795390790.1", stage: "answered", agent: "101" }]);
    expect(book.restore(channels({ ...other, ChannelState: "6" }, { ...rings, ChannelState: "6" }))).toEqual(
      [],
    );
  });

  it("memory does not grow with the calls that there were", () => {
    const { book, take } = setup();
    for (let n = 0; n < 25_000; n += 1) {
      const id = `1795390770.${n}`;
      take(newChannel({ ...CALLER, Uniqueid: id, Linkedid: id }));
    }
    expect(book.live().length).toBeLessThanOrEqual(10_000);
  });
});

describe("what Asterisk names", () => {
  it.each([
    ["PJSIP/101-00000001", "101"],
    ["SIP/anna.smith-0a1b2c3d", "anna.smith"],
    ["Local/101@agents-00000001;1", "101"],
    ["", ""],
  ])("the telephone of %o is %o", (channel, phone) => {
    expect(phoneOf(channel)).toBe(phone);
  });

  it("a long number without prefix is E.164 without its plus", () => {
    expect(shownNumber("442079460123")).toBe("+442079460123");
    expect(shownNumber("03023125801")).toBe("03023125801");
  });

  it("an id tells when its channel was made, with the name of the machine before it too", () => {
    expect(madeAt("1795390770.0")).toBe(1_795_390_770_000);
    expect(madeAt("pbx1-1795390770.12")).toBe(1_795_390_770_000);
    expect(madeAt("x.1")).toBeNull();
  });
});
