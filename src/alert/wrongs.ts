import type { AlertRule } from "../config/hub-settings.ts";
import type { EngineStatus, FlowStatus } from "../control/engine.ts";
import type { Traffic } from "../store/queries.ts";
import type { Look } from "./look.ts";

/** What is wrong by a rule now. */
export interface Wrong {
  /** A flow, a route, a system, or `hub`. */
  readonly subject: string;
  /** In words, without payload. */
  readonly detail: string;
}

type Judge = (rule: AlertRule, look: Look) => readonly Wrong[] | Promise<readonly Wrong[]>;

/** Whether what waits there waits for its slot, and not for a system that does not take it. */
function gathers({ flows }: EngineStatus, name: string, to: string | null): boolean {
  const route = flows.find((flow) => flow.name === name)?.routes.find((one) => one.to === to);
  return route?.collects === true && route.waitingUntil === null;
}

/** All that is wrong by a rule. */
export async function wrongsOf(rule: AlertRule, look: Look): Promise<readonly Wrong[]> {
  return JUDGES[rule.when](rule, look);
}

const JUDGES: Readonly<Record<AlertRule["when"], Judge>> = {
  async silence({ flow, for: lasts }, look) {
    if (flow === null) return [];
    const came = (await look.traffic(lasts)).some(
      (one) => one.flow === flow && (one.outcome === "accepted" || one.outcome === "duplicate"),
    );
    return came ? [] : [{ subject: flow, detail: `no message came for ${inWords(lasts)}` }];
  },

  age: (rule, { now, pending, status }) =>
    pending
      .filter(({ flow, oldest }) => isOf(rule, flow) && oldest !== null && now - oldest > rule.for)
      .filter(({ flow, to }) => !gathers(status, flow, to))
      .map(({ flow, to, oldest }) => ({
        subject: to === null ? flow : `${flow} to ${to}`,
        detail: `the oldest that waits has waited ${inWords(now - (oldest ?? now))}`,
      })),

  backlog: (rule, look) =>
    flowsOf(rule, look)
      .filter(({ open }) => open > rule.above)
      .map(({ name, open }) => ({ subject: name, detail: `${open} wait` })),

  parked: (rule, { pending }) =>
    pending
      .filter(({ flow, unmuted }) => isOf(rule, flow) && unmuted > rule.above)
      .map(({ flow, to, unmuted }) => ({
        subject: to === null ? flow : `${flow} to ${to}`,
        detail: `${unmuted} parked: they wait for a person`,
      })),

  async "error-rate"(rule, look) {
    const traffic = await look.traffic(rule.for);
    return flowsOf(rule, look).flatMap(({ name }) => tooManyErrors(rule, name, traffic));
  },

  stopped: (rule, look) =>
    flowsOf(rule, look).flatMap(({ name, routes }) =>
      routes
        .filter(({ stopped }) => stopped !== null)
        .map(({ to, open }) => ({
          subject: `${name} to ${to}`,
          detail: `the route is stopped, ${open} wait for a person to mend the access`,
        })),
    ),

  async "slot-missed"(rule, look) {
    const wrongs: Wrong[] = [];
    for (const { name, nextSlot } of flowsOf(rule, look)) {
      const last = nextSlot === null ? undefined : await look.lastSlot(name);
      if (last?.state !== "failed" && last?.state !== "skipped") continue;
      const when = new Date(last.at).toISOString();
      const what = last.state === "failed" ? "failed" : "did not happen, since no hub was there";
      wrongs.push({ subject: name, detail: `the run planned for ${when} ${what}` });
    }
    return wrongs;
  },

  breaker: ({ system }, { status }) =>
    Object.entries(status.gates ?? {})
      .filter(([name, gate]) => (system === null || system === name) && gate.breaker === "open")
      .map(([name, gate]) => ({
        subject: name,
        detail: `it failed ${gate.failures} times in a row and is left alone`,
      })),

  disk: (_rule, { status }) =>
    status.diskLow
      ? [
          {
            subject: "hub",
            detail: `${Math.floor(status.diskFree / 1024 ** 2)} MiB are free: nothing is accepted`,
          },
        ]
      : [],
};

function tooManyErrors({ above, for: lasts }: AlertRule, flow: string, traffic: readonly Traffic[]): Wrong[] {
  let ended = 0;
  let failed = 0;
  for (const one of traffic) {
    if (one.flow !== flow || NOT_AN_END.has(one.outcome)) continue;
    ended += one.n;
    if (one.outcome === "parked" || one.outcome === "rejected") failed += one.n;
  }
  if (failed <= 0 || failed / ended <= above) return [];
  const share = Math.round((1000 * failed) / ended) / 10;
  return [{ subject: flow, detail: `${failed} of ${ended} (${share} %) failed in ${inWords(lasts)}` }];
}

const NOT_AN_END: ReadonlySet<string> = new Set(["accepted", "duplicate", "refused"]);

function flowsOf(rule: AlertRule, { status }: Look): readonly FlowStatus[] {
  return status.flows.filter(({ name }) => isOf(rule, name));
}

function isOf({ flow }: AlertRule, name: string): boolean {
  return flow === null || flow === name;
}

function inWords(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 90) return `${minutes} min`;
  return minutes < 36 * 60 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} d`;
}
