import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { formatIssues } from "../../src/config/format-issues.ts";
import { inspectProject } from "../../src/config/load-project.ts";
import { describeStorage } from "../../src/config/storage.ts";
import { environment, places, writeProject } from "./project.ts";

const NEAR = {
  kind: "postgres",
  host: "127.0.0.1",
  port: 5432,
  user: "tieline",
  password: undefined,
  database: "hub",
  schema: "tieline",
  tls: { mode: "none" },
};

function inspect(storage: string, variables: Readonly<Record<string, string>> = {}) {
  const dir = writeProject({
    "tieline.yaml": `apiVersion: tieline/v1\nstorage: ${JSON.stringify(storage)}\n`,
  });
  writeFileSync(join(dir, "password"), "from/a:file@with %?#\n");
  const { project, findings } = inspectProject(dir, environment(variables));
  return { dir, storage: project?.settings.storage, findings };
}

describe("storage in PostgreSQL", () => {
  it("is a URL; what it leaves out has a default", () => {
    expect(inspect("postgres://tieline@127.0.0.1/hub").storage).toEqual(NEAR);
    expect(inspect("postgresql://tieline@[::1]:6000/hub?schema=north").storage).toEqual({
      ...NEAR,
      ...{ host: "::1", port: 6000, schema: "north" },
    });
    expect(inspect("postgres://tieline@localhost/hub?host=/run/postgresql").storage).toEqual({
      ...NEAR,
      host: "/run/postgresql",
    });
  });

  it.each([
    [`\${env:SECRET}`, "p@ss:w/o?r#d%"],
    [`\${file:password}`, "from/a:file@with %?#"],
  ])("takes a password of any characters from %s", (reference, password) => {
    const found = inspect(`postgres://tieline:${reference}@127.0.0.1/hub`, { SECRET: "p@ss:w/o?r#d%" });
    expect(found.storage).toEqual({ ...NEAR, password });
  });

  it("may come whole from a reference, or from TIELINE_STORAGE", () => {
    const url = "postgres://tieline:p%40ss@127.0.0.1/hub";
    expect(inspect(`\${env:URL}`, { URL: url }).storage).toEqual({ ...NEAR, password: "p@ss" });
    expect(inspect("sqlite", { TIELINE_STORAGE: url }).storage).toEqual({ ...NEAR, password: "p@ss" });
    expect(inspect(`\${env:URL:-sqlite:./b}`)).toMatchObject({ storage: { kind: "sqlite" } });
  });

  it("proves who answers, unless that is this machine or it is said otherwise", () => {
    const { dir, storage } = inspect("postgres://tieline@db.example/hub?sslrootcert=ca.pem");
    expect(storage).toMatchObject({ tls: { mode: "verified", authority: join(dir, "ca.pem") } });
    expect(inspect("postgres://tieline@db.example/hub").storage).toMatchObject({
      tls: { mode: "verified", authority: null },
    });
    expect(inspect("postgres://tieline@db.example/hub?sslmode=require").storage).toMatchObject({
      tls: { mode: "unverified" },
    });
  });

  it("refuses a password in the file, and does not repeat it", () => {
    const { findings } = inspect("postgres://tieline:hunter2@127.0.0.1/hub");
    expect(places(findings)).toEqual([
      "tieline.yaml:2:10 storage: the password is a secret and must not stand in the file",
    ]);
    expect(formatIssues(findings)).not.toContain("hunter2");
  });

  it.each([
    ["postgres://127.0.0.1/hub", "storage: the URL names no user"],
    ["postgres://tieline@127.0.0.1", "storage: the URL names no database"],
    ["postgres://tieline@127.0.0.1:port/hub", "storage: this is not a URL"],
    ["postgres://tieline@127.0.0.1/hub?shema=a", "storage: shema is not a known parameter"],
    ["postgres://tieline@127.0.0.1/hub?schema=A%20b", "storage: this is not a name for a schema"],
    ["postgres://tieline@127.0.0.1/hub?schema=pg_hub", "storage: this is not a name for a schema"],
    ["postgres://tieline@127.0.0.1/hub?sslmode=prefer", "storage: this is not a known sslmode"],
    [`postgres://tieline:\${env:NONE}@127.0.0.1/hub`, "storage: the environment variable NONE is not set"],
    [`\${env:URL}`, "storage: expected sqlite, sqlite:PATH or postgres://…"],
  ])("says what is wrong with %s", (written, message) => {
    const { findings } = inspect(written, { URL: "mysql://root:secret@db/hub" });
    expect(places(findings)).toEqual([`tieline.yaml:2:10 ${message}`]);
    expect(formatIssues(findings)).not.toContain("secret");
  });

  it("says so where the environment is wrong", () => {
    const { findings } = inspect("sqlite", { TIELINE_STORAGE: "postgres://tieline:secret@127.0.0.1" });
    expect(findings.map(({ message }) => message)).toEqual(["TIELINE_STORAGE: the URL names no database"]);
    expect(formatIssues(findings)).not.toContain("secret");
  });

  it("is described without user and password", () => {
    const { storage } = inspect(`postgres://tieline:\${env:SECRET}@127.0.0.1/hub`, { SECRET: "secret" });
    if (storage === undefined) throw new Error("the storage was not read");
    expect(describeStorage(storage)).toBe("PostgreSQL at 127.0.0.1:5432, database hub, schema tieline");
  });
});
