import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { explainFlow } from "../../src/config/explain.ts";
import { formatIssues } from "../../src/config/format-issues.ts";
import { inspectProject } from "../../src/config/load-project.ts";
import type { Connector } from "../../src/connector/contract.ts";
import { compileSchema } from "../../src/schema/compile.ts";
import { environment } from "./project.ts";

const ROOT = resolve(import.meta.dirname, "../..");

async function shippedConnectors(): Promise<Record<string, Connector>> {
  const folders = readdirSync(join(ROOT, "connectors"), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  const loaded = folders.map(async ({ name }): Promise<[string, Connector]> => {
    const module = (await import(join(ROOT, "connectors", name, "index.ts"))) as { default: Connector };
    return [name, module.default];
  });
  return Object.fromEntries(await Promise.all(loaded));
}

async function inspectShipped(variables: Readonly<Record<string, string>> = {}) {
  const connectors = await shippedConnectors();
  return inspectProject(ROOT, {
    ...environment(),
    variables,
    compileSchema: (text, path, read) => {
      compileSchema(text, path, read);
      return null;
    },
    catalogue: {
      connectors: Object.fromEntries(
        Object.entries(connectors).map(([name, { settings }]) => [name, { settingsSchema: settings }]),
      ),
      describe: (system, { connector, settings }) => {
        const opened = connectors[connector]?.open(settings, { system, now: () => 0 });
        const sources = Object.entries(opened?.sources ?? {}).map(([name, { kind }]) => [name, kind]);
        return { sources: Object.fromEntries(sources), sinks: Object.keys(opened?.sinks ?? {}) };
      },
    },
  });
}

describe("the shipped project", () => {
  it("loads on a machine with an empty environment, without a finding", async () => {
    const { findings, project } = await inspectShipped();
    expect(formatIssues(findings)).toBe("");
    expect(project?.settings).toMatchObject({
      data: join(ROOT, "data"),
      storage: { kind: "sqlite", folder: join(ROOT, "data") },
      listen: { host: "127.0.0.1", port: 8400 },
      auth: "token",
    });
    expect(Object.keys(project?.settings.systems ?? {})).toEqual([
      ...["erp", "mainframe", "partners", "invoicing", "bank", "pbx", "billing", "website"],
    ]);
    expect(project?.flows.length).toBeGreaterThanOrEqual(14);
  });

  it("keeps its inboxes in the data folder, wherever that is", async () => {
    const { project } = await inspectShipped({ TIELINE_DATA: "/srv/tieline" });
    const written = JSON.stringify(project?.settings.systems["erp"]?.settings);
    expect(written).toContain('"inbox":"/srv/tieline/inbox/erp"');
    expect(project?.settings.storage).toMatchObject({ folder: "/srv/tieline" });
  });

  it("can be explained, flow by flow", async () => {
    const { project } = await inspectShipped();
    for (const flow of project?.flows ?? []) expect(explainFlow(flow)).toContain("apiVersion: tieline/v1\n");
  });
});
