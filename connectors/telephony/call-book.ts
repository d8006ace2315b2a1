import type { AmiBlock } from "./ami-reader.ts";
import { type Call, madeAt, phoneOf, shownName, shownNumber } from "./call.ts";
import { type CallDetail, callOfDetail, withDetail } from "./record.ts";

/** Calls that have ended are kept for their record, so long at most, and so many. */
const KEPT_MS = 10 * 60_000;
const MOST_CALLS = 10_000;

/** Follows the calls of a telephone system by its events. */
export interface CallBook {
  /** Takes one event; gives the call as it is now, when something was learned of it. */
  take(event: AmiBlock): Call | null;
  /**
   * Compares with the channels that there are, after a time without events.
   * @returns calls that are new, and those that have ended meanwhile
   */
  restore(channels: readonly AmiBlock[]): readonly Call[];
  /** Calls that have not ended, oldest first. */
  live(): readonly Call[];
}

interface Followed {
  call: Call;
  /** Ids of its channels that are there. */
  readonly channels: Set<string>;
  /** Ids of all that there were. */
  readonly had: string[];
}

/**
 * @param agents names of the agents' telephones: who calls from one of them is an agent
 * @param now milliseconds since 1970
 */
export function callBook(agents: ReadonlySet<string>, now: () => number): CallBook {
  const all = new Map<string, Followed>();
  /** Channels to calls; a record names its channel only. */
  const callOf = new Map<string, string>();
  /** Calls that have ended and when, in that order. */
  const over = new Map<string, number>();

  function change(followed: Followed, to: Partial<Call>): Call {
    followed.call = { ...followed.call, ...to };
    return followed.call;
  }

  function channelMade(event: AmiBlock): Call | null {
    const channel = event.get("Uniqueid") ?? "";
    const id = event.get("Linkedid") ?? channel;
    callOf.set(channel, id);
    const known = all.get(id);
    if (known !== undefined) {
      known.channels.add(channel);
      known.had.push(channel);
      return null;
    }
    makeRoom();
    const isAgent = agents.has(phoneOf(event.get("Channel")));
    const number = isAgent ? null : shownNumber(event.get("CallerIDNum"));
    const call: Call = {
      id,
      stage: "offered",
      direction: isAgent ? "outbound" : "inbound",
      startedAt: atOf(event) ?? madeAt(channel) ?? now(),
      answeredAt: null,
      endedAt: null,
      number,
      withheld: !isAgent && number === null,
      name: isAgent ? null : shownName(event.get("CallerIDName")),
      line: isAgent ? null : shownNumber(event.get("Exten")),
      ringing: [],
      agent: isAgent ? phoneOf(event.get("Channel")) : null,
      talkSeconds: null,
      disposition: null,
    };
    all.set(id, { call, channels: new Set([channel]), had: [channel] });
    return call;
  }

  function dialBegan(event: AmiBlock): Call | null {
    const followed = all.get(event.get("DestLinkedid") ?? "");
    if (followed === undefined) return null;
    const { call } = followed;
    const to = phoneOf(event.get("DestChannel"));
    const fromHub = !event.has("Channel");
    const stage = call.stage === "offered" ? "ringing" : call.stage;
    if (agents.has(to)) {
      const ringing = [...call.ringing.filter((one) => one !== to), to];
      // Asked for by a click: the agent's telephone rings first, and shows the number that is called next.
      if (fromHub) return change(followed, { stage, ringing, agent: to, number: dialled(event) });
      const direction = call.direction === "outbound" ? "internal" : call.direction;
      return change(followed, { stage, ringing, direction, agent: call.agent ?? to });
    }
    if (call.direction === "inbound") return null;
    const line = shownNumber(event.get("CallerIDNum")) ?? call.line;
    return change(followed, { stage, direction: "outbound", number: call.number ?? dialled(event), line });
  }

  function dialEnded(event: AmiBlock): Call | null {
    const followed = all.get(event.get("DestLinkedid") ?? "");
    if (followed === undefined) return null;
    const { call } = followed;
    const to = phoneOf(event.get("DestChannel"));
    const ringing = call.ringing.filter((one) => one !== to);
    if (event.get("DialStatus") !== "ANSWER") return change(followed, { ringing });
    const isOther = event.has("Channel") && (call.direction !== "outbound" || !agents.has(to));
    if (!isOther) return change(followed, { ringing });
    const agent = call.direction === "inbound" && agents.has(to) ? to : call.agent;
    const answeredAt = call.answeredAt ?? atOf(event) ?? now();
    return change(followed, { stage: later(call.stage, "answered"), answeredAt, agent, ringing: [] });
  }

  function hungUp(event: AmiBlock): Call | null {
    const channel = event.get("Uniqueid") ?? "";
    const followed = all.get(event.get("Linkedid") ?? callOf.get(channel) ?? "");
    if (followed?.channels.delete(channel) !== true || followed.channels.size > 0) return null;
    return end(followed, atOf(event) ?? now());
  }

  function end(followed: Followed, at: number): Call {
    over.set(followed.call.id, now());
    return change(followed, { stage: later(followed.call.stage, "ended"), endedAt: at, ringing: [] });
  }

  function recorded(event: AmiBlock): Call {
    const detail = detailOf(event);
    const linked = detail.linkedId || (callOf.get(detail.uniqueId) ?? detail.uniqueId);
    const followed = all.get(linked);
    if (followed === undefined) return callOfDetail({ ...detail, linkedId: linked }, agents, now());
    // A leg that nobody answered says nothing against the one that was.
    if (followed.call.disposition === "ANSWERED" && detail.disposition !== "ANSWERED") return followed.call;
    followed.call = withDetail(followed.call, detail);
    return followed.call;
  }

  function forget(id: string): void {
    for (const channel of all.get(id)?.had ?? []) callOf.delete(channel);
    all.delete(id);
    over.delete(id);
  }

  function makeRoom(): void {
    const oldest = now() - KEPT_MS;
    for (const [id, endedAt] of over) {
      if (endedAt >= oldest && all.size < MOST_CALLS) break;
      forget(id);
    }
    const first = all.keys().next();
    if (all.size >= MOST_CALLS && first.done !== true) forget(first.value);
  }

  const TAKE: Readonly<Record<string, (event: AmiBlock) => Call | null>> = {
    Newchannel: channelMade,
    DialBegin: dialBegan,
    DialEnd: dialEnded,
    Hangup: hungUp,
    Cdr: recorded,
  };

  return {
    take(event) {
      const take = TAKE[event.get("Event") ?? ""];
      return take === undefined ? null : take(event);
    },
    restore(channels) {
      const there = new Set(channels.map((channel) => channel.get("Uniqueid") ?? ""));
      const news = new Map<string, Call>();
      for (const followed of all.values()) {
        if (over.has(followed.call.id)) continue;
        for (const channel of followed.channels) if (!there.has(channel)) followed.channels.delete(channel);
        if (followed.channels.size === 0) news.set(followed.call.id, end(followed, now()));
      }
      for (const channel of channels) {
        if (!callOf.has(channel.get("Uniqueid") ?? "")) channelMade(channel);
        const followed = all.get(channel.get("Linkedid") ?? "");
        const learned = followed === undefined ? null : seen(followed, channel);
        if (learned !== null) news.set(learned.id, learned);
      }
      return [...news.values()];
    },
    live: () => [...all.values()].filter(({ call }) => !over.has(call.id)).map(({ call }) => call),
  };

  /** What a channel that is there says of its call, where events did not say it before. */
  function seen(followed: Followed, channel: AmiBlock): Call | null {
    const agent = phoneOf(channel.get("Channel"));
    const { call } = followed;
    if (!agents.has(agent) || call.direction !== "inbound") return null;
    if (channel.get("ChannelState") === "6") {
      if (call.stage === "answered" && call.agent === agent) return null;
      return change(followed, {
        agent,
        stage: "answered",
        answeredAt: call.answeredAt ?? now(),
        ringing: [],
      });
    }
    if (call.stage !== "offered" && call.stage !== "ringing") return null;
    if (call.ringing.includes(agent)) return null;
    return change(followed, { agent, stage: "ringing", ringing: [...call.ringing, agent] });
  }
}

const ORDER = ["offered", "ringing", "answered", "ended", "recorded"] as const;

/** A record may come before the end: what is known is not taken back. */
function later(one: Call["stage"], other: Call["stage"]): Call["stage"] {
  return ORDER.indexOf(one) > ORDER.indexOf(other) ? one : other;
}

function dialled(event: AmiBlock): string | null {
  return shownNumber(event.get("Exten")) ?? shownNumber(event.get("DestCallerIDNum"));
}

/** With `timestampevents=yes` Asterisk says when it happened. */
function atOf(event: AmiBlock): number | null {
  const seconds = Number(event.get("Timestamp"));
  return Number.isFinite(seconds) && seconds > 0 ? Math.round(seconds * 1_000) : null;
}

function detailOf(event: AmiBlock): CallDetail {
  const text = (name: string): string => event.get(name) ?? "";
  return {
    uniqueId: text("UniqueID"),
    linkedId: event.get("LinkedID") ?? event.get("linkedid") ?? "",
    source: text("Source"),
    destination: text("Destination"),
    callerId: text("CallerID"),
    channel: text("Channel"),
    destinationChannel: text("DestinationChannel"),
    duration: Number(text("Duration")),
    talk: Number(text("BillableSeconds")),
    disposition: text("Disposition"),
  };
}
