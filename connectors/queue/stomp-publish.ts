import { HubError, type Outgoing, type Sink } from "tieline/connector";
import { BrokerFailure, targetFailure } from "./failure.ts";
import { CONCURRENCY, type PublishSink } from "./publish.ts";
import type { PublishOptions } from "./settings.ts";
import type { StompBroker } from "./stomp-broker.ts";
import type { StompLine } from "./stomp-line.ts";

/** Sends persistent messages; each is sent when the broker has given its receipt. */
export function stompPublish(broker: StompBroker, destination: string, options: PublishOptions): PublishSink {
  const { idempotent } = options;
  let line: Promise<StompLine> | null = null;

  async function ready(): Promise<StompLine> {
    line ??= broker.connect();
    const mine = line;
    const forget = (): void => {
      if (line === mine) line = null;
    };
    try {
      const open = await mine;
      void open.ended.then(forget);
      return open;
    } catch (error) {
      forget();
      throw targetFailure(error);
    }
  }

  function lost(error: unknown): unknown {
    if (error instanceof RangeError)
      return new HubError("TL_TARGET_REFUSED", "the key holds a NUL, which no header may", { cause: error });
    if (idempotent || (error instanceof BrokerFailure && error.fault !== "away")) return targetFailure(error);
    return new HubError("TL_IN_DOUBT", "the connection ended before the broker gave its receipt", {
      cause: error,
    });
  }

  const send: Sink["send"] = async (delivery, signal, tell) => {
    const open = await ready();
    const fields = headersOf(delivery, destination);
    const sent = { line: `SEND ${destination}`, fields, body: "delivery" } as const;
    const late = new Promise<never>((_, reject) => {
      const stop = (): void => reject(new BrokerFailure("away", "no receipt came in time", signal.reason));
      if (signal.aborted) stop();
      else signal.addEventListener("abort", stop, { once: true });
    });
    late.catch(() => undefined);
    try {
      await Promise.race([open.confirmed("SEND", fields, bodyOf(delivery)), late]);
    } catch (error) {
      tell?.({ sent });
      throw lost(error);
    }
    tell?.({ sent, answered: { line: "RECEIPT" } });
    return { answer: "receipt" };
  };

  return {
    ...{ idempotent, concurrency: options.concurrency ?? CONCURRENCY, send },
    async close() {
      const open = await line?.catch(() => null);
      line = null;
      await open?.close();
    },
  };
}

function bodyOf({ body }: Outgoing): Buffer {
  return Buffer.from(JSON.stringify(body));
}

/**
 * `JMSXGroupID` gives messages of a key to one consumer alone as long as it lives, so their order outlives the queue.
 * `amq-msg-type` makes ActiveMQ hand a TextMessage to JMS, where the length of the body would make bytes of it.
 */
function headersOf({ id, sequence, key }: Outgoing, destination: string): Readonly<Record<string, string>> {
  return {
    destination,
    "content-type": "application/json",
    persistent: "true",
    "tieline-id": id,
    "tieline-sequence": String(sequence),
    ...(key === null || key === "" ? {} : { JMSXGroupID: key }),
    "amq-msg-type": "text",
  };
}
