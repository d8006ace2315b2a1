import { HubError } from "tieline/connector";
import type { QueueOptions } from "./settings.ts";

/** Where a broker is, and who asks it. */
export interface Place {
  readonly protocol: "amqp" | "amqps" | "stomp" | "stomp+ssl";
  readonly hostname: string;
  readonly port?: number;
  readonly username: string;
  readonly password: string;
  /** The virtual host; null where the URL names none. */
  readonly vhost: string | null;
}

/** @throws HubError TL_CONFIG_INVALID */
export function placeOf(options: Pick<QueueOptions, "url" | "password">): Place {
  const cure = "Write it like amqps://hub@mq.example.com:5671/vhost or stomp+ssl://hub@mq.example.com:61612.";
  if (!URL.canParse(options.url)) throw new HubError("TL_CONFIG_INVALID", "`url` is not a URL", { cure });
  const url = new URL(options.url);
  if (url.password !== "") {
    throw new HubError("TL_CONFIG_INVALID", "`url` must not hold a password", {
      cure: `Write it to \`password\`, as \${env:NAME}.`,
    });
  }
  if (url.hostname === "" || url.username === "")
    throw new HubError("TL_CONFIG_INVALID", "`url` must name user and host", { cure });
  return {
    protocol: url.protocol.slice(0, -1) as Place["protocol"],
    hostname: url.hostname.replace(/^\[|\]$/g, ""),
    ...(url.port === "" ? {} : { port: Number(url.port) }),
    username: decodeURIComponent(url.username),
    password: options.password ?? "",
    vhost: url.pathname.length > 1 ? decodeURIComponent(url.pathname.slice(1)) : null,
  };
}

/** Whether the broker speaks STOMP; else AMQP. */
export function speaksStomp({ protocol }: Place): boolean {
  return protocol.startsWith("stomp");
}
