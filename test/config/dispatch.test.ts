import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { describeDispatch } from "../../src/config/dispatch.ts";
import { formatIssues } from "../../src/config/format-issues.ts";
import { inspectProject } from "../../src/config/load-project.ts";
import { environment, places, writeProject } from "./project.ts";

const NEAR = {
  ...{ kind: "redis", host: "127.0.0.1", port: 6379, database: 0 },
  ...{ user: undefined, password: undefined, tls: { mode: "none" } },
};
const STORE = "postgres://tieline@127.0.0.1/hub";

function inspect(dispatch: string, variables: Readonly<Record<string, string>> = {}, storage = STORE) {
  const lines = ["apiVersion: tieline/v1", `storage: ${storage}`, `dispatch: ${JSON.stringify(dispatch)}`];
  const dir = writeProject({ "tieline.yaml": `${lines.join("\n")}\n` });
  writeFileSync(join(dir, "password"), "from/a:file@with %?#\n");
  const { project, findings } = inspectProject(dir, environment(variables));
  return { dir, dispatch: project?.settings.dispatch, findings };
}

describe("dispatch through Redis", () => {
  it("is a URL; what it leaves out has a default", () => {
    expect(inspect("in-process").dispatch).toEqual({ kind: "in-process" });
    expect(inspect("redis://127.0.0.1").dispatch).toEqual(NEAR);
    expect(inspect("redis://127.0.0.1/").dispatch).toEqual(NEAR);
    expect(inspect("redis://hub@[::1]:7000/3").dispatch).toEqual({
      ...NEAR,
      ...{ host: "::1", port: 7000, database: 3, user: "hub" },
    });
  });

  it.each([
    [`\${env:SECRET}`, "p@ss:w/o?r#d%"],
    [`\${file:password}`, "from/a:file@with %?#"],
  ])("takes a password of any characters from %s", (reference, password) => {
    const secret = { SECRET: "p@ss:w/o?r#d%" };
    expect(inspect(`redis://:${reference}@127.0.0.1`, secret).dispatch).toEqual({ ...NEAR, password });
  });

  it("may come whole from a reference, or from TIELINE_DISPATCH", () => {
    const url = "redis://:p%40ss@127.0.0.1";
    expect(inspect(`\${env:URL}`, { URL: url }).dispatch).toEqual({ ...NEAR, password: "p@ss" });
    expect(inspect("in-process", { TIELINE_DISPATCH: url }).dispatch).toEqual({ ...NEAR, password: "p@ss" });
    expect(inspect("redis://127.0.0.1", { TIELINE_DISPATCH: "in-process" }).dispatch).toEqual({
      kind: "in-process",
    });
  });

  it("has the server prove who it is where it speaks TLS", () => {
    const { dir, dispatch } = inspect("rediss://cache.example?sslrootcert=ca.pem");
    expect(dispatch).toMatchObject({ tls: { mode: "verified", authority: join(dir, "ca.pem") } });
    expect(inspect("rediss://cache.example").dispatch).toMatchObject({
      tls: { mode: "verified", authority: null },
    });
  });

  it("refuses a password in the file, and does not repeat it", () => {
    const { findings } = inspect("redis://:hunter2@127.0.0.1");
    expect(places(findings)).toEqual([
      "tieline.yaml:3:11 dispatch: the password is a secret and must not stand in the file",
    ]);
    expect(formatIssues(findings)).not.toContain("hunter2");
  });

  it.each([
    ["redis://127.0.0.1:port", "dispatch: this is not a URL"],
    ["redis://127.0.0.1/hub", "dispatch: a database of Redis is a number"],
    ["redis://127.0.0.1?db=1", "dispatch: db is not a known parameter"],
    ["redis://127.0.0.1?sslrootcert=ca.pem", "dispatch: sslrootcert is for TLS only"],
    [`redis://:\${env:NONE}@127.0.0.1`, "dispatch: the environment variable NONE is not set"],
    [`\${env:URL}`, "dispatch: expected in-process, redis://… or rediss://…"],
  ])("says what is wrong with %s", (written, message) => {
    const { findings } = inspect(written, { URL: "amqp://root:secret@mq" });
    expect(places(findings)).toEqual([`tieline.yaml:3:11 ${message}`]);
    expect(formatIssues(findings)).not.toContain("secret");
  });

  it("is refused where SQLite keeps the store, with the reason", () => {
    const reason = "one process holds a store in SQLite, so there is nobody to wake through Redis";
    const inFile = inspect("redis://127.0.0.1", {}, "sqlite").findings;
    expect(places(inFile)).toEqual([`tieline.yaml:3:11 dispatch: ${reason}`]);
    expect(inFile[0]?.cure).toContain("keep the store in PostgreSQL");
    const outside = inspect(
      "in-process",
      { TIELINE_DISPATCH: "redis://:secret@127.0.0.1" },
      "sqlite",
    ).findings;
    expect(outside.map(({ message }) => message)).toEqual([`TIELINE_DISPATCH: ${reason}`]);
    expect(formatIssues(outside)).not.toContain("secret");
  });

  it("is not blamed for a storage that is wrong", () => {
    const { findings } = inspect("redis://127.0.0.1", {}, "postgres://127.0.0.1/hub");
    expect(findings.map(({ message }) => message)).toEqual(["storage: the URL names no user"]);
  });

  it("is described without user and password", () => {
    const { dispatch } = inspect(`redis://hub:\${env:SECRET}@[::1]/2`, { SECRET: "secret" });
    if (dispatch === undefined) throw new Error("the dispatch was not read");
    expect(describeDispatch(dispatch)).toBe("Redis at [::1]:6379, database 2");
  });
});
