import { readFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { resolve } from "node:path";
import { connect as connectTls } from "node:tls";
import { HubError } from "tieline/connector";
import { BrokerFailure } from "./failure.ts";
import { HEARTBEAT_MS } from "./heart-beat.ts";
import { type Place, placeOf } from "./place.ts";
import type { QueueOptions } from "./settings.ts";
import type { Frame } from "./stomp-frame.ts";
import { type StompLine, stompLine } from "./stomp-line.ts";

const CONNECT_MS = 5_000;
const PORTS = { stomp: 61_613, "stomp+ssl": 61_612 } as const;
/** Bytes of the largest message that is read, unless the settings say otherwise. */
const LARGEST = 16 * 1024 * 1024;

/** Makes connections to one broker that speaks STOMP. */
export interface StompBroker {
  /** @throws BrokerFailure */
  connect(onMessage?: (frame: Frame) => void): Promise<StompLine>;
}

/**
 * @param dir the project folder
 * @throws HubError TL_CONFIG_INVALID
 */
export function stompBroker(options: QueueOptions, dir: string): StompBroker {
  const place = placeOf(options);
  if (/[\r\n\0]/.test(place.username + place.password + (place.vhost ?? ""))) {
    throw new HubError("TL_CONFIG_INVALID", "user, password or virtual host hold a line break", {
      cure: "Write them without; a file that holds a password must not end with an empty line.",
    });
  }
  const hello = {
    "accept-version": "1.2",
    host: place.vhost ?? (place.hostname === "" ? "/" : place.hostname),
    login: place.username,
    ...(place.password === "" ? {} : { passcode: place.password }),
    "heart-beat": `${HEARTBEAT_MS},${HEARTBEAT_MS}`,
  };
  return {
    async connect(onMessage = () => undefined) {
      const ca =
        options.authority === undefined ? undefined : await readFile(resolve(dir, options.authority));
      const socket = await openSocket(place, ca);
      return stompLine(socket, { headers: hello, largest: options.largest ?? LARGEST, onMessage });
    },
  };
}

function openSocket({ protocol, hostname, port }: Place, ca: Buffer | undefined): Promise<Socket> {
  const isTls = protocol === "stomp+ssl";
  const at = { host: hostname, port: port ?? PORTS[isTls ? "stomp+ssl" : "stomp"] };
  return new Promise((accept, refuse) => {
    const socket = isTls
      ? connectTls({ ...at, servername: hostname, ...(ca === undefined ? {} : { ca: [ca] }) })
      : connect(at);
    const fail = (error: NodeJS.ErrnoException): void => {
      socket.destroy();
      const reason = /^[A-Z_]+$/.test(error.code ?? "") ? ` (${error.code})` : "";
      refuse(new BrokerFailure("away", `the broker does not answer${reason}`, error));
    };
    socket.setNoDelay(true);
    socket.setTimeout(CONNECT_MS, () => fail(new Error("in time")));
    socket.once("error", fail);
    socket.once(isTls ? "secureConnect" : "connect", () => {
      socket.removeListener("error", fail);
      socket.setTimeout(0);
      socket.removeAllListeners("timeout");
      accept(socket);
    });
  });
}
