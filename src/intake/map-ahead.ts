import { type LiveFlow, sourceSystem } from "../flow/live-flow.ts";
import type { Shadow } from "../flow/shadow.ts";
import type { NewMessage } from "../store/message-table.ts";
import { type Lot, lotToMap } from "./lot.ts";
import type { FromMapper, Mapper, MapperDoor } from "./mapper.ts";

export interface MapAheadEnvironment {
  readonly open: MapperDoor;
  /** Where compiled mappings are kept. */
  readonly compiled: string;
  readonly shadow: Shadow;
  readonly flow: (flow: number) => LiveFlow | undefined;
  /** Whether stored messages of the flow are to be worked on. */
  readonly running: (flow: number) => boolean;
  /** Number of the newest act that is known here. */
  readonly known: () => number;
  readonly clock: () => number;
  /** A lot can be settled. */
  readonly ready: () => void;
  /** The mapper is gone; everything is mapped here from now on. */
  readonly gone: (error: unknown) => void;
}

/**
 * Has messages mapped while they are stored. What a mapping comes to depends on nothing but the message, so it may be
 * known before its turn; the store says then whether it is that message's turn. Whatever is lost here (the thread is
 * gone, it had no time, nothing was committed) is mapped in its turn, from what is stored.
 */
export interface MapAhead {
  /** Messages that are being stored; false when they are not mapped ahead. */
  offer(messages: readonly NewMessage[], places: readonly number[]): boolean;
  /** A flow's oldest lots, neighbours of one version, if they are mapped. */
  ready(flow: number): readonly Lot[];
  /** Whether a flow's oldest lot is being mapped. */
  waits(flow: number): boolean;
  /** Whether any lot is under way; `ready` is called when it is back. */
  isBusy(): boolean;
  /** Forgets a flow's oldest lots. @param mixed whether they held others than newcomers */
  drop(lots: readonly Lot[], mixed: boolean): void;
  close(): Promise<void>;
}

/** Fewer are mapped sooner in their turn; but for some milliseconds after a large one, since those behind would wait for it. */
const WORTH = 8;
const FOLLOW_MS = 50;
/** What may be under way to the mapper and back: what comes while the engine commits, a few times. */
const MOST = { messages: 2048, bytes: 8 * 1024 * 1024 };
/** Messages that are settled together at most. */
const MOST_TOGETHER = 512;
/** So many are enough for a settlement; fewer wait for those being mapped, until the oldest is so old. Milliseconds. */
const ENOUGH = 192;
const GATHER_MS = 8;
/** A mapper that is silent for so long is given up; milliseconds. */
const PATIENCE_MS = 2_000;
/**
 * A flow whose lots take longer than a turn is left to the engine, which shares its time out, for so long; milliseconds.
 * Each such lot doubles it, since the first may only have been cold.
 */
const REST = { first: 50, most: 10_000 };
/** After a lot with somebody known, so many are mapped for both; the next such lot doubles it, up to the most. */
const FEWEST_MIXED = 4;
const MOST_MIXED = 256;

interface FlowState {
  lots: Lot[];
  restUntil: number;
  rest: number;
  /** Small lots too are mapped ahead until then. */
  followedUntil: number;
  /** Lots that are yet to be mapped as if they held others than newcomers, and how many it were the last time. */
  mixed: number;
  lastMixed: number;
}

export function mapAhead(env: MapAheadEnvironment): MapAhead {
  const flows = new Map<number, FlowState>();
  const told = new Set<number>();
  const sent = new Map<number, Lot>();
  let mapper: Mapper | null | undefined;
  let isReady = false;
  let number = 0;
  const underWay = { messages: 0, bytes: 0 };

  function take(message: FromMapper): void {
    switch (message.kind) {
      case "ready":
        isReady = true;
        return;
      case "shadow":
        env.shadow.report(message.finding);
        return;
      case "mapped": {
        const lot = sent.get(message.number);
        sent.delete(message.number);
        if (lot === undefined) return;
        lot.mapped = message;
        rest(stateOf(lot.flow.id), message.rows.states.length < lot.keys.length);
        env.ready();
      }
    }
  }

  function rest(state: FlowState, isCut: boolean): void {
    if (isCut) state.restUntil = env.clock() + state.rest;
    state.rest = isCut ? Math.min(2 * state.rest, REST.most) : REST.first;
  }

  function giveUp(error: unknown): void {
    if (mapper === null) return;
    mapper = null;
    isReady = false;
    sent.clear();
    flows.clear();
    underWay.messages = 0;
    underWay.bytes = 0;
    env.gone(error);
    env.ready();
  }

  function stateOf(flow: number): FlowState {
    let state = flows.get(flow);
    if (state === undefined) {
      state = {
        lots: [],
        restUntil: 0,
        rest: REST.first,
        followedUntil: 0,
        mixed: 0,
        lastMixed: FEWEST_MIXED / 2,
      };
      flows.set(flow, state);
    }
    return state;
  }

  /** The flow version of messages that may be mapped ahead. */
  function suitable(messages: readonly NewMessage[], places: readonly number[]): LiveFlow | undefined {
    const [first] = messages;
    const flow = first === undefined ? undefined : env.flow(first.flow);
    if (first === undefined || flow === undefined || flow.compiled.asks || !env.running(flow.id))
      return undefined;
    const state = flows.get(flow.id);
    if (messages.length < WORTH && env.clock() > (state?.followedUntil ?? 0)) return undefined;
    if (underWay.messages + messages.length > MOST.messages) return undefined;
    if (underWay.bytes + bytesOf(messages) > MOST.bytes || env.clock() < (state?.restUntil ?? 0))
      return undefined;
    const alike = messages.every(
      (one, at) =>
        one.flow === flow.id &&
        one.flowVersion === flow.version &&
        one.state === undefined &&
        one.body !== null &&
        places[at] === (places[0] as number) + at,
    );
    return alike ? flow : undefined;
  }

  /** Whether more lots are about to come back, so that all are settled together: nobody waits for it, and it costs less. */
  function isWorthWaiting(lots: readonly Lot[], found: readonly Lot[], count: number): boolean {
    const [oldest] = found;
    if (oldest === undefined || found.length === lots.length || count >= ENOUGH) return false;
    return lots[found.length]?.mapped === null && env.clock() - oldest.sentAt < GATHER_MS;
  }

  function send(to: Mapper, lot: Lot, messages: readonly NewMessage[]): void {
    const { flow } = lot;
    if (!told.has(flow.version)) {
      told.add(flow.version);
      to.send({ kind: "flow", version: flow.version, definition: flow.definition });
    }
    to.send({ kind: "lot", ...lotToMap(number, lot, messages) });
  }

  return {
    offer(messages, places) {
      const flow = suitable(messages, places);
      if (flow === undefined) return false;
      if (mapper === undefined) {
        mapper = env.open({ compiled: env.compiled, shadow: env.shadow.every }) ?? null;
        mapper?.listen(take, giveUp);
      }
      if (mapper === null || !isReady) return false;
      const state = stateOf(flow.id);
      if (messages.length >= WORTH) state.followedUntil = env.clock() + FOLLOW_MS;
      number += 1;
      const strangers = state.mixed === 0;
      const lot: Lot = {
        flow,
        system: sourceSystem(flow.definition),
        places: { first: places[0] as number, last: places.at(-1) as number },
        keys: messages.map(({ key }) => key),
        acceptedAt: (messages[0] as NewMessage).acceptedAt,
        known: env.known(),
        sentAt: env.clock(),
        bytes: bytesOf(messages),
        strangers,
        mapped: null,
      };
      if (!strangers) state.mixed -= 1;
      send(mapper, lot, messages);
      sent.set(number, lot);
      state.lots.push(lot);
      underWay.messages += messages.length;
      underWay.bytes += lot.bytes;
      return true;
    },
    ready(id) {
      const lots = flows.get(id)?.lots ?? [];
      const found: Lot[] = [];
      let count = 0;
      for (const lot of lots) {
        const before = found.at(-1);
        if (lot.mapped === null || lot.flow.version !== (before ?? lot).flow.version) break;
        if (before !== undefined && lot.places.first !== before.places.last + 1) break;
        if (before !== undefined && count + lot.keys.length > MOST_TOGETHER) break;
        found.push(lot);
        count += lot.keys.length;
      }
      return isWorthWaiting(lots, found, count) ? [] : found;
    },
    waits(id) {
      const [oldest] = flows.get(id)?.lots ?? [];
      if (oldest === undefined) return false;
      if (oldest.mapped !== null) return true;
      if (env.clock() - oldest.sentAt < PATIENCE_MS) return true;
      void mapper?.close();
      giveUp(new Error("the mapper does not answer"));
      return false;
    },
    isBusy: () => underWay.messages > 0,
    drop(lots, mixed) {
      const [first] = lots;
      const state = first === undefined ? undefined : flows.get(first.flow.id);
      if (first === undefined || state === undefined) return;
      for (const lot of lots) {
        if (state.lots[0] !== lot) continue;
        state.lots.shift();
        underWay.messages -= lot.keys.length;
        underWay.bytes -= lot.bytes;
      }
      if (!first.strangers || state.mixed > 0) return;
      state.lastMixed = mixed ? Math.min(2 * state.lastMixed, MOST_MIXED) : FEWEST_MIXED / 2;
      if (mixed) state.mixed = state.lastMixed;
    },
    async close() {
      const open = mapper;
      mapper = null;
      await open?.close();
    },
  };
}

function bytesOf(messages: readonly NewMessage[]): number {
  return messages.reduce((sum, { body }) => sum + (body?.length ?? 0), 0);
}
