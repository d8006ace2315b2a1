import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** A line between a client and a server that a test can cut. */
export interface TcpProxy {
  readonly port: number;
  /** Cuts every connection, and refuses new ones until `mend`. */
  cut(): void;
  mend(): void;
  /**
   * Waits for a client's bytes that hold `text`, then cuts every connection: before the server has them (`request`), or
   * when the server's answer to them has come, instead of passing it on (`answer`).
   */
  cutAt(text: string, what: "request" | "answer"): Promise<void>;
  /** Holds everything back for so long, both ways; milliseconds. */
  slow(milliseconds: number): void;
  /** Lets nothing more pass on the connections that are open, besides the `spared` oldest; nobody is told. */
  hush(spared: number): void;
  close(): Promise<void>;
}

export async function tcpProxy(target: { readonly host: string; readonly port: number }): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const open = new Set<{ hushed: boolean }>();
  let refusing = false;
  let wait = 0;
  const pass = (to: Socket, bytes: Buffer): void => {
    if (wait === 0) to.write(bytes);
    else setTimeout(() => to.destroyed || to.write(bytes), wait);
  };
  let trap: { readonly text: string; readonly what: "request" | "answer"; sprung(): void } | null = null;

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

  const server = createServer((client) => {
    if (refusing) return void client.destroy();
    const upstream = connect(target);
    // A line that waits for more to send would be slow of itself.
    client.setNoDelay();
    upstream.setNoDelay();
    let answering = false;
    const line = { hushed: false };
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
      if (line.hushed) return;
      if (trap !== null && bytes.includes(trap.text)) {
        if (trap.what === "request") return spring();
        answering = true;
      }
      pass(upstream, bytes);
    });
    upstream.on("data", (bytes) => {
      if (answering) spring();
      else if (!line.hushed) pass(client, bytes);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    cut,
    mend() {
      refusing = false;
    },
    cutAt: (text, what) =>
      new Promise((resolve) => {
        trap = { text, what, sprung: resolve };
      }),
    slow(milliseconds) {
      wait = milliseconds;
    },
    hush(spared) {
      for (const line of [...open].slice(spared)) line.hushed = true;
    },
    async close() {
      cut();
      server.close();
      await once(server, "close");
    },
  };
}
