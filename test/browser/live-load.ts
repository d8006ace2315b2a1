import { setTimeout as pause } from "node:timers/promises";
import { shopJson } from "../bench/customer.ts";
import { signature } from "../bench/project.ts";
import { PATH } from "../bench/wrk.ts";

/** One in so many breaks its contract: 5 %. */
const BAD_EVERY = 20;
/** What the bad ones lack, in turn: as many causes, as many groups of errors. */
const LACKS = ["country", "kind"] as const;

/** What was posted and acknowledged. */
export interface Load {
  readonly sent: number;
  readonly bad: number;
}

/** Posts `rate` customers a second for some seconds, each new, one after the other; each is acknowledged. @throws Error */
export async function load(url: string, rate: number, seconds: number): Promise<Load> {
  const started = performance.now();
  let bad = 0;
  for (let sent = 0; ; sent++) {
    const due = started + (sent * 1000) / rate;
    if (due >= started + seconds * 1000) return { sent, bad };
    await pause(Math.max(0, due - performance.now()));
    const isBad = sent % BAD_EVERY === BAD_EVERY - 1;
    await post(url, sent, isBad ? LACKS[bad % LACKS.length] : undefined);
    bad += isBad ? 1 : 0;
  }
}

async function post(url: string, number: number, lacks: string | undefined): Promise<void> {
  const whole = shopJson(number + 1);
  const body =
    lacks === undefined
      ? whole
      : JSON.stringify({ ...(JSON.parse(whole) as Record<string, string>), [lacks]: undefined });
  const answer = await fetch(url + PATH, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-signature": signature(body),
      "x-event": `live-${number}`,
    },
    body,
  });
  if (!answer.ok) throw new Error(`the hub answered ${answer.status}: ${await answer.text()}`);
  await answer.arrayBuffer();
}
