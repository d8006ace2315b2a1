import { plural, showDuration } from "../message/units.ts";
import { bad, type DoctorFinding, warn } from "./finding.ts";

/** What waits for longer is late; milliseconds. */
const LATE_MS = 300_000;

/** A flow as its hub tells of it. */
export interface FlowLook {
  readonly name: string;
  readonly problem: string | null;
  readonly routes: readonly { readonly to: string; readonly stopped: string | null }[];
  readonly accepting: boolean;
  readonly running: boolean;
  /** Messages and deliveries that wait for a person. */
  readonly parked: number;
  /** How long the oldest that is to be worked on waits; milliseconds. */
  readonly waits: number;
}

/** What of a flow needs a person; nothing where none of it does. */
export function flowFindings(flow: FlowLook): readonly DoctorFinding[] {
  const { name, problem, routes, accepting, running, parked, waits } = flow;
  const findings: DoctorFinding[] = [];
  if (problem !== null)
    findings.push(bad("flow", `${name}: ${problem}`, "`tieline check` shows the places."));
  for (const { to, stopped } of routes)
    if (stopped !== null)
      findings.push(
        bad("route", `${name} to ${to}: ${stopped}`, `tieline flows resume ${name} --route ${to}`),
      );
  if (!accepting || !running)
    findings.push(warn("flow", `${name} is paused`, `tieline flows resume ${name}`));
  if (parked > 0)
    findings.push(
      warn(
        "flow",
        `${name}: ${plural(parked, "item")} parked`,
        `tieline messages ls --flow ${name} --state parked`,
      ),
    );
  if (waits > LATE_MS)
    findings.push(
      warn("flow", `${name}: something waits for ${showDuration(waits)}`, `tieline flows show ${name}`),
    );
  return findings;
}
