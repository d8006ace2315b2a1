import type { Command } from "commander";
import { formatIssues } from "../config/format-issues.ts";
import { plural } from "../message/units.ts";
import { inspect } from "./project-files.ts";
import { addCommand, type CommonOptions, print, projectFolder, type Session } from "./session.ts";
import { paint, printable } from "./terminal.ts";

export function addCheck(program: Command, session: Session): void {
  addCommand(program, "check", "Read all files of the project and list everything that is wrong with them", [
    "tieline check",
    "tieline check --dir /etc/tieline --json",
  ]).action(async (options: CommonOptions) => {
    const { terminal } = session;
    const { project, findings } = await inspect(projectFolder(session, options), terminal.env);
    if (project === null) session.exitCode = 1;
    const flows = project?.flows.map((flow) => flow.name) ?? [];
    print(session, options, { ok: project !== null, flows, findings }, () => {
      const text = formatIssues(findings).split("\n").map(printable).join("\n").trimEnd();
      const fine =
        project === null ? [] : [`${paint(terminal, "green", "✓")} ${plural(flows.length, "flow")} ready`];
      return [...(text === "" ? [] : [text, ""]), ...fine].join("\n").trimEnd();
    });
  });
}
