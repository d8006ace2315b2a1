import { once } from "node:events";
import { createServer } from "node:http";

/** Tells servers whose a token is (RFC 7662), on 127.0.0.1, and keeps a ledger of what they asked. */
export interface TokenIntrospection {
  /** Users by the tokens that are good; a test takes out what has ended. */
  readonly good: Map<string, string>;
  /** Every token that was asked about, in order. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** @param port where the server that asks has been told to ask */
export async function startTokenIntrospection(port: number): Promise<TokenIntrospection> {
  const good = new Map<string, string>();
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk as Uint8Array);
    const token = new URLSearchParams(Buffer.concat(chunks).toString()).get("token") ?? "";
    asked.push(token);
    const username = good.get(token);
    const said = username === undefined ? { active: false } : { active: true, username };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(said));
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    good,
    asked,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
