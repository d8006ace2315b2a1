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
    { server: { url: "https://erp.example.com" } },
    { server: { url: "sftp://hub@erp.example.com", fingerprints: ["MD5:00"] } },
    { remote: { a: { folder: "out\r\nDELE x", pattern: "*" } } },
  ],
  files: {
    "customer-files": { name: "KUNDEN_1.csv", content: "KUNNR;NAME\n1;Müller\n" },
    "order-files": { name: "ORDERS-1.xml", content: "<orders/>\n" },
  },
});

describe.each(["sftp", "ftp"])("an ERP behind %s", (protocol) => {
  describeConnector("erp", erp, {
    settings: () => ({
      server: {
        url: `${protocol}://hub@127.0.0.1:1`,
        password: "secret",
        ...(protocol === "sftp" ? { fingerprints: [`SHA256:${"A".repeat(43)}`] } : {}),
      },
      remote: { orders: { folder: "out", pattern: "ORDERS*.csv" } },
      write: {
        answers: { folder: "in", name: "ANSWER-{sequence}-{id}.csv", format: { csv: { columns: ["id"] } } },
      },
    }),
    wrongSettings: [{ server: { url: `${protocol}://hub@127.0.0.1:1` }, write: { answers: {} } }],
    remotes: ["orders"],
    deadSinks: { answers: { id: "x" } },
    unreachable: "TL_SOURCE_UNAVAILABLE",
  });
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

describe("a server of an ERP", () => {
  const fingerprints = [`SHA256:${"A".repeat(43)}`];
  const open = (server: object, remote: object = {}) =>
    erp.open({ server: server as never, remote: remote as never }, context);

  it("is known by its host key, and asked for no password in its address", () => {
    const url = "sftp://hub@erp.example.com";
    expect(() => open({ url, password: "x" })).toThrow("needs the `fingerprints`");
    expect(() => open({ url, fingerprints })).toThrow("a `password` or a `key`");
    expect(() => open({ url: "sftp://hub:x@erp.example.com", fingerprints })).toThrow(
      "must not hold a password",
    );
    expect(() => open({ url: "sftp://erp.example.com", fingerprints, password: "x" })).toThrow(
      "name user and host",
    );
    expect(() => open({ url: `${url}/out`, fingerprints, password: "x" })).toThrow("must not name a folder");
    expect(() => open({ url: "ftp://hub@erp.example.com", fingerprints, password: "x" })).toThrow(
      "belong to SFTP",
    );
    expect(() => open({ url: "ftps://hub@erp.example.com", password: "x", tls: "none" })).toThrow(
      "is encrypted",
    );
    expect(() => open({ url: "ftp://hub@erp.example.com" })).toThrow("needs a `password`");
  });

  it("has its folders beside those of this machine, each under a name of its own", () => {
    const server = { url: "sftp://hub@erp.example.com", fingerprints, password: "x" };
    const out = { folder: "out", pattern: "*.csv" };
    expect(Object.keys(open(server, { a: out, b: { ...out, pattern: "*.xml" } }).sources)).toEqual([
      "a",
      "b",
    ]);
    expect(() => open(server, { a: out, b: out })).toThrow("take the same files");
    const files = { a: { inbox: "/in", pattern: "*" } };
    expect(() => erp.open({ files, server, remote: { a: out } }, context)).toThrow("both have a");
    expect(() => erp.open({ files, remote: { b: out } }, context)).toThrow("needs a `server`");
  });

  it("that nobody answers for is told as down", async () => {
    const url = "sftp://hub@127.0.0.1:1";
    const system = open({ url, fingerprints, password: "x" }, { a: { folder: "out", pattern: "*" } });
    await expect(system.check()).rejects.toMatchObject({ code: "TL_SOURCE_UNAVAILABLE" });
  });
});
