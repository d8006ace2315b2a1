import { execFileSync } from "node:child_process";
import { HubError, webhook } from "tieline/connector";
import { describe, expect, it } from "vitest";
import { HubError as OwnHubError } from "../../src/errors.ts";

const root = new URL("../../", import.meta.url).pathname;

describe("tieline/connector", () => {
  it("is the hub's own code under vitest, so that errors are recognised", () => {
    expect(HubError).toBe(OwnHubError);
    expect(typeof webhook).toBe("function");
  });

  it("resolves to the sources under tsx", () => {
    const script = `
      const { loadConnectors } = await import("./src/connector/registry.ts");
      const { HubError } = await import("./src/errors.ts");
      const sdk = await import("tieline/connector");
      console.log(JSON.stringify([Object.keys(await loadConnectors()).includes("erp"), sdk.HubError === HubError]));`;
    const options = ["--conditions=development", "--import", "tsx", "--input-type=module", "--eval", script];
    expect(JSON.parse(execFileSync(process.execPath, options, { cwd: root, encoding: "utf8" }))).toEqual([
      true,
      true,
    ]);
  });
});
