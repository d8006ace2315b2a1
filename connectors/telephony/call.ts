import type { JsonObject, LiveCall } from "tieline/connector";

/** From first to last; a later stage knows all that an earlier one knew. */
export type CallStage = LiveCall["stage"];

/** One call as far as it is known. Its id is what Asterisk calls it: the `Linkedid` of its channels. */
export interface Call extends LiveCall {
  /** `ANSWERED`, `NO ANSWER`, `BUSY`, `FAILED`, `CONGESTION`; null before the call record came. */
  readonly disposition: string | null;
}

/** Numbers and names that say there is none. */
const NOBODY: ReadonlySet<string> = new Set([
  "",
  "<unknown>",
  "unknown",
  "anonymous",
  "private",
  "restricted",
  "unavailable",
  "withheld",
  "s",
]);

/** A number as it was shown, or null. A long one without prefix is E.164 without its plus, as trunks present it. */
export function shownNumber(text: string | undefined): string | null {
  const number = (text ?? "").trim();
  if (NOBODY.has(number.toLowerCase())) return null;
  return /^[1-9][0-9]{10,14}$/.test(number) ? `+${number}` : number;
}

export function shownName(text: string | undefined): string | null {
  const name = (text ?? "").trim();
  return NOBODY.has(name.toLowerCase()) ? null : name;
}

/** The telephone of a channel: `101` of `PJSIP/101-00000001`, of `Local/101@agents-0000002a;1` too. */
export function phoneOf(channel: string | undefined): string {
  const name = /^[^/]+\/(.+?)-[0-9a-f]{6,}(?:;[12])?$/.exec(channel ?? "")?.[1] ?? "";
  return name.split("@", 1)[0] ?? "";
}

/** When a channel was made: its id begins with the second, whatever zone Asterisk writes its times in. */
export function madeAt(uniqueId: string): number | null {
  const seconds = /(?:^|-)(\d{9,11})\.\d+$/.exec(uniqueId)?.[1];
  return seconds === undefined ? null : Number(seconds) * 1_000;
}

/** How far a stage is: what a flow takes as the `version` of a call. An answered leg's record counts more than others. */
function rank({ stage, disposition }: Call): number {
  const order: Readonly<Record<CallStage, number>> = {
    offered: 0,
    ringing: 1,
    answered: 2,
    ended: 3,
    recorded: 4,
  };
  return order[stage] + (disposition === "ANSWERED" ? 1 : 0);
}

/** What is stored of a call; README.md describes it. */
export function callRecord(call: Call): JsonObject {
  const { id, stage, direction, number, withheld, name, line, agent, talkSeconds, disposition } = call;
  return {
    call: id,
    stage,
    rank: rank(call),
    direction,
    startedAt: time(call.startedAt),
    answeredAt: time(call.answeredAt),
    endedAt: time(call.endedAt),
    ...{ number, withheld, name, line, agent, talkSeconds, disposition },
  };
}

/** Names a stage of a call: what comes twice is known by it. */
export function callEvent({ id, stage, agent, disposition }: Call): string {
  return [id, stage, agent ?? "", disposition ?? ""].join(" ");
}

function time(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
