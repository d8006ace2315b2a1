import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Json, JsonObject } from "../../src/message/json.ts";

/** One call as the fake saw it. */
export interface OdooCall {
  readonly model: string;
  readonly method: string;
  readonly args: readonly Json[];
  readonly kwargs: JsonObject;
}

/** What a call is answered with: a result, an exception of Python by its class, or raw HTTP. */
export type OdooAnswer =
  | { readonly result: Json }
  | { readonly exception: string; readonly message?: string }
  | { readonly status: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> }
  | { readonly hang: true };

/** Speaks Odoo's JSON-RPC, answers as it is told, and keeps a ledger: for what a real Odoo cannot be made to do. */
export interface FakeOdoo {
  readonly url: string;
  /** Every call but the logins, in order. */
  readonly ledger: readonly OdooCall[];
  close(): Promise<void>;
}

/**
 * @param answer what becomes of a call; undefined: true
 * @param port where it listens; 0: any that is free
 */
export async function fakeOdoo(
  answer: (call: OdooCall) => OdooAnswer | undefined,
  port = 0,
): Promise<FakeOdoo> {
  const ledger: OdooCall[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk as Uint8Array);
    const { params } = JSON.parse(Buffer.concat(chunks).toString()) as {
      readonly params: { readonly service: string; readonly args: readonly Json[] };
    };
    const reply = (body: object): void => void response.end(JSON.stringify({ jsonrpc: "2.0", ...body }));
    if (params.service === "common") {
      reply({ result: 7 });
      return;
    }
    const [, , , model, method, args, kwargs] = params.args;
    const call = { model, method, args, kwargs } as unknown as OdooCall;
    ledger.push(call);
    const told = answer(call) ?? { result: true };
    if ("hang" in told) return;
    if ("status" in told) response.writeHead(told.status, told.headers).end(told.body ?? "");
    else if ("result" in told) reply({ result: told.result });
    else reply({ error: { code: 200, data: { name: told.exception, message: told.message ?? "" } } });
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ledger,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
