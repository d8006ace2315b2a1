import type { Command } from "commander";
import { hubPlace } from "../config/hub-place.ts";
import { describeStorage } from "../config/storage.ts";
import { dataFindings, tokenFindings } from "../doctor/data.ts";
import { type DoctorFinding, ok } from "../doctor/finding.ts";
import { clockFindings, nodeFindings } from "../doctor/machine.ts";
import { dispatchFindings } from "./doctor-dispatch.ts";
import { hubFindings } from "./doctor-hub.ts";
import { projectFindings } from "./doctor-project.ts";
import { addRemote, print, projectFolder, type RemoteOptions, type Session } from "./session.ts";
import { paint, printable, type Terminal } from "./terminal.ts";

export function addDoctor(program: Command, session: Session): void {
  addRemote(program, "doctor", "Look at everything the hub depends on; changes nothing", [
    "tieline doctor",
    "tieline doctor --json",
  ]).action(async (options: RemoteOptions) => {
    const { terminal } = session;
    const dir = projectFolder(session, options);
    const place = await hubPlace(dir, terminal.env);
    const findings = [
      ...nodeFindings(process.versions.node),
      ...(await projectFindings(dir, terminal.env)),
      ...(await dataFindings(place.data)),
      ok("storage", describeStorage(place.storage)),
      ...(await dispatchFindings(session, place.dispatch)),
      ...(await tokenFindings(place.data)),
      ...(await clockFindings(place.data, terminal.now)),
      ...(await hubFindings(session, options, place)),
    ];
    const bad = findings.filter((finding) => finding.level === "bad").length;
    if (bad > 0) session.exitCode = 1;
    print(session, options, { ok: bad === 0, findings }, () =>
      findings.map((finding) => line(terminal, finding)).join("\n"),
    );
  });
}

function line(terminal: Terminal, { level, what, found, cure }: DoctorFinding): string {
  const mark =
    level === "ok"
      ? paint(terminal, "green", "✓")
      : level === "bad"
        ? paint(terminal, "red", "✗")
        : paint(terminal, "yellow", "!");
  const text = `${mark} ${what.padEnd(14)} ${printable(found)}`;
  return cure === undefined
    ? text
    : `${text}\n  ${" ".repeat(14)} ${paint(terminal, "dim", printable(cure))}`;
}
