import { createServer, type Socket } from "node:net";

export interface FakeStomp {
  readonly port: number;
  /** Frames that came, as text, without their NUL. */
  readonly frames: readonly string[];
  /** Connections that were made. */
  readonly connections: () => number;
  close(): Promise<void>;
}

/** What the fake says to a frame; null: it cuts the connection. */
export type Answer = (frame: string, connection: number) => string | Buffer | null;

export const CONNECTED = "CONNECTED\nversion:1.2\nserver:fake/1.0\nheart-beat:0,0\n\n\0";

/** The receipt that a frame asks for; empty: it asks for none. */
export function receiptOf(frame: string): string {
  const [, id] = /^receipt:(.*)$/m.exec(frame) ?? [];
  return id === undefined ? "" : `RECEIPT\nreceipt-id:${id}\n\n\0`;
}

/** A broker that keeps a ledger, and sends what no real one could be made to send. It takes bodies of text only. */
export async function startStomp(answer: Answer): Promise<FakeStomp> {
  const frames: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    const mine = connections;
    sockets.add(socket);
    socket.on("error", () => undefined);
    let rest = "";
    socket.on("data", (chunk) => {
      const parts = `${rest}${chunk.toString()}`.split("\0");
      rest = parts.pop() ?? "";
      for (const part of parts) {
        const frame = part.replace(/^\n+/, "");
        frames.push(frame);
        const said = answer(frame, mine);
        if (said === null) socket.destroy();
        else if (said.length > 0) socket.write(said);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    frames,
    connections: () => connections,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
