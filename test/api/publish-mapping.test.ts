import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeFolder } from "../cli/support.ts";
import { freePort, type HubProcess, startHubProcess } from "../faults/hub-process.ts";

const MAP = "mappings/notes/note.jsonata";
const FLOW = `apiVersion: tieline/v1
source: { system: site, read: notes, format: json }
key: id
carries: change
map: note.jsonata
routes:
  - to: crm.interaction
`;

let dir: string;
let hub: HubProcess;

beforeAll(async () => {
  dir = await makeFolder({
    "tieline.yaml": `apiVersion: tieline/v1
systems:
  site: { connector: web, settings: { forms: { notes: { token: "\${data:form}" } } } }
`,
    "mappings/notes/flow.yaml": FLOW,
    [MAP]: '{ "id": id, "kind": "note" }\n',
  });
  hub = await startHubProcess({ dir, port: await freePort() });
}, 120_000);
afterAll(async () => {
  await hub?.kill();
  await rm(dir, { recursive: true, force: true });
});

interface Mapping {
  readonly text: string;
  readonly hash: string;
}
const inForce = (): Promise<Mapping> => hub.get("/api/v1/flows/notes/mapping");
const publish = (text: string, before: string): Promise<Mapping> =>
  hub.post("/api/v1/flows/notes/mapping/publish", { text, before, reason: "longer notes" });

test("I6: a published mapping is in the folder, in force and in the audit log, and stays so", async () => {
  const { hash } = await inForce();
  const text = '{ "id": id, "kind": "note", "subject": title }\n';
  const published = await publish(text, hash);
  expect(published.hash).not.toBe(hash);
  expect(await readFile(join(dir, MAP), "utf8")).toBe(text);
  expect(await inForce()).toMatchObject({ text, hash: published.hash });
  const { items } = await hub.get<{ items: readonly object[] }>("/api/v1/audit");
  expect(items[0]).toMatchObject({ act: "deploy", target: "notes", reason: "longer notes" });
  // A change of another file makes the hub read its folder anew: it finds what is in force already.
  await writeFile(
    join(dir, "mappings/notes/flow.yaml"),
    FLOW.replace("carries: change", "carries: state\nversion: at"),
  );
  for (let now = await inForce(); now.hash === published.hash; now = await inForce())
    await new Promise((resolve) => setTimeout(resolve, 100));
  expect((await inForce()).text).toBe(text);
}, 120_000);

test("what was overtaken, is broken, or may not be written changes nothing and says why", async () => {
  const { hash, text } = await inForce();
  await expect(publish("{}", "0".repeat(64))).rejects.toThrow(
    "another version of the flow has come into force",
  );
  await expect(publish('{ "id": ', hash)).rejects.toThrow("TL_CONFIG_INVALID");
  await writeFile(join(dir, MAP), `${text}/* somebody is at it */`);
  await expect(publish("{}", hash)).rejects.toThrow("TL_CONFLICT");
}, 120_000);
