import type { FlowState, HubState, Items } from "./api-shape.ts";
import type { HubClient } from "./client.ts";
import { bad, type DoctorFinding, ok, warn } from "./doctor-finding.ts";
import { parseMetrics, type Sample } from "./metric-text.ts";
import { plural, showCount, showDuration } from "./units.ts";
import { programVersion } from "./version.ts";

/** Further apart, times in lists and logs mislead whoever compares them; milliseconds. */
const CLOCK_OFFSET_MS = 2_000;
/** What waits for longer is late; seconds. */
const LATE_S = 300;

/** A hub that answers: what it says of itself, its clock, and each flow that needs a person. */
export async function runningFindings(hub: HubClient, now: () => number): Promise<readonly DoctorFinding[]> {
  const asked = now();
  const status = await hub.get<HubState & { readonly at: string }>("/status");
  const { items: flows } = await hub.get<Items<FlowState>>("/flows");
  const samples = parseMetrics(await hub.metrics());
  return [
    ok("hub", `running at ${hub.url}, ${showCount(status.backlog)} messages open`),
    versionFinding(status.version),
    offsetFinding(Date.parse(status.at) - (asked + now()) / 2),
    ok("work", workText(status)),
    ...admissionFindings(status),
    ...flows.flatMap((flow) => flowFindings(flow, samples)),
  ];
}

function versionFinding(running: string): DoctorFinding {
  const own = programVersion();
  return running === own
    ? ok("version", running)
    : warn(
        "version",
        `the hub runs ${running}, this program is ${own}`,
        "Start the hub again, or use its own program.",
      );
}

/** The status is pushed a few times a second, so its time is a little behind. */
function offsetFinding(milliseconds: number): DoctorFinding {
  const found = `hub and this machine ${Math.abs(Math.round(milliseconds))} ms apart`;
  return Math.abs(milliseconds) <= CLOCK_OFFSET_MS
    ? ok("clock", found)
    : warn("clock", found, "Synchronise the clocks (NTP): signatures and schedules go by the hub's.");
}

function workText({ lanes, duty }: HubState): string {
  return `this process has ${lanes} of 256 lanes${duty ? ", and the files and slots" : ""}`;
}

function admissionFindings({ diskLow, backlogFull }: HubState): readonly DoctorFinding[] {
  return [
    ...(diskLow
      ? [bad("hub", "accepts nothing: the disk is nearly full", "Free space; it goes on by itself.")]
      : []),
    ...(backlogFull
      ? [bad("hub", "accepts nothing: too much waits", "Look why with `tieline flows ls`.")]
      : []),
  ];
}

function flowFindings(flow: FlowState, samples: readonly Sample[]): readonly DoctorFinding[] {
  const { name } = flow;
  const findings: DoctorFinding[] = [];
  if (flow.problem !== null)
    findings.push(bad("flow", `${name}: ${flow.problem}`, "`tieline check` shows the places."));
  for (const { to, stopped } of flow.routes)
    if (stopped !== null)
      findings.push(
        bad("route", `${name} to ${to}: ${stopped}`, `tieline flows resume ${name} --route ${to}`),
      );
  if (!flow.accepting || !flow.running)
    findings.push(warn("flow", `${name} is paused`, `tieline flows resume ${name}`));
  const parked = sum(samples, ["tieline_parked_messages", "tieline_parked_deliveries"], name);
  if (parked > 0)
    findings.push(
      warn(
        "flow",
        `${name}: ${plural(parked, "item")} parked`,
        `tieline messages ls --flow ${name} --state parked`,
      ),
    );
  const oldest = Math.max(
    sum(samples, ["tieline_oldest_message_age_seconds"], name),
    ...samples
      .filter((one) => isOf(one, "tieline_oldest_delivery_age_seconds", name))
      .map(({ value }) => value),
  );
  if (oldest > LATE_S)
    findings.push(
      warn(
        "flow",
        `${name}: something waits for ${showDuration(oldest * 1000)}`,
        `tieline flows show ${name}`,
      ),
    );
  return findings;
}

function isOf(sample: Sample, name: string, flow: string): boolean {
  return sample.name === name && sample.labels["flow"] === flow;
}

function sum(samples: readonly Sample[], names: readonly string[], flow: string): number {
  return samples
    .filter((sample) => names.some((name) => isOf(sample, name, flow)))
    .reduce((total, { value }) => total + value, 0);
}
