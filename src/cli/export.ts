import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Argument, type Command } from "commander";
import { packageRoot } from "../config/package-root.ts";
import { dashboard } from "../deploy/dashboard.ts";
import { addCommand, type CommonOptions, jsonText, print, type Session } from "./session.ts";

/** By name: the text of what people who run a hub give to other programs. */
const EXPORTS: Readonly<Record<string, () => string>> = {
  dashboard: () => jsonText(dashboard()),
  alerts: () => shipped("alerts.yaml"),
  compose: () => shipped("compose.yaml"),
  kubernetes: () => shipped("kubernetes.yaml"),
  "kubernetes-workers": () => shipped("kubernetes-workers.yaml"),
  systemd: () => shipped("tieline.service"),
};

export function addExport(program: Command, session: Session): void {
  addCommand(program, "export", "Print what other programs need to run and watch a hub", [
    "tieline export dashboard > tieline.json     # import it in Grafana",
    "tieline export systemd > /etc/systemd/system/tieline.service",
    "tieline export alerts > tieline.rules.yaml  # rule_files of Prometheus",
  ])
    .addArgument(new Argument("<what>", "what to print").choices(Object.keys(EXPORTS)))
    .action((what: string, options: CommonOptions) => {
      const text = EXPORTS[what]?.() ?? "";
      print(session, options, { what, text }, () => text.trimEnd());
    });
}

function shipped(name: string): string {
  return readFileSync(join(packageRoot(), "src", "deploy", name), "utf8");
}
