import { setTimeout as pause } from "node:timers/promises";
import { asterisk16 } from "../peers/asterisk.ts";
import { answerer, caller } from "../peers/sip-phone.ts";
import { shownAfter, type TelephonyHub, telephonyHub } from "../peers/telephony-hub.ts";
import { connected } from "../peers/telephony-setup.ts";
import { type Bench, type BenchOptions, type BenchReport, PeerMissing } from "./bench.ts";
import { startChild } from "./child.ts";
import { shopCustomer } from "./customer.ts";
import { atMost, figure, median, quantile } from "./statistics.ts";
import { atEnd } from "./temporary.ts";

/** Telephones of the example's agents. */
const AGENTS = ["101", "102"] as const;

export const bench: Bench = {
  name: "calls",
  about: "a call that Asterisk takes to the agent's page with its customer, routed by the hub on the way",
  run,
};

type PeerEnv = Readonly<Record<string, string>>;

async function run(options: BenchOptions): Promise<BenchReport> {
  const customers = options.rows ?? (options.quick ? 20_000 : 1_000_000);
  const calls = options.quick ? 20 : 200;
  const { env, version, end } = await startAsterisk();
  const pbx = await telephonyHub(
    {
      PBX_PORT: env["TIELINE_PEER_MANAGER"] ?? "",
      PBX_SECRET: env["TIELINE_PEER_SECRET"] ?? "",
      PBX_ROUTING: `127.0.0.1:${env["TIELINE_PEER_AGI"] ?? ""}`,
      PBX_DETAILS: env["TIELINE_PEER_DETAIL"] ?? "",
    },
    async (data) => {
      options.note(`loading ${customers} customers`);
      const child = await startChild("lookup-child.ts", { folder: data });
      await child.ask({ load: customers });
      await child.end();
    },
  );
  const dispose = atEnd(() => pbx.dispose());
  await connected(pbx);
  const rounds: (readonly number[])[] = [];
  for (let round = 0; round <= options.rounds; round++) {
    options.note(round === 0 ? "a round that does not count" : `round ${round}`);
    const times = await shownTimes(pbx, env, calls, customers);
    if (round > 0) rounds.push(times);
  }
  await dispose();
  await end();
  const p99 = rounds.map((times) => quantile(times, 0.99));
  return {
    rows: [
      figure(
        "Newchannel to page, p50",
        "ms",
        rounds.map((times) => quantile(times, 0.5)),
      ),
      figure("Newchannel to page, p99", "ms", p99),
    ],
    targets: [atMost("p99 from Newchannel to page, ms", 150, median(p99))],
    remarks: [
      `${customers} customers; ${calls} calls a round by SIPp from numbers picked at random, one after the other.`,
      `From the time Asterisk ${version} gives its Newchannel to the event that tells the page who calls.`,
    ],
  };
}

async function startAsterisk() {
  const running = await asterisk16.start().catch((error: unknown) => {
    throw new PeerMissing(error instanceof Error ? error.message : "Asterisk does not start");
  });
  return { ...running, end: atEnd(() => running.close()) };
}

/** @throws Error when a call was not answered, or a page did not show its customer */
async function shownTimes(
  pbx: TelephonyHub,
  env: PeerEnv,
  calls: number,
  customers: number,
): Promise<readonly number[]> {
  const port = (name: string): number => Number(env[`TIELINE_PEER_${name}`]);
  const numbers = Array.from({ length: calls }, () =>
    (shopCustomer(1 + Math.floor(Math.random() * customers))["phone"] ?? "").replaceAll(" ", ""),
  );
  const pages = await Promise.all(AGENTS.map((agent) => pbx.page(agent)));
  const phones = await Promise.all(
    AGENTS.map((agent) => answerer({ port: port(agent), ring: 0, talk: null, count: calls })),
  );
  await pause(500);
  const began = Date.now();
  const call = { port: port("SIP"), to: "5550100", number: "", name: "bench", talk: 0 };
  const phone = await caller({ ...call, numbers, count: calls });
  const code = await phone.over;
  const told = pages.flatMap((page) => page.told);
  for (const page of pages) page.close();
  await Promise.all([phone, ...phones].map((one) => one.close()));
  if (code !== 0) throw new Error("a call was not answered");
  for (const { who, number, customers: found } of told) {
    const wanted = number === null ? undefined : nameOf(number);
    if (who === "one" && found[0]?.name !== wanted) throw new Error("a page showed another customer");
  }
  const times = shownAfter(told, began);
  if (times.length !== calls) throw new Error(`${times.length} of ${calls} calls were shown`);
  return times;
}

function nameOf(number: string): string {
  const { kind, firstName, lastName, company } = shopCustomer(Number(number.slice("+4930".length)));
  return kind === "P" ? `${firstName} ${lastName}` : (company ?? "");
}
