import { describe, expect, it } from "vitest";
import { inspectProject, loadProject } from "../../src/config/load-project.ts";
import { USUAL_RULES } from "../../src/config/read-alerts.ts";
import { USUAL_RETENTION } from "../../src/config/read-retention.ts";
import { HubError } from "../../src/errors.ts";
import {
  environment,
  FILE_FLOW,
  inspect,
  PUSH_FLOW,
  places,
  SETTINGS,
  SOUND,
  writeProject,
} from "./project.ts";

describe("loading a project", () => {
  it("fills in every default of a flow of files", () => {
    const { project } = inspect({});
    const flow = project?.flows.find(({ name }) => name === "erp");
    const { texts = {}, ...definition } = flow ?? {};
    expect(definition).toEqual({
      name: "erp",
      file: "mappings/erp/flow.yaml",
      description: "",
      source: {
        system: "erp",
        read: "customers",
        format: {
          csv: {
            delimiter: ",",
            quote: '"',
            escape: '"',
            encoding: "utf-8",
            header: true,
            trim: false,
            empty: "missing",
            recordLimit: 1_048_576,
          },
        },
      },
      schedule: { cron: "30 1 * * *", zone: "Europe/Berlin", window: null, misfire: "run-once" },
      accepts: "schemas/erp/customer.schema.json",
      key: "KUNNR",
      version: "CHANGED",
      event: null,
      record: null,
      carries: "state",
      conflict: "refuse",
      eventWindow: 1_209_600_000,
      map: "mappings/erp/customer.jsonata",
      emits: "schemas/canonical/customer.schema.json",
      routes: [{ to: "crm.customer", when: null, onPark: "skip" }],
      guard: { rejected: 0.1 },
      onError: {
        retries: 8,
        backoff: { first: 5_000, last: 7_200_000 },
        data: "reject-row",
        missingReference: { policy: "wait", maxAge: 7_200_000 },
      },
      publish: true,
      allowFallback: false,
      limits: { deadline: 25, body: 1_048_576 },
    });
    expect(Object.keys(texts).sort()).toEqual([
      "mappings/erp/customer.jsonata",
      "mappings/erp/flow.yaml",
      "schemas/canonical/customer.schema.json",
      "schemas/canonical/name.schema.json",
      "schemas/erp/customer.schema.json",
    ]);
    expect(texts["mappings/erp/flow.yaml"]).toBe(FILE_FLOW);
  });

  it("parks, blocks and guards nothing by default for a push source", () => {
    const flow = inspect({}).project?.flows.find(({ name }) => name === "shop");
    expect(flow?.source).toEqual({ system: "shop", read: "orders", format: { json: {} } });
    expect(flow).toMatchObject({ carries: "change", schedule: null, guard: { rejected: null } });
    expect(flow?.routes).toEqual([{ to: "crm.order", when: null, onPark: "block" }]);
    expect(flow?.onError.data).toBe("park");
  });

  it("reads every form of every value", () => {
    const { project, findings } = inspect({
      "mappings/erp/flow.yaml": FILE_FLOW.replace(
        "format: csv",
        "format: { csv: { empty: null, recordLimit: 2KiB } }",
      )
        .replace("zone: Europe/Berlin", 'zone: Europe/Berlin\n  window: "22:30-05:30"\n  misfire: catch-up')
        .concat("guard: { rejected: <50 rows }\n")
        .concat(
          "onError: { transient: { retries: 0, backoff: 250ms..10m }, data: park, missing-reference: stub }\n",
        )
        .concat("publish: false\nlimits: { deadline: 100ms }\n"),
      "mappings/shop/flow.yaml": PUSH_FLOW.replace("key: customer", "key: none")
        .replace("- to: crm.order", "- topic: orders\n    when: paid\n    onPark: skip")
        .concat("conflict: newer\neventWindow: 36h\nlimits: { body: 64KiB }\n"),
      "mappings/audit/flow.yaml":
        "apiVersion: tieline/v1\nsource: { topic: orders }\nkey: none\nroutes: [{ to: shop.price }]\n",
    });
    expect(findings).toEqual([]);
    const [audit, erp, shop] = project?.flows ?? [];
    expect(audit?.source).toEqual({ topic: "orders" });
    expect(erp).toMatchObject({
      source: { format: { csv: { empty: "null", recordLimit: 2048 } } },
      schedule: { window: { from: "22:30", to: "05:30" }, misfire: "catch-up" },
      guard: { rejected: { rows: 50 } },
      onError: {
        retries: 0,
        backoff: { first: 250, last: 600_000 },
        data: "park",
        missingReference: { policy: "stub", maxAge: 0 },
      },
      publish: false,
      limits: { deadline: 100 },
    });
    expect(shop).toMatchObject({
      key: null,
      conflict: "newer",
      eventWindow: 129_600_000,
      routes: [{ to: "topic:orders", when: "paid", onPark: "skip" }],
      limits: { body: 65_536 },
    });
  });

  it("hands the parsed layout of fixed-width files over with the flow", () => {
    const layout = { $schema: "x", record: { length: 8 }, fields: [{ name: "KUNNR", at: 1, length: 8 }] };
    const { project, findings } = inspect({
      "schemas/erp/line.layout.json": JSON.stringify(layout),
      "mappings/erp/flow.yaml": FILE_FLOW.replace(
        "csv",
        "{ fixed: { layout: schemas/erp/line.layout.json } }",
      ),
    });
    expect(findings).toEqual([]);
    const flow = project?.flows[0];
    const { $schema: _, ...fields } = layout;
    expect(flow?.source).toMatchObject({
      format: { fixed: { layout: fields, encoding: "utf-8", recordLimit: 1_048_576 } },
    });
    expect(flow?.texts["schemas/erp/line.layout.json"]).toBe(JSON.stringify(layout));
  });

  it("places what is wrong inside a layout", () => {
    const { findings } = inspect({
      "schemas/erp/line.layout.json": '{\n  "fields": [{ "name": "KUNNR", "at": 0, "lenght": 8 }]\n}\n',
      "mappings/erp/flow.yaml": FILE_FLOW.replace(
        "csv",
        "{ fixed: { layout: schemas/erp/line.layout.json } }",
      ),
    });
    expect(places(findings)).toEqual([
      "schemas/erp/line.layout.json:2:39 fields[1].at: expected a whole number of at least 1, got 0",
      "schemas/erp/line.layout.json:2:42 fields[1].lenght is not a known key",
    ]);
  });

  it("reports all mistakes of all files at once, in the order of the files", () => {
    const { findings, project } = inspect({
      "tieline.yaml": SETTINGS.replace("inbox:", "inbx:").replace("url:", "ulr:"),
      "mappings/erp/flow.yaml": FILE_FLOW.replace("cron:", "corn:")
        .replace("Europe/Berlin", "Berlin")
        .replace("key: KUNNR", "key: KUNNR.(")
        .replace("crm.customer", "crm.custmer"),
      "mappings/erp/customer.jsonata": "{",
      "schemas/erp/customer.schema.json": "{",
    });
    expect(project).toBeNull();
    expect(findings.map(({ place }) => `${place.file}:${place.line}`)).toEqual([
      "mappings/erp/customer.jsonata:1",
      "mappings/erp/flow.yaml:7",
      "mappings/erp/flow.yaml:8",
      "mappings/erp/flow.yaml:10",
      "mappings/erp/flow.yaml:15",
      "schemas/erp/customer.schema.json:1",
      "tieline.yaml:6",
      "tieline.yaml:10",
    ]);
  });

  it("reports what is wrong in a file that two flows name once", () => {
    const { findings } = inspect({
      "schemas/erp/customer.schema.json": "{",
      "mappings/shop/flow.yaml": `${PUSH_FLOW}accepts: schemas/erp/customer.schema.json\n`,
    });
    expect(findings.map(({ place }) => place.file)).toEqual(["schemas/erp/customer.schema.json"]);
  });

  it("throws one error that carries every mistake and no warning", () => {
    const dir = writeProject({
      ...SOUND,
      "mappings/erp/flow.yaml": FILE_FLOW.replace("cron:", "corn:").replace("crm.customer", "crm.custmer"),
      "mappings/shop/flow.yaml": PUSH_FLOW.replace("to: crm.order", "topic: nobody"),
    });
    const thrown = failure(() => loadProject(dir, environment()));
    expect(thrown.code).toBe("TL_CONFIG_INVALID");
    expect(thrown.message).toBe("the project has 2 mistakes");
    expect(thrown.issues).toHaveLength(2);
  });

  it("loads an empty folder with defaults", () => {
    const dir = writeProject({});
    expect(loadProject(dir, environment())).toEqual({
      settings: {
        dir,
        data: `${dir}/data`,
        listen: { host: "127.0.0.1", port: 8400 },
        auth: "token",
        storage: { kind: "sqlite", folder: `${dir}/data` },
        dispatch: { kind: "in-process" },
        deploy: "on-save",
        limits: { diskLow: 268_435_456, backlog: 1_000_000 },
        mapping: { shadow: 1_000 },
        publicUrl: null,
        oidc: null,
        alerts: { rules: USUAL_RULES, tell: [], heartbeat: null },
        retention: USUAL_RETENTION,
        systems: {},
      },
      flows: [],
      warnings: [],
    });
  });

  it("warns of a folder that looks like a flow and is none", () => {
    const { findings } = inspect({ "mappings/old/flow.yml": PUSH_FLOW, "mappings/notes/README.md": "x" });
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      severity: "warning",
      place: { file: "mappings/old" },
      cure: "Rename flow.yml to flow.yaml.",
    });
  });

  it("refuses a folder that cannot be a flow's name", () => {
    const { findings } = inspect({
      "mappings/Shop_2/flow.yaml": PUSH_FLOW.replace("crm.order", "crm.invoice"),
    });
    expect(places(findings)).toEqual([
      `mappings/Shop_2/flow.yaml:1:1 a flow's folder is named in lower-case letters, digits and dashes, got "Shop_2"`,
    ]);
  });

  it("does not blame a flow for a system whose settings are wrong", () => {
    const { findings } = inspect({ "tieline.yaml": SETTINGS.replace("inbox: /srv/erp", "inbox: 5") });
    expect(places(findings)).toEqual(["tieline.yaml:6:14 systems.erp.settings.inbox: expected text, got 5"]);
  });

  it("reports settings that the connector finds contradictory", () => {
    const env = environment();
    const refusal = new HubError("TL_CONFIG_INVALID", "sources a and b take the same files", {
      cure: "Part them.",
    });
    const describe = (): never => {
      throw refusal;
    };
    const { findings } = inspectProject(writeProject({ "tieline.yaml": SETTINGS }), {
      ...env,
      catalogue: { ...env.catalogue, describe },
    });
    expect(places(findings)).toEqual([
      "tieline.yaml:5:5 systems.erp: sources a and b take the same files",
      "tieline.yaml:9:5 systems.shop: sources a and b take the same files",
    ]);
    expect(findings[0]?.cure).toBe("Part them.");
  });

  it.each([
    [{ field: "/inbox" }, "tieline.yaml:6:7 systems.erp: wrong"],
    [{ file: "schemas/erp/order.cpy", line: 3, column: 8 }, "schemas/erp/order.cpy:3:8 systems.erp: wrong"],
  ])("says by %j which of the settings, or of the files they name, is wrong", (place, found) => {
    const env = environment();
    const describe = (name: string) => {
      if (name !== "erp") return undefined;
      throw new HubError("TL_CONFIG_INVALID", "wrong", { place });
    };
    const { findings } = inspectProject(writeProject({ "tieline.yaml": SETTINGS }), {
      ...env,
      catalogue: { ...env.catalogue, describe },
    });
    expect(places(findings)).toEqual([found]);
  });

  it("finds the place in a schema of which only the field is known", () => {
    const place = { file: "x", field: "/properties/id/typ" };
    const compileSchema = (text: string): HubError | null =>
      text.includes("typ") ? new HubError("TL_CONFIG_INVALID", 'unknown keyword: "typ"', { place }) : null;
    const text = '{\n  "properties": {\n    "id": { "typ": 1 }\n  }\n}\n';
    const dir = writeProject({ ...SOUND, "schemas/erp/customer.schema.json": text });
    const { findings } = inspectProject(dir, { ...environment(), compileSchema });
    expect(places(findings)).toEqual(['schemas/erp/customer.schema.json:3:13 unknown keyword: "typ"']);
  });

  it("reports a schema that cannot be compiled, once its JSON and its references are right", () => {
    const seen: string[] = [];
    const compileSchema = (
      text: string,
      path: string,
      read: (path: string) => string | undefined,
    ): HubError | null => {
      seen.push(path);
      if (path === "schemas/canonical/customer.schema.json")
        expect(read("schemas/canonical/name.schema.json")).toBeDefined();
      if (!text.includes('"definitions"')) return null;
      return new HubError("TL_CONFIG_INVALID", "no such keyword", { place: { line: 1, column: 3 } });
    };
    const { findings } = inspectProject(writeProject(SOUND), { ...environment(), compileSchema });
    expect(places(findings)).toEqual(["schemas/canonical/name.schema.json:1:3 no such keyword"]);
    expect(seen).toEqual(["schemas/erp/customer.schema.json", "schemas/canonical/name.schema.json"]);
  });
});

describe("flows that are each right and not together", () => {
  const flow = (source: string, routes: string, more = ""): string =>
    `apiVersion: tieline/v1\nsource: ${source}\nkey: id\nroutes: ${routes}\n${more}`;

  it("may not go round in a circle of topics", () => {
    const { findings } = inspect({
      "mappings/a/flow.yaml": flow("{ topic: one }", "[{ topic: two }]"),
      "mappings/b/flow.yaml": flow("{ topic: two }", "[{ topic: one }]"),
    });
    expect(places(findings)).toEqual(["mappings/a/flow.yaml:4:1 the flows go round in a circle: a → b → a"]);
  });

  it("may not read what they publish", () => {
    const { findings } = inspect({ "mappings/a/flow.yaml": flow("{ topic: one }", "[{ topic: one }]") });
    expect(places(findings)).toEqual(["mappings/a/flow.yaml:4:1 the flows go round in a circle: a → a"]);
  });

  it("may not go round through the CRM, unless one of them does not publish", () => {
    const files = {
      "mappings/a/flow.yaml": flow("{ topic: customer.changed }", "[{ to: crm.invoice }]"),
      "mappings/b/flow.yaml": flow("{ topic: invoice.changed }", "[{ to: crm.customer }]", "version: v\n"),
    };
    const { findings } = inspect(files);
    expect(places(findings)).toEqual(["mappings/a/flow.yaml:4:1 the flows go round in a circle: a → b → a"]);
    const silent = { ...files, "mappings/b/flow.yaml": `${files["mappings/b/flow.yaml"]}publish: false\n` };
    expect(inspect(silent).findings).toEqual([]);
  });

  it("are warned of when they write one entity and have no version", () => {
    const { findings, project } = inspect({
      "mappings/shop/flow.yaml": PUSH_FLOW.replace("crm.order", "crm.customer"),
    });
    expect(findings.map(({ severity }) => severity)).toEqual(["warning"]);
    expect(places(findings)).toEqual([
      "mappings/shop/flow.yaml:8:9 crm.customer is written by erp too, and this flow has no `version`: whichever comes last wins",
    ]);
    expect(project?.warnings).toEqual(findings);
  });

  it("that a rule of retention names and that are not there are warned of, with the one that was meant", () => {
    const { findings, project } = inspect({
      "tieline.yaml": `${SETTINGS}retention:\n  flows:\n    shop: 30d\n    shpo: never\n    invoices: 1d\n`,
    });
    expect(project?.settings.retention.flows).toMatchObject({ shpo: null, invoices: 86_400_000 });
    expect(findings.map(({ severity }) => severity)).toEqual(["warning", "warning"]);
    const line = SETTINGS.split("\n").length + 3;
    const rest = "there is no flow of this name; the rule is only for what a former one has left";
    expect(places(findings)).toEqual([
      `tieline.yaml:${line}:5 retention.flows.shpo: ${rest}`,
      `tieline.yaml:${line + 1}:5 retention.flows.invoices: ${rest}`,
    ]);
    expect(findings.map(({ cure }) => cure)).toEqual(['Did you mean "shop"?', "There is erp, shop."]);
  });

  it("may both add interactions when they read different systems", () => {
    const changes = {
      "mappings/shop/flow.yaml": PUSH_FLOW.replace("crm.order", "crm.interaction"),
      "mappings/erp/flow.yaml": FILE_FLOW.replace("version: CHANGED\n", "").replace(
        "crm.customer",
        "crm.interaction",
      ),
    };
    expect(inspect(changes).findings).toEqual([]);
  });
});

function failure(work: () => unknown): HubError {
  try {
    work();
  } catch (error) {
    if (error instanceof HubError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
