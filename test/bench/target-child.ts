/** A system that answers each request after some milliseconds, any number of them at once, and counts what it was sent. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { answerParent } from "./child.ts";

/** Where it listens, and how many different messages it has had since it was last asked. */
export interface TargetCount {
  readonly port: number;
  readonly messages: number;
}

await answerParent(async ({ latency }: { readonly latency: number }) => {
  let ids = new Set<string>();
  const server = createServer((request, response) => {
    ids.add(String(request.headers["idempotency-key"]));
    request.resume().once("end", () => setTimeout(() => response.end(), latency));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return async (): Promise<TargetCount> => {
    const messages = ids.size;
    ids = new Set();
    return { port, messages };
  };
});
