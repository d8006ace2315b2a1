import { type DoctorFinding, failed, ok, warn } from "../doctor/finding.ts";
import { type FlowLook, flowFindings } from "../doctor/flow.ts";
import { runningFinding, workFindings } from "../doctor/hub.ts";
import { type RetentionLook, retentionFindings } from "../doctor/retention.ts";
import type { FlowState, HubState, Items } from "./api-shape.ts";
import type { HubClient } from "./client.ts";
import { parseMetrics, type Sample } from "./metric-text.ts";
import { programVersion } from "./version.ts";

/** Further apart, times in lists and logs mislead whoever compares them; milliseconds. */
const CLOCK_OFFSET_MS = 2_000;

/** A hub that answers: what it says of itself, its clock, and each flow that needs a person. */
export async function runningFindings(hub: HubClient, now: () => number): Promise<readonly DoctorFinding[]> {
  const asked = now();
  const status = await hub.get<HubState & { readonly at: string }>("/status");
  const { items: flows } = await hub.get<Items<FlowState>>("/flows");
  const samples = parseMetrics(await hub.metrics());
  return [
    runningFinding(status.backlog, ` at ${hub.url}`),
    versionFinding(status.version),
    offsetFinding(Date.parse(status.at) - (asked + now()) / 2),
    ...workFindings(status),
    ...flows.flatMap((flow) => flowFindings(lookAt(flow, samples))),
    ...(await forgettingFindings(hub, now)),
  ];
}

async function forgettingFindings(hub: HubClient, now: () => number): Promise<readonly DoctorFinding[]> {
  try {
    return retentionFindings(await hub.get<RetentionLook>("/retention"), now());
  } catch (error) {
    return [failed("retention", error)];
  }
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

/** As the metrics tell of it. */
function lookAt(flow: FlowState, samples: readonly Sample[]): FlowLook {
  const oldest = Math.max(
    sum(samples, ["tieline_oldest_message_age_seconds"], flow.name),
    ...samples
      .filter((one) => isOf(one, "tieline_oldest_delivery_age_seconds", flow.name))
      .map(({ value }) => value),
  );
  const parked = sum(samples, ["tieline_parked_messages", "tieline_parked_deliveries"], flow.name);
  return { ...flow, parked, waits: oldest * 1000 };
}

function isOf(sample: Sample, name: string, flow: string): boolean {
  return sample.name === name && sample.labels["flow"] === flow;
}

function sum(samples: readonly Sample[], names: readonly string[], flow: string): number {
  return samples
    .filter((sample) => names.some((name) => isOf(sample, name, flow)))
    .reduce((total, { value }) => total + value, 0);
}
