import type { Admission, Receipt } from "../control/engine.ts";
import { runsOf } from "../message/runs.ts";
import type { Counters } from "./counter.ts";

/** Counts what a settlement ended, by route. */
export function countEnds(
  counters: Counters,
  flow: string,
  settled: { readonly ends: readonly { readonly routes: Readonly<Record<string, string>> }[] },
): void {
  const applied = new Map<string, number>();
  let parked = 0;
  for (const [{ routes }, n] of runsOf(settled.ends)) {
    let isParked = false;
    for (const [route, outcome] of Object.entries(routes)) {
      if (outcome === "applied") applied.set(route, (applied.get(route) ?? 0) + n);
      if (outcome === "parked") isParked = true;
    }
    if (isParked) parked += n;
  }
  for (const [target, n] of applied) counters.add("delivered", { flow, target }, n);
  if (parked > 0) counters.add("parked", { flow, cause: "transform" }, parked);
}

/** What a row with several routes is counted as: the first of these that it ended as on any of them. */
const WORST = ["rejected", "parked", "waiting", "applied"];

/** Counts rows of a file, each once, by what became of it. */
export function countRows(
  counters: Counters,
  flow: string,
  settled: { readonly ends: readonly { readonly routes: Readonly<Record<string, string>> }[] },
): void {
  for (const [{ routes }, n] of runsOf(settled.ends)) {
    const outcomes = Object.values(routes);
    const result = WORST.find((one) => outcomes.includes(one)) ?? outcomes[0];
    if (result !== undefined) counters.add("file_rows", { flow, result }, n);
  }
}

/** Counts what a flow's source gave and what had come before. */
export function countReceipts(counters: Counters, flow: string, receipts: readonly Receipt[]): void {
  let duplicates = 0;
  for (const receipt of receipts) if ("id" in receipt && receipt.duplicate) duplicates += 1;
  counters.add("accepted", { flow }, receipts.length - duplicates);
  counters.add("duplicates", { flow }, duplicates);
}

/** Counts what was accepted and what had come before. */
export function countAdmitted(
  counters: Counters,
  items: readonly Admission[],
  receipts: readonly Receipt[],
  name: (flow: number) => string,
): void {
  const accepted = new Map<number, number>();
  const duplicates = new Map<number, number>();
  for (const [index, receipt] of receipts.entries()) {
    if (!("id" in receipt)) continue;
    const flow = items[index]?.flow ?? 0;
    const counts = receipt.duplicate ? duplicates : accepted;
    counts.set(flow, (counts.get(flow) ?? 0) + 1);
  }
  for (const [flow, n] of accepted) counters.add("accepted", { flow: name(flow) }, n);
  for (const [flow, n] of duplicates) counters.add("duplicates", { flow: name(flow) }, n);
}
