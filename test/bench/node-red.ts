import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "../faults/hub-process.ts";
import { PeerMissing } from "./bench.ts";
import { until } from "./hub.ts";
import { MAPPING } from "./project.ts";
import { atEnd, temporaryFolder } from "./temporary.ts";

/** The last line that runs on Node 20. */
const VERSION = "4.1";

/** Installs Node-RED beside the project, once for all runs. @throws PeerMissing */
export async function installNodeRed(): Promise<string> {
  const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  const folder = join(cache, "tieline-bench", `node-red-${VERSION}`);
  const program = join(folder, "node_modules/node-red/red.js");
  if (existsSync(program)) return program;
  await mkdir(folder, { recursive: true });
  const args = ["install", "--prefix", folder, "--no-audit", "--no-fund", `node-red@${VERSION}`];
  await promisify(execFile)("npm", args, { cwd: folder }).catch((error: unknown) => {
    const why = error instanceof Error ? error.message.split("\n")[0] : "unknown";
    throw new PeerMissing(
      `Node-RED ${VERSION} cannot be installed (${why}); --without node-red leaves it out`,
    );
  });
  return program;
}

/**
 * Node-RED with one flow: HTTP in, the same mapping in a change node, a line appended to a file, and the answer after
 * the write, so that it too answers only for what it has written. It does not flush the file.
 */
export async function startNodeRed(program: string): Promise<{ readonly url: string; end(): Promise<void> }> {
  const folder = await temporaryFolder("node-red");
  const port = await freePort();
  await writeFile(
    join(folder.path, "settings.js"),
    `module.exports = { uiHost: "127.0.0.1", uiPort: ${port}, httpAdminRoot: false, flowFile: "flows.json",
      credentialSecret: false, logging: { console: { level: "error" } }, externalModules: { autoInstall: false } };`,
  );
  await writeFile(
    join(folder.path, "flows.json"),
    JSON.stringify(flow(join(folder.path, "customers.jsonl"))),
  );
  const child = spawn(
    process.execPath,
    [program, "--userDir", folder.path, "--settings", join(folder.path, "settings.js")],
    {
      stdio: "ignore",
    },
  );
  const exit = once(child, "exit");
  const end = atEnd(async () => {
    child.kill("SIGKILL");
    await exit;
    await folder.remove();
  });
  const url = `http://127.0.0.1:${port}`;
  await until(async () => (await fetch(`${url}/in/ready`).catch(() => null))?.status === 204, {
    atMost: 60_000,
  }).catch(() => {
    throw new PeerMissing("Node-RED does not start");
  });
  return { url, end };
}

function flow(file: string): readonly object[] {
  const node = (id: string, type: string, next: string | null, more: object): object => ({
    ...{ id, type, z: "tab", x: 100, y: 100, wires: next === null ? [] : [[next]] },
    ...more,
  });
  const rule = { t: "set", p: "payload", pt: "msg", to: `payload.(${MAPPING})`, tot: "jsonata" };
  return [
    { id: "tab", type: "tab", label: "bench" },
    node("in", "http in", "map", { url: "/in/shop/customers", method: "post" }),
    node("map", "change", "write", { rules: [rule] }),
    node("write", "file", "answer", {
      ...{
        filename: file,
        filenameType: "str",
        appendNewline: true,
        overwriteFile: "false",
        createDir: false,
        encoding: "utf8",
      },
    }),
    node("answer", "http response", null, { statusCode: "202" }),
    node("look", "http in", "there", { url: "/in/ready", method: "get" }),
    node("there", "http response", null, { statusCode: "204" }),
  ];
}
