import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** What goes from client to server, or back. */
export type Direction = "request" | "answer";

/** A line between a client and a server that a test can cut. */
export interface TcpProxy {
  readonly port: number;
  /** How many connections were made so far. */
  made(): number;
  /** Cuts every connection, and refuses new ones until `mend`. */
  cut(): void;
  mend(): void;
  /**
   * Waits for a client's bytes that hold `text`, then cuts every connection: before the server has them (`request`), or
   * when the server's answer to them has come, instead of passing it on (`answer`).
   */
  cutAt(text: string, what: Direction): Promise<void>;
  /** Cuts every connection when so many more bytes have passed that way. */
  cutAfter(bytes: number, what: Direction): Promise<void>;
  /** Holds everything back for so long, both ways; milliseconds. */
  slow(milliseconds: number): void;
  /** Lets nothing more pass on the connections that are open, besides the `spared` oldest; nobody is told. */
  hush(spared: number): void;
  /** Ends new connections with a text, whatever the client says, as a page about maintenance does; null: no more. */
  babble(text: string | null): void;
  /** Puts bytes that belong to no protocol in the place of what a server says next, then cuts that connection. */
  garble(): void;
  close(): Promise<void>;
}

interface Open {
  hushed: boolean;
  garbled: boolean;
}

/** Bytes and when they are to be passed on, by the process's clock. */
interface Late {
  readonly bytes: Buffer;
  readonly at: number;
}

const RUBBISH = Buffer.alloc(64, "\xff\x00\xfe\r\n", "latin1");

export async function tcpProxy(target: { readonly host: string; readonly port: number }): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const open = new Set<Open>();
  let made = 0;
  let refusing = false;
  let wait = 0;
  let page: string | null = null;
  /** What is held back for a socket, in its order. */
  const held = new WeakMap<Socket, Late[]>();
  const giveFirst = (to: Socket, queue: Late[]): void => {
    setTimeout(
      () => {
        const late = queue.shift();
        if (late !== undefined && !to.destroyed) to.write(late.bytes);
        if (queue.length > 0) giveFirst(to, queue);
      },
      Math.max(0, (queue[0]?.at ?? 0) - performance.now()),
    );
  };
  const pass = (to: Socket, bytes: Buffer): void => {
    const queue = held.get(to) ?? [];
    if (wait === 0 && queue.length === 0) return void to.write(bytes);
    queue.push({ bytes, at: performance.now() + wait });
    held.set(to, queue);
    if (queue.length === 1) giveFirst(to, queue);
  };
  let trap: { readonly text: string; readonly what: Direction; sprung(): void } | null = null;
  let purse: { left: number; readonly what: Direction; spent(): void } | null = null;

  const cut = (): void => {
    refusing = true;
    for (const socket of sockets) socket.destroy();
  };
  const spring = (): void => {
    const sprung = trap?.sprung;
    trap = null;
    cut();
    sprung?.();
  };
  /** Whether these bytes were the last that might pass. */
  const isSpent = (what: Direction, bytes: Buffer, to: Socket): boolean => {
    if (purse?.what !== what) return false;
    purse.left -= bytes.length;
    if (purse.left > 0) return false;
    const { left, spent } = purse;
    purse = null;
    to.write(bytes.subarray(0, bytes.length + left));
    cut();
    spent();
    return true;
  };

  const server = createServer((client) => {
    if (refusing) return void client.destroy();
    if (page !== null) {
      client.on("error", () => undefined).resume();
      return void client.end(page);
    }
    made += 1;
    const upstream = connect(target);
    // A line that waits for more to send would be slow of itself.
    client.setNoDelay();
    upstream.setNoDelay();
    let answering = false;
    const line: Open = { hushed: false, garbled: false };
    open.add(line);
    client.on("close", () => open.delete(line));
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    client.on("data", (bytes) => {
      if (line.hushed || isSpent("request", bytes, upstream)) return;
      if (trap !== null && bytes.includes(trap.text)) {
        if (trap.what === "request") return spring();
        answering = true;
      }
      pass(upstream, bytes);
    });
    upstream.on("data", (bytes) => {
      if (answering) spring();
      else if (line.garbled) client.end(RUBBISH, () => upstream.destroy());
      else if (!line.hushed && !isSpent("answer", bytes, client)) pass(client, bytes);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    made: () => made,
    cut,
    mend() {
      refusing = false;
      purse = null;
    },
    cutAt: (text, what) =>
      new Promise((resolve) => {
        trap = { text, what, sprung: resolve };
      }),
    cutAfter: (bytes, what) =>
      new Promise((resolve) => {
        purse = { left: bytes, what, spent: resolve };
      }),
    slow(milliseconds) {
      wait = milliseconds;
    },
    hush(spared) {
      for (const line of [...open].slice(spared)) line.hushed = true;
    },
    babble(text) {
      page = text;
    },
    garble() {
      for (const line of open) line.garbled = true;
    },
    async close() {
      cut();
      server.close();
      await once(server, "close");
    },
  };
}
