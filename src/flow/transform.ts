import { asHubError, HubError } from "../errors.ts";
import type { Answers } from "../mapping/look-up.ts";
import { Unanswered } from "../mapping/look-up-desk.ts";
import type { Json } from "../message/json.ts";
import type { StoredMessage } from "../store/message-table.ts";
import type { Store, Tx } from "../store/store.ts";
import { answerAll, attempt, type Turn } from "./answer-all.ts";
import { askStore } from "./ask-store.ts";
import type { Item } from "./item.ts";
import type { LiveFlow } from "./live-flow.ts";
import { runSettle } from "./run-settle.ts";
import type { Settled, SettleEnvironment } from "./settlement.ts";

/** Reads the record a message stands for. @throws HubError TL_DECODE_FAILED … */
export type ReadRecord = (
  message: StoredMessage,
  flow: LiveFlow,
) => Promise<{ readonly value: Json; readonly file: string | null }>;

/** What a message was mapped to ahead of its turn, and how long that took; seconds. */
export interface MappedAhead {
  readonly result: Item["result"];
  readonly took: number;
}

/** What became of messages, and how long it took; seconds. */
export interface Transformed extends Settled {
  /** Of each message that was taken: contracts and mapping. */
  readonly mapping: readonly number[];
  /** From acceptance, of those that have ended on all routes. */
  readonly ages: readonly number[];
}

/**
 * From stored messages to stored effects: decode → accepts → map → emits → one transaction.
 * A failure ends a message's path; nothing travels on broken.
 *
 * @param before the first work of the transaction; what it throws ends it all, if it is the hub's fault
 * @param ahead what some were mapped to before, by place
 * @param turn asked after each message: when it is over the rest stays on its queue, so that slow mappings do not hold
 *   the engine for a whole batch. At least one message is taken; `ends` tells how many.
 */
export async function transform(
  store: Store,
  flow: LiveFlow,
  messages: readonly StoredMessage[],
  read: ReadRecord,
  env: SettleEnvironment,
  turn: Turn = ENDLESS,
  before?: (tx: Tx) => Promise<void>,
  ahead?: ReadonlyMap<number, MappedAhead>,
): Promise<Transformed> {
  // Of those that asked: the content of the others is not needed any more.
  const ways = new Map<number, (answers: Answers) => Item>();
  const first: (Item | Unanswered)[] = [];
  const mapping: number[] = [];
  for (const [index, message] of messages.entries()) {
    const known = message.attempts + message.replay === 0 ? ahead?.get(message.place) : undefined;
    if (known !== undefined) {
      mapping.push(known.took);
      first.push(toItem(message, known.result));
      continue;
    }
    const way = wayOf(flow, message, await readOrFailure(read, message, flow));
    const began = performance.now();
    const item = attempt(way);
    mapping.push((performance.now() - began) / 1000);
    if (item instanceof Unanswered) ways.set(index, way);
    first.push(item);
    if (turn.isOver()) break;
  }
  const run = (index: number, answers: Answers): Item =>
    (ways.get(index) as (answers: Answers) => Item)(answers);
  const fail = (index: number, error: HubError): Item => toItem(messages[index] as StoredMessage, error);
  const items = await answerAll(first, { run, fail }, askStore(store), turn);
  const settled = await runSettle(store, flow, items, env, undefined, before);
  return { ...settled, mapping, ages: agesOf(messages, settled, env.now) };
}

function agesOf(messages: readonly StoredMessage[], { ends }: Settled, now: number): readonly number[] {
  const ages: number[] = [];
  for (const [index, { routes }] of ends.entries()) {
    const { acceptedAt } = messages[index] as StoredMessage;
    if (Object.values(routes).every((outcome) => outcome !== "waiting" && outcome !== "parked"))
      ages.push((now - acceptedAt) / 1000);
  }
  return ages;
}

const ENDLESS: Turn = { isOver: () => false, again: () => undefined };

type Content = Awaited<ReturnType<ReadRecord>>;

async function readOrFailure(
  read: ReadRecord,
  message: StoredMessage,
  flow: LiveFlow,
): Promise<Content | HubError> {
  try {
    return await read(message, flow);
  } catch (error) {
    return asHubError(error);
  }
}

function wayOf(
  flow: LiveFlow,
  message: StoredMessage,
  content: Content | HubError,
): (answers: Answers) => Item {
  return (answers) => {
    if (content instanceof HubError) return toItem(message, content);
    const info = {
      receivedAt: message.acceptedAt,
      headers: message.headers,
      file: content.file,
      row: message.slice?.row ?? null,
      // One that was stored for having no key is asked for it again: it may have one by now.
      ...(message.key === null ? {} : { key: message.key }),
    };
    try {
      return toItem(message, flow.compiled.prepare(content.value, info, answers));
    } catch (error) {
      if (error instanceof Unanswered) throw error;
      return toItem(message, asHubError(error));
    }
  };
}

function toItem(message: StoredMessage, result: Item["result"]): Item {
  return {
    place: message.place,
    slice: message.slice,
    key: message.key,
    system: message.system,
    acceptedAt: message.acceptedAt,
    attempts: message.attempts,
    replay: message.replay,
    plan: message.plan,
    hops: message.hops,
    hash: null,
    result,
  };
}
