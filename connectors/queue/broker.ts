import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { ChannelModel } from "amqplib";
import { BrokerFailure } from "./failure.ts";
import { placeOf } from "./place.ts";
import type { QueueOptions } from "./settings.ts";

const CONNECT_MS = 5_000;
const GOODBYE_MS = 2_000;
/** Seconds; a connection that is silent for twice as long is dead. */
const HEARTBEAT_S = 10;

/** Makes connections to one broker that speaks AMQP. */
export interface Broker {
  /** @throws BrokerFailure */
  connect(): Promise<ChannelModel>;
}

/**
 * @param dir the project folder
 * @throws HubError TL_CONFIG_INVALID
 */
export function broker(options: QueueOptions, dir: string): Broker {
  const { vhost, ...where } = placeOf(options);
  const place = { ...where, vhost: vhost ?? "/", heartbeat: HEARTBEAT_S };
  return {
    async connect() {
      const { connect } = await import("amqplib");
      const ca =
        options.authority === undefined ? undefined : await readFile(resolve(dir, options.authority));
      try {
        const tls = ca === undefined ? {} : { ca: [ca] };
        const connection = await connect(place, { timeout: CONNECT_MS, ...tls });
        // What breaks is told by what was under way; without a listener it would end the process.
        connection.on("error", () => undefined);
        return connection;
      } catch (error) {
        throw failureOf(error);
      }
    },
  };
}

/** Ends a connection. Where it breaks meanwhile, or says nothing any more, it is not waited for. */
export async function endConnection(connection: ChannelModel): Promise<void> {
  // The library's own promise is never settled when the connection breaks before the broker has answered.
  const gone = new Promise<void>((resolve) => {
    connection.once("close", resolve);
    setTimeout(resolve, GOODBYE_MS).unref();
  });
  await Promise.race([connection.close(), gone]).catch(() => undefined);
}

/** Reply codes as AMQP 0-9-1 has them (§1.2); the library puts them into its errors, or their names into the texts. */
export function failureOf(error: unknown): BrokerFailure {
  const { code, message = "" } = (error ?? {}) as { readonly code?: unknown; readonly message?: string };
  const reply =
    typeof code === "number" ? code : Number(/\b(\d{3}) \(?[A-Z_]+/.exec(message)?.[1] ?? Number.NaN);
  if (reply === 403 || /ACCESS[_-]REFUSED/.test(message))
    return new BrokerFailure("access", "the broker refused the user (403)", error);
  if (reply >= 400 && reply !== 541 && reply !== 501 && !Number.isNaN(reply) && reply !== 320)
    return new BrokerFailure("settings", `the broker answered ${reply}`, error);
  const reason = typeof code === "string" && /^[A-Z_]+$/.test(code) ? ` (${code})` : "";
  return new BrokerFailure("away", `the broker does not answer${reason}`, error);
}
