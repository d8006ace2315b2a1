import { asHubError, type HubError } from "../errors.ts";
import type { Json } from "../message/json.ts";
import type { StoredMessage } from "../store/message-table.ts";
import type { Store } from "../store/store.ts";
import type { Prepared } from "./compile.ts";
import type { Item } from "./item.ts";
import type { LiveFlow } from "./live-flow.ts";
import { runSettle } from "./run-settle.ts";
import type { Settled, SettleEnvironment } from "./settlement.ts";

/** Reads the record a message stands for. @throws HubError TL_DECODE_FAILED … */
export type ReadRecord = (
  message: StoredMessage,
  flow: LiveFlow,
) => Promise<{ readonly value: Json; readonly file: string | null }>;

/**
 * From stored messages to stored effects: decode → accepts → map → emits → one transaction.
 * A failure ends a message's path; nothing travels on broken.
 *
 * @param isOver asked after each message: the rest stays on its queue, so that slow mappings do not hold the engine for
 *   a whole batch. At least one message is taken; `ends` tells how many.
 */
export async function transform(
  store: Store,
  flow: LiveFlow,
  messages: readonly StoredMessage[],
  read: ReadRecord,
  env: SettleEnvironment,
  isOver: () => boolean = () => false,
): Promise<Settled> {
  const items: Item[] = [];
  for (const message of messages) {
    items.push(await toItem(flow, message, read));
    if (isOver()) break;
  }
  return runSettle(store, flow, items, env);
}

async function toItem(flow: LiveFlow, message: StoredMessage, read: ReadRecord): Promise<Item> {
  let result: Prepared | HubError;
  try {
    const { value, file } = await read(message, flow);
    result = flow.compiled.prepare(value, {
      receivedAt: message.acceptedAt,
      headers: message.headers,
      file,
      row: message.slice?.row ?? null,
      key: message.key,
    });
  } catch (error) {
    result = asHubError(error);
  }
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
