import { showCount } from "../message/units.ts";
import { bad, type DoctorFinding, ok } from "./finding.ts";

/** Of a hub's state what tells whether it works and accepts. */
export interface HubLook {
  readonly lanes: number;
  readonly duty: boolean;
  readonly diskLow: boolean;
  readonly backlogFull: boolean;
}

export function workFindings({ lanes, duty, diskLow, backlogFull }: HubLook): readonly DoctorFinding[] {
  return [
    ok("work", `this process has ${lanes} of 256 lanes${duty ? ", and the files and slots" : ""}`),
    ...(diskLow
      ? [bad("hub", "accepts nothing: the disk is nearly full", "Free space; it goes on by itself.")]
      : []),
    ...(backlogFull
      ? [bad("hub", "accepts nothing: too much waits", "Look why with `tieline flows ls`.")]
      : []),
  ];
}

export function runningFinding(backlog: number, where: string): DoctorFinding {
  return ok("hub", `running${where}, ${showCount(backlog)} messages open`);
}
