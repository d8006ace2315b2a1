import { expect, it } from "vitest";
import { folderWith, run } from "./support.ts";

const FLOW = (routes: string, map: string): Readonly<Record<string, string>> => ({
  "mappings/orders/flow.yaml": `apiVersion: tieline/v1
source: { system: shop, read: orders, format: json }
key: number
map: order.jsonata
routes: [${routes}]
`,
  "mappings/orders/order.jsonata": map,
  "orders.json": JSON.stringify([{ number: "4711" }, { number: "Ж" }]),
});
const SYSTEMS = `apiVersion: tieline/v1
systems:
  shop: { connector: erp, settings: { files: { orders: { inbox: ./in, pattern: "*.json" } } } }
  erp:
    connector: erp
    settings:
      write:
        edifact:
          folder: ./out
          name: "{sequence}-{id}.edi"
          format:
            edifact:
              newline: lf
              interchange: { sender: HUB, recipient: ACME }
              message: { type: ORDERS, version: D, release: 96A, agency: UN }
        x12:
          folder: ./out
          name: "{id}.x12"
          format:
            x12:
              interchange: { sender: HUB, recipient: ACME, securityQualifier: "01", security: "\${env:ISA_PASSWORD}" }
              group: { type: PO, version: "004010" }
              message: { type: "850" }
        cobol: { folder: ./out, name: "{id}.dat", format: { cobol: { copybook: order.cpy } } }
`;
const SEGMENTS = `{ "segments": [{ "tag": "BGM", "e1": "220", "e2": number }] }`;
const collected = `{ to: erp.edifact, collect: { until: "0 2 * * *", zone: UTC } }`;

it("try shows the file that would be written of a record, or why there is none", async () => {
  const cwd = await folderWith({
    "tieline.yaml": SYSTEMS,
    "order.cpy": "01 R. 05 A PIC X.",
    ...FLOW("{ to: erp.edifact }", SEGMENTS),
  });
  const env = { ISA_PASSWORD: "canary-9" };
  const { out } = await run(["try", "orders", "orders.json"], { cwd, env });
  expect(out).toContain("erp.edifact would write 000000000001-try-1.edi");
  expect(out).toMatch(/^ {6}UNB\+UNOC:3\+HUB\+ACME\+\d{6}:\d{4}\+1'$/m);
  expect(out).toContain("\n      BGM+220+4711'\n");
  expect(out).toContain(
    "erp.edifact would refuse it: record 1 has a value whose character 1 is none of UNOC: /segments/0/e2",
  );
  expect(out).toContain("2 records: 2 mapped, 0 failed. Nothing was stored or sent.");
});

it("try shows what would be part of a file of many, bytes that are no text, and no password", async () => {
  const map = `{ "segments": [{ "tag": "BEG", "e1": "00" }] }`;
  const files = { "tieline.yaml": SYSTEMS, "order.cpy": "01 R. 05 A PIC X(2). 05 N PIC 9(3) COMP-3." };
  const cwd = await folderWith({ ...files, ...FLOW(`${collected}, { to: erp.x12 }`, map) });
  const env = { ISA_PASSWORD: "canary-9" };
  const { out } = await run(["try", "orders", "orders.json", "--row", "1"], { cwd, env });
  expect(out).toContain("erp.edifact would write, among others");
  expect(out).toContain("*01*SECRET    *");
  expect(out).not.toContain("canary");
  const other = await folderWith({ ...files, ...FLOW("{ to: erp.cobol }", `{ "A": "ab", "N": 12 }`) });
  const json = (
    await run(["try", "orders", "orders.json", "--row", "1", "--json"], { cwd: other, env })
  ).json();
  expect(json).toMatchObject({
    records: [{ written: [{ to: "erp.cobol", name: "try-1.dat", content: "8182012f" }] }],
  });
  const without = await run(["try", "orders", "orders.json", "--row", "1"], { cwd });
  expect(without.code).toBe(0);
  expect(without.out).not.toContain("would write");
});
