import type { CollectedItem, ListenDesk, ListenSource } from "tieline/connector";
import { PREFETCH } from "./consume.ts";
import { BrokerFailure, sourceFailure } from "./failure.ts";
import type { ConsumeOptions } from "./settings.ts";
import type { StompBroker } from "./stomp-broker.ts";
import type { Frame } from "./stomp-frame.ts";
import type { StompLine } from "./stomp-line.ts";

/**
 * Reads a destination. A message is acknowledged, each for itself, when the hub has stored it, and not before. One that was
 * not is never refused with NACK, which brokers take for "put it among the dead": the connection ends instead, and with it
 * the broker takes all back that is not acknowledged.
 */
export function stompConsume(broker: StompBroker, options: ConsumeOptions): ListenSource {
  return {
    kind: "listen",
    async listen(desk, signal) {
      try {
        if (!signal.aborted) await read(broker, options, desk, signal);
      } catch (error) {
        if (!signal.aborted) throw sourceFailure(error);
      }
    },
  };
}

async function read(
  broker: StompBroker,
  { queue, prefetch = PREFETCH }: ConsumeOptions,
  desk: ListenDesk,
  signal: AbortSignal,
): Promise<void> {
  const underWay = new Set<Promise<void>>();
  let fail: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failed.catch(() => undefined);
  const line = await broker.connect((frame) => {
    const storing = store(line, frame, desk).catch(fail);
    underWay.add(storing);
    // A broker that knows nothing of prefetching is held back by not being read.
    if (underWay.size >= prefetch) line.pause();
    void storing.finally(() => {
      underWay.delete(storing);
      if (underWay.size < prefetch) line.resume();
    });
  });
  try {
    await Promise.race([subscribe(line, queue, prefetch), failed]);
    desk.connected();
    await Promise.race([line.ended.then((error) => Promise.reject(error)), failed, told(signal)]);
    // Told to end: what is being stored is still acknowledged.
    await Promise.all(underWay);
  } finally {
    await line.close();
  }
}

/** The two brokers that have a header for it do not share it; who does not know one passes it over. */
function subscribe(line: StompLine, queue: string, prefetch: number): Promise<void> {
  return line.confirmed("SUBSCRIBE", {
    ...{ id: "0", destination: queue, ack: "client-individual" },
    ...{ "activemq.prefetchSize": String(prefetch), "prefetch-count": String(prefetch) },
  });
}

async function store(line: StompLine, frame: Frame, desk: ListenDesk): Promise<void> {
  const ack = frame.headers.get("ack");
  if (ack === undefined)
    throw new BrokerFailure("settings", "the broker gives messages that cannot be acknowledged", null);
  await desk.take([itemOf(frame, line.server)]);
  line.write("ACK", { id: ack });
}

const KEPT = ["message-id", "correlation-id", "type", "destination", "redelivered"];

function itemOf({ headers, body }: Frame, server: string): CollectedItem {
  const contentType = headers.get("content-type");
  const event = eventOf(headers, server);
  const kept = KEPT.flatMap((name) => {
    const value = headers.get(name) ?? "";
    return value === "" ? [] : [[name, value] as const];
  });
  return {
    body,
    headers: Object.fromEntries(kept),
    ...(contentType === undefined || contentType === "" ? {} : { contentType }),
    ...(event === undefined || event === "" ? {} : { event }),
  };
}

/** RabbitMQ makes a new `message-id` each time it hands a message over; the sender's own is beside it. */
function eventOf(headers: Frame["headers"], server: string): string | undefined {
  return headers.get(server.startsWith("RabbitMQ") ? "amqp-message-id" : "message-id");
}

function told(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
