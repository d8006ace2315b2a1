import { type Check, check } from "../faults/fault.ts";
import { type Allowance, judgeFlat } from "../soak/flatness.ts";
import type { Lived, Sample } from "./live.ts";

/** In less time the heap of a young page still grows, and what grows is no leak. */
const LEAST_SECONDS = 120;
/** The share of the time that is left out of the judgement: code is compiled, caches fill. */
const WARM_UP = 1 / 3;

type Quantity = "heap" | "nodes" | "listeners";

/** How much each may grow from the first to the last sample that is judged, by the line through them. */
const ALLOWED: Readonly<Record<Quantity, Allowance & { readonly unit: string }>> = {
  heap: { share: 0.05, least: 1, unit: "MiB" },
  nodes: { share: 0.05, least: 100, unit: "" },
  listeners: { share: 0.05, least: 20, unit: "" },
};

/** The numbers on the screens against those of the store, and what the pages took. */
export function describeLive(lived: Lived): { readonly text: string; readonly checks: readonly Check[] } {
  const { seconds, load, shown, stored, samples, faults } = lived;
  const checks = [
    ...Object.entries(stored).map(([name, n]) =>
      check(name, shown[name] === n, `screen ${shown[name]}, store ${n}`),
    ),
    check("all that was sent is there", stored["received"] === load.sent, `${load.sent} sent`),
    check("what was bad is parked", stored["errored"] === load.bad, `${load.bad} bad`),
    check("the browser refused nothing", faults.length === 0, faults.join("; ") || "nothing"),
    ...(["overview", "errors"] as const).flatMap((screen) =>
      judged(
        screen,
        samples.filter((one) => one.screen === screen),
        seconds,
      ),
    ),
  ];
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = [
    `${load.sent} messages in ${seconds} s, ${load.bad} of them bad, while Overview and Errors were open`,
    seconds >= LEAST_SECONDS
      ? `memory after collected garbage, without the first third, by the line of Theil and Sen`
      : `less than ${LEAST_SECONDS / 60} minutes tell nothing about growth: the numbers alone are judged`,
    "",
    ...checks.map(({ name, ok, found }) => `${ok ? "ok  " : "FAIL"} ${name.padEnd(width)}  ${found}`),
  ];
  return { text: lines.join("\n"), checks };
}

function judged(screen: string, samples: readonly Sample[], seconds: number): readonly Check[] {
  const late = samples.filter((one) => one.seconds >= seconds * WARM_UP);
  return (["heap", "nodes", "listeners"] as const).map((name) => {
    const { unit, ...allowance } = ALLOWED[name];
    const series = { at: late.map((one) => one.seconds), values: late.map((one) => one[name]) };
    const { median, most, growth, allowed, flat } = judgeFlat(series, allowance);
    const [middle, top, grown, may] = [median, most, growth, allowed].map((n) => Number(n.toPrecision(4)));
    return check(
      `${screen}: ${name}`,
      flat || seconds < LEAST_SECONDS,
      `${middle} ${unit} in the middle, ${top} at most, ${grown} grown, ${may} allowed`,
    );
  });
}
