import { type Call, madeAt, phoneOf, shownName, shownNumber } from "./call.ts";

/** A call record as Asterisk writes it, by event or in a file. */
export interface CallDetail {
  readonly uniqueId: string;
  /** Where it is configured to be written. */
  readonly linkedId: string;
  readonly source: string;
  readonly destination: string;
  readonly callerId: string;
  readonly channel: string;
  readonly destinationChannel: string;
  /** Seconds. */
  readonly duration: number;
  /** Seconds, rounded down by Asterisk; given on as they are. */
  readonly talk: number;
  readonly disposition: string;
}

/** What a record alone tells of its call. @param agents names of the agents' telephones */
export function callOfDetail(detail: CallDetail, agents: ReadonlySet<string>, now: number): Call {
  const from = phoneOf(detail.channel);
  const to = phoneOf(detail.destinationChannel);
  const direction = !agents.has(from) ? "inbound" : agents.has(to) ? "internal" : "outbound";
  const startedAt = madeAt(detail.uniqueId) ?? now - detail.duration * 1_000;
  const number = shownNumber(direction === "inbound" ? detail.source : detail.destination);
  const agent = direction === "inbound" ? to : from;
  const answered = detail.disposition === "ANSWERED";
  return {
    id: detail.linkedId === "" ? detail.uniqueId : detail.linkedId,
    stage: "recorded",
    direction,
    startedAt,
    answeredAt: answered ? startedAt + (detail.duration - detail.talk) * 1_000 : null,
    endedAt: startedAt + detail.duration * 1_000,
    number,
    withheld: direction === "inbound" && number === null,
    name: direction === "inbound" ? shownName(/^"(.*)" <.*>$/.exec(detail.callerId)?.[1]) : null,
    line: shownNumber(direction === "inbound" ? detail.destination : detail.source),
    ringing: [],
    agent: agents.has(agent) ? agent : null,
    talkSeconds: detail.talk,
    disposition: detail.disposition,
  };
}

/** A call that was followed, with its record. */
export function withDetail(call: Call, detail: CallDetail): Call {
  return {
    ...call,
    stage: "recorded",
    endedAt: call.endedAt ?? call.startedAt + detail.duration * 1_000,
    talkSeconds: detail.talk,
    disposition: detail.disposition,
    ringing: [],
  };
}
