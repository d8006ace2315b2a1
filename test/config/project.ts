import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";
import type { ProjectEnvironment } from "../../src/config/environment.ts";
import type { Finding } from "../../src/config/finding.ts";
import { type Inspection, inspectProject } from "../../src/config/load-project.ts";
import { secret, Type } from "../../src/connector/index.ts";
import { HubError } from "../../src/errors.ts";
import { openFormat } from "../../src/format/open.ts";
import { compileMapping } from "../../src/mapping/compile.ts";
import { LOOK_UPS } from "../../src/mapping/look-up-calls.ts";

/** Files of a project by path. */
export type Files = Readonly<Record<string, string>>;

export const SETTINGS = `apiVersion: tieline/v1
systems:
  erp:
    connector: folders
    settings:
      inbox: /srv/erp
  shop:
    connector: web
    settings:
      url: https://shop.example
      token: \${env:SHOP_TOKEN}
`;

export const FILE_FLOW = `apiVersion: tieline/v1
source:
  system: erp
  read: customers
  format: csv
schedule:
  cron: "30 1 * * *"
  zone: Europe/Berlin
accepts: schemas/erp/customer.schema.json
key: KUNNR
version: CHANGED
map: customer.jsonata
emits: schemas/canonical/customer.schema.json
routes:
  - to: crm.customer
`;

export const PUSH_FLOW = `apiVersion: tieline/v1
source:
  system: shop
  read: orders
key: customer
event: id
routes:
  - to: crm.order
`;

/** A project without mistakes: a flow of files and one of webhooks. */
export const SOUND: Files = {
  "tieline.yaml": SETTINGS,
  "mappings/erp/flow.yaml": FILE_FLOW,
  "mappings/erp/customer.jsonata": '{ "id": KUNNR }\n',
  "mappings/shop/flow.yaml": PUSH_FLOW,
  "schemas/erp/customer.schema.json": '{ "type": "object" }\n',
  "schemas/canonical/customer.schema.json": '{ "$ref": "name.schema.json#/definitions/name" }\n',
  "schemas/canonical/name.schema.json": '{ "definitions": { "name": {} } }\n',
};

const CONNECTORS = {
  folders: {
    settingsSchema: Type.Object(
      {
        inbox: Type.String({ minLength: 1 }),
        order: Type.Optional(Type.Union([Type.Literal("name"), Type.Literal("mtime")])),
        pause: Type.Optional(Type.Integer({ minimum: 0, maximum: 60 })),
      },
      { additionalProperties: false },
    ),
  },
  web: {
    settingsSchema: Type.Object(
      {
        url: Type.String(),
        token: Type.Optional(secret({ description: "Proves who calls", minLength: 8 })),
        secrets: Type.Optional(Type.Array(secret({ description: "Signs" }), { maxItems: 2 })),
        pageSize: Type.Optional(Type.Integer({ minimum: 1 })),
        strict: Type.Optional(Type.Boolean()),
        headers: Type.Optional(Type.Record(Type.String(), Type.String())),
      },
      { additionalProperties: false },
    ),
  },
};

/** Systems of two kinds: `folders` has a source of files, `web` calls and is called. */
export function environment(variables: Readonly<Record<string, string>> = {}): ProjectEnvironment {
  return {
    variables: { SHOP_TOKEN: "a-token-of-the-shop", ...variables },
    catalogue: {
      connectors: CONNECTORS,
      describe: (_, { connector }) =>
        connector === "folders"
          ? { sources: { customers: "files", prices: "files" }, sinks: [] }
          : {
              sources: { orders: "push", changes: "pull", queue: "listen" },
              sinks: ["customer", "price"],
              collecting: ["price"],
            },
    },
    compileExpression: (text, { lookUps }) =>
      failureOf(() =>
        compileMapping(text, {
          path: "expression",
          limits: { deadline: 25 },
          functions: lookUps ? LOOK_UPS : {},
        }),
      ),
    compileFormat: (format) => failureOf(() => openFormat(format)),
    createSecrets: false,
  };
}

function failureOf(work: () => unknown): HubError | null {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof HubError) return error;
    throw error;
  }
}

const root = mkdtempSync(join(tmpdir(), "tieline-config-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The files in a new folder, which goes when the tests have ended. */
export function writeProject(files: Files): string {
  const dir = mkdtempSync(join(root, "project-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  return dir;
}

/** What is found in the sound project with some files changed; an empty text removes one. */
export function inspect(changes: Files, variables: Readonly<Record<string, string>> = {}): Inspection {
  const files = Object.fromEntries(
    Object.entries({ ...SOUND, ...changes }).filter(([, text]) => text !== ""),
  );
  return inspectProject(writeProject(files), environment(variables));
}

/** `file:line:column message` of each. */
export function places(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ place, message }) => `${place.file}:${place.line}:${place.column} ${message}`);
}
