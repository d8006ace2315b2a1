import { type LiveFlow, sourceSystem } from "../flow/live-flow.ts";
import type { Shadow } from "../flow/shadow.ts";
import type { NewMessage } from "../store/message-table.ts";
import { type FlowLots, flowLots } from "./flow-lots.ts";
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
  /** Messages that are being stored; null when they are not mapped ahead. */
  offer(messages: readonly NewMessage[], places: readonly number[]): Offered | null;
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

/** Messages that are mapped while they are stored. Until they are committed others may come to have their places. */
export interface Offered {
  committed(): void;
  /** They are not stored: what they are mapped to is of no use, and must not be taken for that of others. */
  withdraw(): void;
}

/** What may be under way to the mapper and back: what comes while the engine commits, a few times. */
const MOST = { messages: 2048, bytes: 8 * 1024 * 1024 };
/** A mapper that is silent for so long is given up; milliseconds. */
const PATIENCE_MS = 2_000;
export function mapAhead(env: MapAheadEnvironment): MapAhead {
  const flows = new Map<number, FlowLots>();
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
        lotsOf(lot.flow.id).cameBack(message.rows.states.length < lot.keys.length);
        env.ready();
      }
    }
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

  function left(lot: Lot): void {
    underWay.messages -= lot.keys.length;
    underWay.bytes -= lot.bytes;
  }

  function lotsOf(flow: number): FlowLots {
    let lots = flows.get(flow);
    if (lots === undefined) {
      lots = flowLots(env.clock);
      flows.set(flow, lots);
    }
    return lots;
  }

  /** The flow version of messages that may be mapped ahead. */
  function suitable(messages: readonly NewMessage[], places: readonly number[]): LiveFlow | undefined {
    const [first] = messages;
    const flow = first === undefined ? undefined : env.flow(first.flow);
    if (first === undefined || flow === undefined || flow.compiled.asks || !env.running(flow.id))
      return undefined;
    if (underWay.messages + messages.length > MOST.messages) return undefined;
    if (underWay.bytes + bytesOf(messages) > MOST.bytes) return undefined;
    const lots = lotsOf(flow.id);
    if (lots.isResting() || !lots.isWorth(messages.length)) return undefined;
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
      if (flow === undefined) return null;
      if (mapper === undefined) {
        mapper = env.open({ compiled: env.compiled, shadow: env.shadow.every }) ?? null;
        mapper?.listen(take, giveUp);
      }
      if (mapper === null || !isReady) return null;
      const lots = lotsOf(flow.id);
      number += 1;
      const lot: Lot = {
        flow,
        system: sourceSystem(flow.definition),
        places: { first: places[0] as number, last: places.at(-1) as number },
        keys: messages.map(({ key }) => key),
        acceptedAt: (messages[0] as NewMessage).acceptedAt,
        known: env.known(),
        sentAt: env.clock(),
        bytes: bytesOf(messages),
        strangers: lots.nextAreStrangers(),
        mapped: null,
        isCommitted: false,
      };
      send(mapper, lot, messages);
      sent.set(number, lot);
      lots.push(lot);
      underWay.messages += messages.length;
      underWay.bytes += lot.bytes;
      return {
        committed() {
          lot.isCommitted = true;
          // One that is still being mapped wakes us when it is back; what was given up meanwhile is mapped in its turn.
          if (lot.mapped !== null || flows.get(flow.id) !== lots) env.ready();
        },
        withdraw() {
          if (flows.get(flow.id) === lots && lots.withdraw(lot)) left(lot);
          env.ready();
        },
      };
    },
    ready: (id) => flows.get(id)?.ready() ?? [],
    waits(id) {
      const oldest = flows.get(id)?.oldest();
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
      const own = first === undefined ? undefined : flows.get(first.flow.id);
      for (const lot of own?.drop(lots, mixed) ?? []) left(lot);
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
