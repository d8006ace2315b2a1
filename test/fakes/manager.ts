import { createHash } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

type Fields = Readonly<Record<string, string>>;

const CHALLENGE = "840415273";

/**
 * Asterisk's manager interface, as far as log-in, CoreShowChannels and Originate go (its published protocol, version 5); it
 * keeps what it was told. What it does with Originate the test says.
 */
export interface FakeManager {
  readonly port: number;
  /** Every action so far, in order. */
  readonly actions: readonly Fields[];
  /** Channels that there are. */
  channels: readonly Fields[];
  /** Called when a list was given; what it tells comes in the same packet. */
  onListed: () => void;
  /** Called with each Originate, after it was written down; by default it is taken. */
  onOriginate: (socket: Socket, action: Fields) => void;
  /** Tells everybody who is logged in. */
  event(fields: Fields): void;
  /** Ends all connections. */
  drop(): void;
  close(): Promise<void>;
}

export const block = (fields: Fields): string =>
  `${Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}`)
    .join("\r\n")}\r\n\r\n`;

export async function fakeManager(secret: string): Promise<FakeManager> {
  const actions: Fields[] = [];
  const sockets = new Set<Socket>();
  const known = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => {
      sockets.delete(socket);
      known.delete(socket);
    });
    socket.on("error", () => socket.destroy());
    socket.write("Asterisk Call Manager/5.0.4\r\n");
    let text = "";
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString("utf8");
      for (let end = text.indexOf("\r\n\r\n"); end >= 0; end = text.indexOf("\r\n\r\n")) {
        const action = fieldsOf(text.slice(0, end));
        text = text.slice(end + 4);
        actions.push(action);
        answer(socket, action);
      }
    });
  });

  function answer(socket: Socket, action: Fields): void {
    const say = (fields: Fields): void =>
      void socket.write(block({ ...fields, ActionID: action["ActionID"] ?? "" }));
    const success = { Response: "Success" };
    const name = action["Action"];
    if (name === "Originate") manager.onOriginate(socket, action);
    else if (name === "Challenge") say({ ...success, Challenge: CHALLENGE });
    else if (name === "Login") {
      const key = createHash("md5").update(`${CHALLENGE}${secret}`).digest("hex");
      if (action["Key"] === key) known.add(socket);
      say(known.has(socket) ? success : { Response: "Error", Message: "Authentication failed" });
    } else if (name === "CoreShowChannels") {
      socket.cork();
      say({ ...success, EventList: "start" });
      for (const channel of manager.channels) say({ Event: "CoreShowChannel", ...channel });
      say({ Event: "CoreShowChannelsComplete", EventList: "Complete", ListItems: "0" });
      manager.onListed();
      socket.uncork();
    } else say(success);
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const manager: FakeManager = {
    port: (server.address() as AddressInfo).port,
    actions,
    channels: [],
    onListed: () => undefined,
    onOriginate: (socket, { ActionID = "" }) =>
      void socket.write(block({ Response: "Success", ActionID, Message: "Originate successfully queued" })),
    event: (fields) => {
      for (const socket of known) socket.write(block(fields));
    },
    drop: () => {
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      manager.drop();
      server.close();
      await once(server, "close");
    },
  };
  return manager;
}

function fieldsOf(text: string): Fields {
  return Object.fromEntries(
    text.split("\r\n").map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    }),
  );
}
