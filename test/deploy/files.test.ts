import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { inspectSettings } from "../../src/config/load-project.ts";
import { ROLES } from "../../src/config/role.ts";
import { loadConnectors } from "../../src/connector/registry.ts";
import { projectEnvironment } from "../../src/project.ts";
import { run } from "../cli/support.ts";

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: object;
  readonly secrets: object;
}
interface Service {
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
  readonly volumes: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: object;
}
interface Manifest {
  readonly kind: string;
  readonly data?: Readonly<Record<string, string>>;
  readonly spec: {
    readonly replicas: number;
    readonly template: {
      readonly spec: {
        readonly terminationGracePeriodSeconds: number;
        readonly securityContext: { readonly runAsUser: number };
        readonly volumes: readonly { readonly name: string }[];
        readonly containers: readonly {
          readonly image: string;
          readonly args: readonly string[];
          readonly ports: readonly { readonly containerPort: number }[];
          readonly env: readonly { readonly name: string; readonly value: string }[];
          readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
          readonly [probe: string]: unknown;
        }[];
      };
    };
    readonly volumeClaimTemplates: readonly { readonly metadata: { readonly name: string } }[];
  };
}

const read = (path: string): string => readFileSync(path, "utf8");
const dockerfile = read("Dockerfile");
const program = JSON.parse(read("package.json")) as {
  readonly version: string;
  readonly engines: { readonly node: string };
  readonly bin: Readonly<Record<string, string>>;
};

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tieline-deploy-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function exported(what: string): Promise<string> {
  const { code, out, err } = await run(["export", what]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return out;
}

/** What a hub makes of `tieline.yaml` and its environment. */
async function settings(text: string, variables: Readonly<Record<string, string>>) {
  writeFileSync(join(folder, "tieline.yaml"), text);
  const env = { ...projectEnvironment(await loadConnectors(), variables), createSecrets: false };
  return inspectSettings(folder, env);
}

describe("the compose file", () => {
  const compose = async (): Promise<Compose> => parse(await exported("compose")) as Compose;

  it("defines each secret and volume that a service names, and waits for what is healthy", async () => {
    const { services, volumes, secrets } = await compose();
    for (const service of Object.values(services)) {
      for (const secret of service.secrets) expect(secrets).toHaveProperty([secret]);
      for (const volume of service.volumes.filter((one) => !one.startsWith("./")))
        expect(volumes).toHaveProperty([volume.split(":")[0] ?? ""]);
      for (const [name, { condition }] of Object.entries(service.depends_on ?? {})) {
        expect(condition).toBe("service_healthy");
        expect(services[name]?.healthcheck).toBeDefined();
      }
    }
  });

  it("gives the hub a store and wake-ups that it takes, with secrets from files", async () => {
    const { services } = await compose();
    writeFileSync(join(folder, "postgres-password"), "p w@1\n");
    writeFileSync(join(folder, "redis-password"), "r/2\n");
    const variables = Object.fromEntries(
      Object.entries(services["hub"]?.environment ?? {}).map(([name, text]) => [
        name,
        text.replaceAll("$$", "$").replaceAll("/run/secrets", folder),
      ]),
    );
    const found = await settings("apiVersion: tieline/v1\n", variables);
    expect(found.findings).toEqual([]);
    expect(found.settings.storage).toMatchObject({ kind: "postgres", host: "postgres", password: "p w@1" });
    expect(found.settings.dispatch).toMatchObject({ kind: "redis", host: "redis", password: "r/2" });
  });
});

describe("the manifests for Kubernetes", () => {
  const manifests = async (): Promise<readonly Manifest[]> =>
    parseAllDocuments(await exported("kubernetes")).map((document) => {
      expect(document.errors).toEqual([]);
      return document.toJS() as Manifest;
    });

  it("run the image as the Dockerfile makes it, one at a time", async () => {
    const set = (await manifests()).find(({ kind }) => kind === "StatefulSet");
    const pod = set?.spec.template.spec;
    const hub = pod?.containers[0];
    expect(set?.spec.replicas).toBe(1);
    expect(hub?.image).toBe(`tieline:${program.version}`);
    expect(hub?.args).toEqual(JSON.parse(/^CMD (.*)$/m.exec(dockerfile)?.[1] ?? "null"));
    expect(dockerfile).toContain(`EXPOSE ${hub?.ports[0]?.containerPort}\n`);
    for (const { name, value } of hub?.env ?? []) expect(dockerfile).toContain(`${name}=${value}`);
    const volumes = [
      ...(pod?.volumes ?? []),
      ...(set?.spec.volumeClaimTemplates ?? []).map((one) => one.metadata),
    ];
    expect(hub?.volumeMounts.map(({ name }) => name).sort()).toEqual(volumes.map(({ name }) => name).sort());
    // Longer than the longest attempt to deliver, or a stop would cut it off.
    expect(pod?.terminationGracePeriodSeconds).toBeGreaterThan(14 + 5);
  });

  it("ask the hub's own addresses whether it is well", async () => {
    const text = await exported("kubernetes");
    const asked = [...text.matchAll(/httpGet: \{ path: (\S+),/g)].map(([, path]) => path);
    expect(asked).toEqual(["/livez", "/livez", "/readyz"]);
    const health = read("src/api/health.ts");
    for (const path of asked) expect(health).toContain(`"${path}"`);
  });

  it("bring settings that a hub takes", async () => {
    const map = (await manifests()).find(({ kind }) => kind === "ConfigMap");
    const found = await settings(map?.data?.["tieline.yaml"] ?? "", {});
    expect(found.findings).toEqual([]);
    expect(found.settings.deploy).toBe("manual");
  });
});

describe("the manifests for workers", () => {
  it("start a role that there is, on what the hub mounts, and scale what they start", async () => {
    const [worker, scaled] = parseAllDocuments(await exported("kubernetes-workers")).map(
      (document) => document.toJS() as Manifest & { spec: { scaleTargetRef: { name: string } } },
    );
    const pod = worker?.spec.template.spec;
    const args = pod?.containers[0]?.args ?? [];
    expect(ROLES).toContain(args[args.indexOf("--role") + 1]);
    expect(pod?.containers[0]?.image).toBe(`tieline:${program.version}`);
    expect(pod?.containers[0]?.volumeMounts.map(({ name }) => name)).toEqual(
      pod?.volumes.map(({ name }) => name),
    );
    expect(scaled?.spec.scaleTargetRef.name).toBe("tieline-worker");
  });
});

describe("the unit for systemd", () => {
  it("starts the program with options that it has", async () => {
    const unit = await exported("systemd");
    const [, line = ""] = /^ExecStart=\/usr\/bin\/node (.*)$/m.exec(unit) ?? [];
    const [flag, main, ...rest] = line.split(" ");
    expect(process.allowedNodeEnvironmentFlags.has(flag ?? "")).toBe(true);
    expect(main).toBe(`/opt/tieline/${program.bin["tieline"]}`);
    const help = (await run([rest[0] ?? "", "--help"])).out;
    for (const option of rest.filter((one) => one.startsWith("--"))) expect(help).toContain(option);
  });

  it("is what systemd takes, and keeps the hub away from the rest of the machine", async (context) => {
    if (spawnSync("systemd-analyze", ["--version"]).status !== 0) context.skip("systemd-analyze is not here");
    const verified = spawnSync("systemd-analyze", ["verify", "--man=no", "src/deploy/tieline.service"], {
      encoding: "utf8",
    });
    // That node is installed where the unit looks for it is the machine's matter, not the unit's.
    const complaints = verified.stderr
      .split("\n")
      .filter((line) => line !== "" && !line.includes("/usr/bin/node"));
    expect(complaints).toEqual([]);
    const { stdout } = spawnSync(
      "systemd-analyze",
      ["security", "--offline=true", "src/deploy/tieline.service"],
      {
        encoding: "utf8",
      },
    );
    expect(Number(/Overall exposure level for tieline.service: ([\d.]+)/.exec(stdout)?.[1])).toBeLessThan(2);
  });
});

describe("the Dockerfile", () => {
  it("runs what package.json calls the program, on a Node that it allows", () => {
    const main = `/app/${program.bin["tieline"]}`;
    expect(dockerfile).toContain(`ENTRYPOINT ["node", "${main}"]`);
    expect(dockerfile).toContain(`ln -s ${main} /usr/local/bin/tieline`);
    const least = Number(/^>=(\d+)/.exec(program.engines.node)?.[1]);
    const images = [...dockerfile.matchAll(/^FROM node:(\d+)/gm)].map(([, major]) => Number(major));
    expect(images.length).toBeGreaterThan(0);
    for (const major of images) expect(major).toBeGreaterThanOrEqual(least);
  });

  it("takes along all files that the program reads beside its code", () => {
    const copied = [...dockerfile.matchAll(/\/app\/(\S+) /g)].map(([, path]) => path);
    for (const part of ["dist", "schemas", "mappings", "src/deploy/*.yaml", "src/deploy/*.service"])
      expect(copied).toContain(part);
  });
});
