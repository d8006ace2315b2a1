import { Pool } from "undici";
import { shopJson } from "./customer.ts";
import { signature } from "./project.ts";
import { PATH } from "./wrk.ts";

/**
 * Posts the customers `first` to `last` once each, over several connections. @throws Error when one is not acknowledged
 */
export async function sendCustomers(
  url: string,
  {
    first,
    last,
    revision = 0,
    run,
  }: { readonly first: number; readonly last: number; readonly revision?: number; readonly run: string },
): Promise<void> {
  const pool = new Pool(url, { connections: 64, pipelining: 1 });
  let next = first;
  const one = async (): Promise<void> => {
    while (next <= last) {
      const n = next;
      next += 1;
      const body = shopJson(n, revision);
      const headers = {
        "content-type": "application/json",
        "x-signature": signature(body),
        "x-event": `${run}-${n}`,
      };
      const answer = await pool.request({ path: PATH, method: "POST", headers, body });
      await answer.body.dump();
      if (answer.statusCode !== 202) throw new Error(`a message was answered with ${answer.statusCode}`);
    }
  };
  await Promise.all(Array.from({ length: 64 }, one));
  await pool.close();
}
