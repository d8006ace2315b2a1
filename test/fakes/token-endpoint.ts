import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A token endpoint of OAuth 2.0 on 127.0.0.1, which keeps a ledger of who asked. */
export interface TokenEndpoint {
  readonly url: string;
  /** The form and the header `Authorization` of every request. */
  readonly asked: { readonly form: URLSearchParams; readonly authorization: string | undefined }[];
  /** What the next requests get, one each; after them a new token each time: `token-1`, `token-2` … */
  readonly answers: { readonly status: number; readonly body: string; readonly retryAfter?: string }[];
  /** Seconds that a token is good for; undefined: it is not said. */
  life: number | undefined;
  close(): Promise<void>;
}

export async function startTokenEndpoint(): Promise<TokenEndpoint> {
  let given = 0;
  const server = createServer(async (request, response) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk as Uint8Array);
    const form = new URLSearchParams(Buffer.concat(chunks).toString());
    endpoint.asked.push({ form, authorization: request.headers.authorization });
    const answer = endpoint.answers.shift();
    if (answer !== undefined) {
      const wait = answer.retryAfter === undefined ? {} : { "retry-after": answer.retryAfter };
      response.writeHead(answer.status, { "content-type": "application/json", ...wait }).end(answer.body);
      return;
    }
    given += 1;
    const life = endpoint.life === undefined ? {} : { expires_in: endpoint.life };
    const token = { access_token: `token-${given}`, token_type: "Bearer", ...life };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(token));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const endpoint: TokenEndpoint = {
    url: `http://127.0.0.1:${port}/token`,
    asked: [],
    answers: [],
    life: 3_600,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return endpoint;
}
