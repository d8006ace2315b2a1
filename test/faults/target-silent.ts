import { type TcpProxy, tcpProxy } from "../fakes/tcp-proxy.ts";
import { joinVerdicts } from "./delivery-scene.ts";
import { check, type Fault, type FaultRun, type Verdict } from "./fault.ts";
import { underLoad } from "./load-scene.ts";
import { until } from "./wait.ts";

/** The longest that one attempt may take: less than half of a lease; milliseconds. */
const DEADLINE = 14_000;

/** F21: the line to the target is there, and nothing passes any more, either way. */
export const targetSilent: Fault = {
  id: "F21",
  title: "the line to the target goes dead without a word",
  tries: "I1 I2 I3 I8",
  async run(run) {
    return joinVerdicts([await partitioned(run, "dedupe"), await partitioned(run, "none")]);
  },
};

async function partitioned(run: FaultRun, mode: "dedupe" | "none"): Promise<Verdict> {
  let line: TcpProxy | null = null;
  const targetUrl = async (target: { readonly port: number }): Promise<string> => {
    line = await tcpProxy({ host: "127.0.0.1", port: target.port });
    return `http://127.0.0.1:${line.port}/notes`;
  };
  try {
    return await underLoad(run, { mode, targetUrl, delay: 20 }, async ({ stage, acked }) => {
      const failed = async (): Promise<number> => {
        const [row] = await stage.store.all<{ n: number }>(
          "SELECT count(*) AS n FROM attempt WHERE code IS NOT NULL",
        );
        return row?.n ?? 0;
      };
      const rounds = run.size(4, 1);
      for (let round = 0; round < rounds; round++) {
        const before = await failed();
        // New connections go dead too.
        const dead = setInterval(() => line?.hush(0), 5);
        await until(async () => (await failed()) > before, 60_000);
        clearInterval(dead);
        line?.cut();
        line?.mend();
        await acked(20);
      }
      const [longest] = await stage.store.all<{ ms: number }>(
        "SELECT max(ended_at - started_at) AS ms FROM attempt WHERE ended_at IS NOT NULL",
      );
      const codes = await stage.store.all<{ code: string; n: number }>(
        "SELECT code, count(*) AS n FROM attempt WHERE code IS NOT NULL GROUP BY code ORDER BY code",
      );
      const found = codes.map(({ code, n }) => `${code} ${n}`).join(", ");
      const wanted = mode === "none" ? "TL_IN_DOUBT" : "TL_TARGET_UNAVAILABLE";
      run.note(`${mode}: ${found}; the longest attempt took ${longest?.ms} ms`);
      return [
        check(
          `${mode}: each attempt ends within its deadline`,
          (longest?.ms ?? DEADLINE) < DEADLINE,
          `${longest?.ms} ms`,
        ),
        check(
          `${mode}: what got no answer is ${wanted}`,
          codes.some(({ code }) => code === wanted),
          found,
        ),
      ];
    });
  } finally {
    await (line as TcpProxy | null)?.close();
  }
}
