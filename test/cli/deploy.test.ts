import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort, type HubProcess, startHubProcess } from "../faults/hub-process.ts";
import { makeFolder, type Run, run as runLine } from "./support.ts";

const FLOW = `apiVersion: tieline/v1
source: { system: site, read: notes, format: json }
key: id
carries: change
event: id
map: note.jsonata
routes:
  - topic: notes
`;
const READER = `apiVersion: tieline/v1
source: { topic: notes }
key: id
carries: change
map: note.jsonata
routes:
  - topic: done
`;
const END = READER.replace("topic: notes", "topic: done").replace("- topic: done", "- to: crm.interaction");

const FILES: Readonly<Record<string, string>> = {
  "tieline.yaml": `apiVersion: tieline/v1
deploy: manual
systems:
  site: { connector: web, settings: { forms: { notes: { token: "\${data:form}" } } } }
  erp: { connector: erp, settings: { files: { list: { inbox: "\${env:INBOX:-./inbox}", pattern: "*.csv", stable: 0 } } } }
`,
  "mappings/notes/flow.yaml": FLOW,
  "mappings/notes/note.jsonata": '{\n  "id": id,\n  "text": text\n}\n',
  "mappings/reader/flow.yaml": READER,
  "mappings/reader/note.jsonata": '{ "id": id }\n',
  "mappings/end/flow.yaml": END,
  "mappings/end/note.jsonata": '{ "id": id, "kind": "note" }\n',
  "mappings/list/flow.yaml": `apiVersion: tieline/v1
source: { system: erp, read: list, format: { csv: { delimiter: ";" } } }
schedule: { cron: "30 1 * * *", zone: UTC }
key: id
carries: state
map: list.jsonata
routes:
  - topic: lists
`,
  "mappings/list/list.jsonata": '{ "id": id }\n',
  "mappings/lists/flow.yaml": END.replace("topic: done", "topic: lists"),
  "mappings/lists/note.jsonata": '{ "id": id, "kind": "note" }\n',
};

let dir: string;
let hub: HubProcess;
let port: number;

function run(line: string): Promise<Run> {
  return runLine([...line.split(" "), "--url", hub.url], { cwd: dir, env: {}, now: Date.now });
}
const write = (path: string, text: string): Promise<void> => writeFile(join(dir, path), text);

interface Change {
  readonly name: string;
  readonly change: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly waits: string | null;
  readonly underWay: { readonly messages: number };
  readonly slots: { readonly before: readonly string[]; readonly after: readonly string[] } | null;
  readonly files?: readonly { readonly path: string; readonly diff: readonly string[] }[];
}

async function json<T>(line: string): Promise<T> {
  const { out, err, json: parse } = await run(`${line} --json`);
  expect(err, out).toBe("");
  return parse() as T;
}
const plan = (line = ""): Promise<{ readonly flows: readonly Change[] }> => json(`deploy ${line}`.trim());
const audited = async (): Promise<number> =>
  (await hub.get<{ items: readonly { act: string }[] }>("/api/v1/audit?limit=100")).items.filter(
    ({ act }) => act === "deploy",
  ).length;
const inForce = async (): Promise<readonly string[]> =>
  (await hub.get<{ items: readonly { name: string; hash: string | null }[] }>("/api/v1/flows")).items
    .filter(({ hash }) => hash !== null)
    .map(({ name }) => name)
    .sort();

beforeAll(async () => {
  dir = await makeFolder(FILES);
  port = await freePort();
  hub = await startHubProcess({ dir, port });
}, 60_000);

afterAll(async () => {
  await hub?.kill();
  await rm(dir, { recursive: true, force: true });
});

/** In order: each goes on where the one before ended. */
describe("a hub that is deployed to by hand", { timeout: 60_000 }, () => {
  it("has nothing in force until somebody says so", async () => {
    expect(await inForce()).toEqual([]);
    const { code, out } = await run("deploy");
    expect(code).toBe(0);
    expect(out).toMatch(/^notes {2}new {2}not in force → [0-9a-f]{8}$/m);
    expect(out).toMatch(/runs after {3}\d{4}-\d\d-\d\d 01:30:00Z, /);
    expect(out).toContain("run again with --apply");
    const doctor = await runLine(["doctor"], {
      cwd: dir,
      env: { TIELINE_LISTEN: `127.0.0.1:${port}` },
      now: Date.now,
    });
    expect(doctor.out).toMatch(/! deployed +not in force as in this folder: end, list, lists, notes, reader/);
    expect(await inForce()).toEqual([]);
  });

  it("puts all flows of the folder in force at once, once", async () => {
    expect(await run("deploy --apply --reason first")).toMatchObject({ code: 0, err: "" });
    expect(await inForce()).toEqual(["end", "list", "lists", "notes", "reader"]);
    expect(await audited()).toBe(5);
    const again = await run("deploy --apply");
    expect(again.code).toBe(0);
    expect(again.out).toContain("Nothing had to change.");
    expect(await audited()).toBe(5);
  });

  it("tells every problem of every file, and changes nothing", async () => {
    await write("mappings/notes/note.jsonata", '{ "id": id,');
    await write("mappings/reader/flow.yaml", READER.replace("key: id", "kee: id"));
    const { code, err } = await run("deploy --apply");
    expect(code).toBe(1);
    expect(err).toContain("mappings/notes/note.jsonata:1");
    expect(err).toContain("mappings/reader/flow.yaml:3");
    await write("mappings/notes/note.jsonata", FILES["mappings/notes/note.jsonata"]!);
    await write("mappings/reader/flow.yaml", READER);
    expect(await audited()).toBe(5);
  });

  it("shows the lines and planned runs that would change, and does not take up a changed folder", async () => {
    await write("mappings/notes/note.jsonata", '{\n  "id": id,\n  "text": $uppercase(text)\n}\n');
    await write("mappings/list/flow.yaml", FILES["mappings/list/flow.yaml"]!.replace("30 1", "45 2"));
    const { out } = await run("deploy --plan");
    expect(out).toContain("mappings/notes/note.jsonata\n    @@ -1,4 +1,4 @@");
    expect(out).toContain('    -  "text": text\n    +  "text": $uppercase(text)');
    expect(out).toMatch(/runs before {2}\S+ 01:30:00Z.*\n {2}runs after {3}\S+ 02:45:00Z/);
    const { flows } = await plan();
    expect(flows.map(({ name, change }) => `${name} ${change}`).sort()).toEqual([
      "end same",
      "list changed",
      "lists same",
      "notes changed",
      "reader same",
    ]);
    expect(flows.find(({ name }) => name === "list")?.slots?.after[0]).toMatch(/T02:45:00.000Z$/);
    expect(await audited()).toBe(5);
  });

  it("lets what was accepted before finish on the version it came with", async () => {
    await run("flows pause notes --only deliver");
    await write("one.json", '{ "id": "1", "text": "hello" }');
    expect((await run("send site notes -f one.json --sign")).code).toBe(0);
    const { flows } = await plan("notes");
    expect(flows).toMatchObject([
      { name: "notes", change: "changed", underWay: { messages: 1 }, waits: null },
    ]);
    expect((await run("deploy notes")).out).toContain(
      "1 message waits on the version in force and finishes on it",
    );
    expect((await run("deploy notes list --apply")).code).toBe(0);
    const { items } = await json<{ items: readonly { id: string }[] }>("messages ls --flow notes");
    const shown = await json<{ version: { hash: string } }>(`messages show ${items[0]?.id}`);
    expect(shown.version.hash).toBe(flows[0]?.before);
  });

  it("holds a change of the key back until the old version has drained, and can wait for it", async () => {
    await write("mappings/notes/flow.yaml", FLOW.replace("key: id", "key: text"));
    await run("send site notes -f one.json --sign");
    await write("two.json", '{ "id": "2", "text": "again" }');
    await run("send site notes -f two.json --sign");
    const before = (await plan("notes")).flows[0]?.before;
    const held = await run("deploy notes --apply");
    expect(held.code).toBe(3);
    expect(held.out).toContain(
      "the change of `key` waits until what is under way with the old key has ended",
    );
    expect((await plan("notes")).flows[0]).toMatchObject({ change: "changed", before });
    const waiting = run("deploy notes --apply --wait 30s");
    await run("flows resume notes");
    const { code, out } = await waiting;
    expect(out).toContain("1 flow changed");
    expect(code).toBe(0);
    expect((await plan("notes")).flows[0]).toMatchObject({ change: "same" });
  });

  it("goes back to an earlier version, the last one or a named one", async () => {
    const { items } = await hub.get<{ items: readonly { hash: string; inForce: boolean }[] }>(
      "/api/v1/flows/notes/versions",
    );
    expect(items.map((one) => one.inForce)).toEqual([true, false, false]);
    expect((await run("deploy --revert notes")).out).toContain("-key: text");
    expect((await run("deploy --revert notes --apply --reason oops")).code).toBe(0);
    expect((await plan("notes")).flows[0]?.before).toBe(items[1]?.hash);
    expect((await run(`deploy --revert notes --to ${items[2]?.hash.slice(0, 10)} --apply`)).code).toBe(0);
    expect((await plan("notes")).flows[0]?.before).toBe(items[2]?.hash);
    const none = await run("deploy --revert notes");
    expect(none.code).toBe(1);
    expect(none.err).toContain("the flow has no earlier version");
  });

  it("starts again with what is in force in the store, not with what lies in the folder", async () => {
    const before = await plan();
    await hub.stop();
    const text = await readFile(join(dir, "mappings/notes/note.jsonata"), "utf8");
    await write("mappings/notes/note.jsonata", "{ broken");
    hub = await startHubProcess({ dir, port });
    expect(await inForce()).toEqual(["end", "list", "lists", "notes", "reader"]);
    await write("mappings/notes/note.jsonata", text);
    expect((await plan()).flows).toEqual(before.flows);
  });

  it("takes a flow out of force that the folder does not have any more", async () => {
    for (const name of ["list", "lists"]) await rm(join(dir, "mappings", name), { recursive: true });
    const { flows } = await plan();
    expect(flows.filter(({ change }) => change === "removed").map(({ name }) => name)).toEqual([
      "list",
      "lists",
    ]);
    expect(await inForce()).toContain("list");
    expect((await run("deploy --apply")).code).toBe(0);
    await expect.poll(inForce).toEqual(["end", "notes", "reader"]);
  });

  it("lays no text outside the folders of a project", async () => {
    const token = (await readFile(join(dir, "data", "api-token"), "utf8")).trim();
    const answer = await fetch(`${hub.url}/api/v1/deploy`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({
        flows: [
          { name: "notes", texts: { "mappings/notes/flow.yaml": FLOW, "mappings/../../../evil": "x" } },
        ],
      }),
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      code: "TL_CONFIG_INVALID",
      issues: [{ place: { file: "mappings/../../../evil" } }],
    });
  });

  it("is told by a hub that follows its folder that it does so by itself", async () => {
    await hub.stop();
    await write("tieline.yaml", FILES["tieline.yaml"]!.replace("deploy: manual\n", ""));
    hub = await startHubProcess({ dir, port });
    const { code, err } = await run("deploy end --apply");
    expect(code).toBe(1);
    expect(err).toContain("deploy: manual");
  });
});
