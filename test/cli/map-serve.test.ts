import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Ports } from "../../src/cli/ports.ts";
import { project, run } from "./support.ts";

type Served = Parameters<Ports["serveMapping"]>[0];

/** Runs the command with a page that is there at once, and ends it. */
async function served(
  line: readonly string[],
  cwd: string,
): Promise<{ out: string; err: string; asked: Served[]; closed: number }> {
  const asked: Served[] = [];
  const stop = new AbortController();
  let closed = 0;
  const serveMapping: Ports["serveMapping"] = async (options) => {
    asked.push(options);
    setTimeout(() => stop.abort(), 0);
    return { url: "http://127.0.0.1:1/#k", close: async () => void closed++ };
  };
  const { out, err } = await run(["map", "serve", ...line], {
    cwd,
    stop: stop.signal,
    ports: { serveMapping },
  });
  return { out, err, asked, closed };
}

describe("tieline map serve", () => {
  const mapping = "mappings/orders/order.jsonata";

  it("opens a mapping with the schemas of its flow and its cases as samples", async () => {
    const cwd = await project();
    const { out, asked, closed } = await served([mapping], cwd);
    expect(out).toContain("mappings/orders/order.jsonata  the mapping of orders\nhttp://127.0.0.1:1/#k");
    expect(asked).toMatchObject([
      { file: join(cwd, mapping), contract: { accepts: "schemas/order.schema.json", map: mapping } },
    ]);
    expect(asked[0]?.samples.map(({ name }) => name)).toEqual(["a large order"]);
    expect(closed).toBe(1);
  });

  it("begins with the sample that is named", async () => {
    const cwd = await project({ "s.json": '{ "id": "9" }' });
    const { asked } = await served([mapping, "-i", "s.json"], cwd);
    expect(asked[0]?.samples[0]).toEqual({ name: "s.json", text: '{ "id": "9" }', lookups: null });
  });

  it("a mapping of no flow is opened without schemas", async () => {
    const cwd = await project({ "own.jsonata": "$" });
    const { out, asked } = await served(["own.jsonata", "--json"], cwd);
    expect(JSON.parse(out)).toEqual({ url: "http://127.0.0.1:1/#k" });
    expect(asked[0]?.contract).toMatchObject({ accepts: null, emits: null });
  });

  it("takes along what the look-ups of a case get", async () => {
    const lookups = { xref: { erp: { "1": "c-1" } }, customer: {} };
    const one = JSON.stringify({ name: "known", in: { id: "1" }, out: {}, lookups });
    const { asked } = await served([mapping], await project({ "mappings/orders/cases/known.json": one }));
    expect(asked[0]?.samples).toContainEqual(expect.objectContaining({ name: "known", lookups }));
  });

  it("what is no mapping, or is not there, is told", async () => {
    const cwd = await project({ "bad.json": "{" });
    expect((await served(["tieline.yaml"], cwd)).err).toContain("is no mapping");
    expect((await served(["gone.jsonata"], cwd)).err).toContain("gone.jsonata");
    expect((await served([mapping, "-i", "bad.json"], cwd)).err).toMatch(/where {2}bad\.json:1:2/);
  });
});
