import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { expressionModes } from "../config/expression-modes.ts";
import { hubPlace } from "../config/hub-place.ts";
import { keepFlows } from "../config/kept-project.ts";
import { compileFlow } from "../flow/compile.ts";
import { keepCompiledIn } from "../kept/store.ts";
import { plural } from "../message/units.ts";
import { flowsOf, inspect } from "./project-files.ts";
import { addCommand, type CommonOptions, print, projectFolder, type Session } from "./session.ts";

export function addCompile(program: Command, session: Session): void {
  addCommand(
    program,
    "compile",
    "Compile the mappings and schemas of all flows ahead of the start, as module files in the data folder",
    ["tieline compile", "tieline compile && tieline start"],
  ).action(async (options: CommonOptions) => {
    const dir = projectFolder(session, options);
    const { data } = await hubPlace(dir, session.terminal.env);
    const folder = join(data, "compiled");
    mkdirSync(data, { recursive: true, mode: 0o700 });
    keepCompiledIn(folder);
    const inspection = await inspect(dir, session.terminal.env);
    const flows = flowsOf(inspection, []);
    for (const flow of flows) compileFlow(flow);
    keepFlows(inspection.settings, inspection);
    const modes = flows.map((flow) => ({ flow: flow.name, expressions: expressionModes(flow) }));
    const count = modes.reduce((sum, { expressions }) => sum + Object.keys(expressions).length, 0);
    print(session, options, { folder, flows: modes }, () => {
      return `${plural(count, "expression")} of ${plural(flows.length, "flow")} compiled into ${folder}`;
    });
  });
}
