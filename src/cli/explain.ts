import type { Command } from "commander";
import { explainFlow, explainFlowJson } from "../config/explain.ts";
import { loadFlows } from "./project-files.ts";
import { addCommand, type CommonOptions, print, projectFolder, type Session } from "./session.ts";

export function addExplain(program: Command, session: Session): void {
  addCommand(
    program,
    "explain <flow>",
    "Show a flow as the hub understands it, with every default filled in",
    ["tieline explain erp-customers"],
  ).action(async (name: string, options: CommonOptions) => {
    const [flow] = await loadFlows(projectFolder(session, options), session.terminal.env, [name]);
    if (flow === undefined) return;
    print(session, options, explainFlowJson(flow), () => explainFlow(flow).trimEnd());
  });
}
