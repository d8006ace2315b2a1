import { describe, expect, it } from "vitest";
import { describeConnector } from "../../test/conformance/connector.ts";
import erp from "./index.ts";

describeConnector("erp", erp, {
  settings: ({ inbox }) => ({
    files: {
      "customer-files": { inbox: inbox("customer-files"), pattern: "KUNDEN_*.csv", stable: 10 },
      "order-files": {
        inbox: inbox("order-files"),
        pattern: "ORDERS*.xml",
        stable: 10,
        order: "mtime" as const,
      },
    },
  }),
  wrongSettings: [
    {},
    { files: { a: { inbox: "/in" } } },
    { files: { a: { inbox: "/in", pattern: "*", dones: ".ok" } } },
  ],
  files: {
    "customer-files": { name: "KUNDEN_1.csv", content: "KUNNR;NAME\n1;Müller\n" },
    "order-files": { name: "ORDERS-1.xml", content: "<orders/>\n" },
  },
});

const context = { system: "erp", now: () => 0 };

describe("two sources of an ERP", () => {
  it("may share an inbox, but not the same files", () => {
    const a = { inbox: "/srv/erp", pattern: "A*.csv" };
    expect(Object.keys(erp.open({ files: { a, b: { ...a, pattern: "B*.csv" } } }, context).sources)).toEqual([
      "a",
      "b",
    ]);
    expect(() => erp.open({ files: { a, b: { ...a, inbox: "/srv/erp/" } } }, context)).toThrow(
      "take the same files",
    );
  });

  it("are checked, and the missing inbox is named", async () => {
    const system = erp.open({ files: { a: { inbox: "/no/such/folder", pattern: "*" } } }, context);
    await expect(system.check()).rejects.toThrow("/no/such/folder: does not exist");
  });
});
