import type { IFlattenedRuleSet } from "dependency-cruiser";
import { describe, expect, it } from "vitest";
import { importGraph, NO_CYCLES, violations } from "./graph.ts";

type Rules = NonNullable<IFlattenedRuleSet["forbidden"]>;

/** What every part may use. */
const BASE = ["errors.ts", "message"];
const PURE = ["format", "schema", "mapping", "config"];
const PORTS = ["store", "dispatch", "crm"];
const PATH = [...PURE, "connector", ...PORTS, "flow"];

/** Per folder of src: the folders it may import from, beside itself and BASE. Imports point down only. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  message: [],
  kept: [],
  format: [],
  schema: ["kept"],
  mapping: ["kept"],
  config: ["format", "schema", "mapping", "connector", "kept"],
  connector: ["format"],
  store: [],
  dispatch: [],
  crm: ["store"],
  observe: ["control", "store"],
  flow: [...PURE, "connector", ...PORTS, "control"],
  control: ["config", "connector", "store"],
  desk: ["connector", "crm", "mapping", "store"],
  backend: [...PORTS],
  doctor: [],
  alert: ["config", "connector", "control", "store"],
  intake: [...PATH, "control", "observe"],
  api: [...PATH, "control", "desk", "doctor", "intake", "observe"],
  cli: [...PATH, "control", "doctor", "kept", "deploy", "project.ts"],
  // It runs in a browser, and knows the hub by its HTTP API alone.
  dashboard: [],
  deploy: [],
};

/** Per library: the only places that may import it. */
const DOORS: Readonly<Record<string, readonly string[]>> = {
  "@mantine/.*": ["src/dashboard/"],
  "@tanstack/.*": ["src/dashboard/"],
  "@fastify/.*": ["src/api/"],
  "@opentelemetry/.*": ["src/observe/"],
  "@sinclair/typebox": ["src/connector/", "src/api/"],
  ajv: ["src/schema/"],
  amqplib: ["connectors/queue/"],
  "basic-ftp": ["src/connector/remote/"],
  "ajv-formats": ["src/schema/"],
  bullmq: ["src/backend/bullmq/"],
  commander: ["src/cli/"],
  croner: ["src/intake/", "src/config/"],
  "csv-parse": ["src/format/"],
  "fast-xml-parser": ["src/format/"],
  fastify: ["src/api/"],
  imapflow: ["connectors/email/"],
  ioredis: ["src/backend/bullmq/"],
  jsonata: ["src/mapping/"],
  libsql: ["src/backend/sqlite/"],
  "libphonenumber-js": ["src/message/"],
  mysql2: ["connectors/database/"],
  "node-cron": ["src/intake/"],
  nodemailer: ["connectors/email/"],
  "openid-client": ["src/api/oidc/"],
  pg: ["src/backend/postgres/", "connectors/database/"],
  pino: ["src/observe/"],
  "postal-mime": ["connectors/email/"],
  "prom-client": ["src/observe/"],
  react: ["src/dashboard/"],
  "react-dom": ["src/dashboard/"],
  saxes: ["src/format/"],
  ssh2: ["src/connector/remote/"],
  undici: ["src/connector/", "connectors/"],
  vite: ["src/dashboard/build.mjs"],
  yaml: ["src/config/"],
};

describe("the layers", () => {
  it("imports point down only", async () => {
    const rules: Rules = Object.entries(MAY_IMPORT).map(([folder, below]) => ({
      name: `src/${folder} imports down only`,
      severity: "error",
      from: { path: `^src/${folder}/` },
      to: {
        path: "^(src|connectors)/",
        pathNot: [...BASE, folder, ...below].map((name) =>
          name.endsWith(".ts") ? `^src/${name}$` : `^src/${name}/`,
        ),
      },
    }));
    expect(await broken(rules)).toEqual([]);
  });

  it("every folder of src has its place in the layers", async () => {
    const graph = await importGraph({ forbidden: [] });
    const folders = graph.modules.map((module) => /^src\/([^/]+)\//.exec(module.source)?.[1] ?? "");
    const unknown = folders.filter((folder) => folder !== "" && !Object.hasOwn(MAY_IMPORT, folder));
    expect([...new Set(unknown)]).toEqual([]);
  });

  it("nothing of the hub imports what runs in a browser", async () => {
    const from = { path: "^(src|connectors)/", pathNot: ["^src/dashboard/"] };
    const to = { path: "^src/dashboard/" };
    expect(await broken([{ name: "imports the dashboard", severity: "error", from, to }])).toEqual([]);
  });

  it("a technology is picked in one place", async () => {
    const to = { path: "^src/backend/" };
    const from = {
      path: "^(src|connectors)/",
      pathNot: ["^src/backend/", "^src/(backends|engine)\\.ts$"],
    };
    expect(await broken([{ name: "backend is picked elsewhere", severity: "error", from, to }])).toEqual([]);
  });

  it("a connector sees the hub through one door", async () => {
    const own = "^connectors/([^/]+)/";
    expect(
      await broken([
        {
          name: "connectors import only tieline/connector",
          severity: "error",
          from: { path: own },
          to: { path: "^(src|connectors)/", pathNot: ["^src/connector/index\\.ts$", "^connectors/$1/"] },
        },
        {
          name: "and by the package's name",
          severity: "error",
          from: { path: own },
          to: { path: "^src/", dependencyTypes: ["local"] },
        },
      ]),
    ).toEqual([]);
  });

  it("each library enters through one folder", async () => {
    const rules: Rules = Object.entries(DOORS).map(([library, places]) => ({
      name: `${library} enters through ${places.join(", ")}`,
      severity: "error",
      from: { path: "^(src|connectors)/", pathNot: places.map((place) => `^${place}`) },
      to: { path: `^node_modules/${library}/` },
    }));
    expect(await broken(rules)).toEqual([]);
  });

  it("threads are made in few places", async () => {
    const from = {
      path: "^(src|connectors)/",
      pathNot: ["^src/(hub|thread|engine|reader|mapper)[a-z-]*\\.ts$", "^src/control/"],
    };
    const to = { path: "^(node:)?worker_threads$" };
    expect(await broken([{ name: "worker_threads elsewhere", severity: "error", from, to }])).toEqual([]);
  });

  it("nothing is imported that is not there", async () => {
    const rule = { name: "unresolved", severity: "error", from: {}, to: { couldNotResolve: true } } as const;
    expect(await broken([rule])).toEqual([]);
  });

  it("no import leads round to itself", async () => {
    expect(violations(await importGraph(NO_CYCLES))).toEqual([]);
  });

  it("would notice an import that points up", async () => {
    const rule = {
      name: "planted",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^src/message/" },
    } as const;
    expect((await broken([rule])).length).toBeGreaterThan(0);
  });
});

async function broken(forbidden: Rules): Promise<string[]> {
  return violations(await importGraph({ forbidden }));
}
