import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { dataSecret } from "../../src/config/data-secret.ts";
import { formatIssues } from "../../src/config/format-issues.ts";
import { inspectProject, loadProject } from "../../src/config/load-project.ts";
import { environment, inspect, places, SETTINGS, writeProject } from "./project.ts";

const CANARY = "hunter2-hunter2-canary";

describe("references in tieline.yaml", () => {
  const load = (settings: string, variables: Readonly<Record<string, string>> = {}) => {
    const dir = writeProject({
      "tieline.yaml": SETTINGS.replace(/settings:\n {6}url[\s\S]*$/, () => settings),
      secret: "from-a-file\n",
    });
    return inspectProject(dir, environment(variables));
  };
  const settings = (text: string, variables: Readonly<Record<string, string>> = {}) => {
    const { project, findings } = load(text, variables);
    expect(findings).toEqual([]);
    return project?.settings.systems["shop"];
  };

  it("are replaced by variables, files and defaults, also inside a text", () => {
    const text = `settings: { url: 'http://\${env:HOST}:\${env:WEB_PORT:-80}/', token: '\${file:secret}' }\n`;
    expect(settings(text, { HOST: "shop" })?.settings).toEqual({
      url: "http://shop:80/",
      token: "from-a-file",
    });
  });

  it("stay in the copy that may be shown", () => {
    const text = `settings: { url: '\${env:HOST}', token: '\${file:secret}' }\n`;
    expect(settings(text, { HOST: "shop" })?.written).toEqual({
      url: `\${env:HOST}`,
      token: `\${file:secret}`,
    });
  });

  it("stand beside limits, which spare the system", () => {
    const limits = (text: string) => settings(`settings: { url: x }\n    limits: ${text}\n`)?.limits;
    expect(limits("{}")).toEqual({ rate: null, breaker: null });
    expect(limits("{ rate: 600/m, breaker: {} }")).toEqual({
      rate: { calls: 600, per: 60_000 },
      breaker: { failures: 5, wait: 30_000 },
    });
    expect(limits("{ breaker: { failures: 2, wait: 1m } }")?.breaker).toEqual({ failures: 2, wait: 60_000 });
    const { findings } = load("settings: { url: x }\n    limits: { rate: fast }\n");
    expect(findings[0]?.message).toContain("calls by time, such as 50/s, 600/m or 5000/h");
  });

  it("cannot change the structure of the file", () => {
    const value = "x\n      pageSize: 5\n      # ";
    expect(settings(`settings: { url: '\${env:HOST}' }\n`, { HOST: value })?.settings).toEqual({
      url: value,
    });
  });

  it("are not looked for in what was put in", () => {
    const found = settings(`settings: { url: '\${env:HOST}' }\n`, { HOST: `\${env:SHOP_TOKEN}` });
    expect(found?.settings).toEqual({ url: `\${env:SHOP_TOKEN}` });
  });

  it("become numbers and switches where the connector wants them", () => {
    const text = `settings: { url: x, pageSize: '\${env:SIZE}', strict: '\${env:STRICT}' }\n`;
    expect(settings(text, { SIZE: "20", STRICT: "true" })?.settings).toEqual({
      url: "x",
      pageSize: 20,
      strict: true,
    });
  });

  it("are text when the dollar sign is doubled", () => {
    expect(settings(`settings: { url: 'a$\${env:B}c$d' }\n`)?.settings).toEqual({ url: `a\${env:B}c$d` });
  });
});

describe("secrets", () => {
  /** Every way to get a file wrong with a secret on the same line, in the same map, or as the mistake itself. */
  const LEAKS: readonly string[] = [
    `token: ${CANARY}`,
    `tokn: ${CANARY}`,
    `token: "\${env:TOKEN:-${CANARY}}"`,
    `token: "x\${env:SHOP_TOKEN}${CANARY}"`,
    `token: [${CANARY}]`,
    `token: { value: ${CANARY} }`,
    `secrets: ${CANARY}`,
    `secrets: ["\${env:A}", ${CANARY}, "\${env:B}"]`,
    `pageSize: { token: ${CANARY} }`,
    `{ pageSize: lots, token: ${CANARY} }`,
    `pageSize: lots # ${CANARY}`,
    `token: "${CANARY}`,
    `token: !${CANARY} x`,
    `token: *${CANARY}`,
    `token: |${CANARY}`,
    `token: @${CANARY}`,
    `token: "${CANARY}\\q"`,
    `headers: ${CANARY}`,
    `headers: [{ Authorization: ${CANARY} }]`,
    `token: "\${secret:${CANARY}}"`,
    `pageSize: "\${env:CANARY}"`,
    `token: "\${env:SHORT}"`,
    CANARY,
  ];

  it.each(LEAKS)("are in no output: %s", (leak) => {
    const text = leak.startsWith("{")
      ? SETTINGS.replace(/settings:\n {6}url[\s\S]*$/, `settings: ${leak}\n`)
      : SETTINGS.replace(/token:.*\n/, `${leak}\n`);
    const variables = { CANARY, SHORT: CANARY.slice(0, 7) };
    const { findings } = inspect({ "tieline.yaml": text }, variables);
    expect(findings.length).toBeGreaterThan(0);
    const shown = formatIssues(findings) + JSON.stringify(findings);
    expect(shown).not.toContain(CANARY.slice(0, 7));
  });

  it.each([
    `systems: { shop: ${CANARY} }`,
    `systems:\n  shop: { connector: web, setings: { token: ${CANARY} } }`,
    `systems:\n  shop: { connector: wbe, settings: { token: ${CANARY}, url: 5 } }`,
    `sytems: { shop: { token: ${CANARY} } }`,
    `password: ${CANARY}`,
    `limits: { pasword: ${CANARY}, backlog: none }`,
  ])("are in no output, wherever they stand: %s", (text) => {
    const { findings } = inspect({ "tieline.yaml": `apiVersion: tieline/v1\n${text}\n` });
    expect(findings.length).toBeGreaterThan(0);
    expect(formatIssues(findings) + JSON.stringify(findings)).not.toContain(CANARY);
  });

  it("mask only what may be one", () => {
    const text = SETTINGS.replace(
      /settings:\n {6}url[\s\S]*$/,
      `settings: { url: x, token: ${CANARY}, pageSize: lots }\n`,
    );
    const { findings } = inspect({ "tieline.yaml": text });
    expect(findings.map(({ excerpt }) => excerpt?.trim())).toEqual([
      "settings: { url: x, token: ***",
      "settings: { url: x, token: ***, pageSize: lots",
    ]);
  });
});

describe("secrets of the data folder", () => {
  const text = `apiVersion: tieline/v1\nsystems:\n  shop: { connector: web, settings: { url: x, token: '\${data:shop}' } }\n`;

  it("are made on the first start, for the owner alone, and stay the same", () => {
    const dir = writeProject({ "tieline.yaml": text });
    const env = { ...environment(), createSecrets: true };
    const token = loadProject(dir, env).settings.systems["shop"]?.settings;
    expect(token).toEqual({ url: "x", token: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/) });
    expect(loadProject(dir, env).settings.systems["shop"]?.settings).toEqual(token);
    const path = join(dir, "data", "secrets", "shop");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(dir, "data", "secrets")).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(dir, "data", "secrets"))).toEqual(["shop"]);
    expect(JSON.stringify(token)).toContain(readFileSync(path, "utf8").trim());
  });

  it("are not made by a check", () => {
    const dir = writeProject({ "tieline.yaml": text });
    expect(inspectProject(dir, environment()).findings).toEqual([]);
    expect(readdirSync(dir)).toEqual(["tieline.yaml"]);
  });

  it("are those of the process that was first", () => {
    const dir = writeProject({ "tieline.yaml": text });
    mkdirSync(join(dir, "secrets"), { recursive: true });
    const first = dataSecret(dir, "shop", true);
    expect(dataSecret(dir, "shop", true)).toBe(first);
    expect(dataSecret(dir, "other", true)).not.toBe(first);
  });

  it("are refused when they are empty", () => {
    const dir = writeProject({ "tieline.yaml": text });
    mkdirSync(join(dir, "data", "secrets"), { recursive: true });
    writeFileSync(join(dir, "data", "secrets", "shop"), "\n");
    expect(places(inspectProject(dir, environment()).findings)).toEqual([
      "tieline.yaml:3:54 systems.shop.settings.token: the secret shop in the data folder is empty",
    ]);
  });

  it.each(["../x", "a/b", ".x", ""])("have plain names only: %j", (name) => {
    const settings = text.replace(`url: x, token: '\${data:shop}'`, () => `url:  '\${data:${name}}'`);
    const dir = writeProject({ "tieline.yaml": settings });
    expect(places(inspectProject(dir, environment()).findings)).toEqual([
      "tieline.yaml:3:45 systems.shop.settings.url: a reference that is not known",
    ]);
  });
});

describe("the environment", () => {
  const settings = (text: string, variables: Readonly<Record<string, string>>) => {
    const dir = writeProject({ "tieline.yaml": `apiVersion: tieline/v1\n${text}\n` });
    const { project, findings } = inspectProject(dir, environment(variables));
    return { dir, settings: project?.settings, findings };
  };

  it("moves the data folder and the store with it", () => {
    const { settings: found } = settings("data: ./a\nstorage: sqlite:./b", { TIELINE_DATA: "/srv/tieline" });
    expect(found).toMatchObject({
      data: "/srv/tieline",
      storage: { kind: "sqlite", folder: "/srv/tieline" },
    });
  });

  it("else leaves both where the file says", () => {
    const { dir, settings: found } = settings("data: ./a\nstorage: sqlite:./b", {});
    expect(found).toMatchObject({ data: join(dir, "a"), storage: { folder: join(dir, "b") } });
  });

  it.each([
    [{ TIELINE_LISTEN: "0.0.0.0:9000" }, { host: "0.0.0.0", port: 9000 }],
    [{ TIELINE_LISTEN: "[::1]:0" }, { host: "::1", port: 0 }],
    [{ PORT: "9001" }, { host: "localhost", port: 9001 }],
    [
      { PORT: "9001", TIELINE_LISTEN: "127.0.0.1:9000" },
      { host: "127.0.0.1", port: 9000 },
    ],
    [
      { PORT: "", TIELINE_LISTEN: "" },
      { host: "localhost", port: 8401 },
    ],
  ])("says where to listen: %j", (variables, listen) => {
    expect(settings("listen: localhost:8401", variables).settings?.listen).toEqual(listen);
  });

  it.each([
    [
      { TIELINE_LISTEN: "9000" },
      'TIELINE_LISTEN: expected an address and a port such as 0.0.0.0:8400, got "9000"',
    ],
    [{ PORT: "http" }, 'PORT: expected a port from 0 to 65535, got "http"'],
  ])("is checked like the file: %j", (variables, message) => {
    const { findings } = settings("listen: localhost:8401", variables);
    expect(findings.map((one) => one.message)).toEqual([message]);
    expect(formatIssues(findings)).toContain(`environment: ${message}`);
  });

  it("cannot open a hub that asks nobody who they are", () => {
    const { findings } = settings("auth: none", { TIELINE_LISTEN: "0.0.0.0:8400" });
    expect(findings.map((one) => one.message)).toEqual([
      "auth: none is refused, since others can reach 0.0.0.0 (TIELINE_LISTEN)",
    ]);
  });

  it.each(["127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "localhost:1"])(
    "auth: none is allowed on %s",
    (listen) => {
      expect(settings(`auth: none\nlisten: "${listen}"`, {}).findings).toEqual([]);
    },
  );
});
