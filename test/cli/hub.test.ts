import { chmod, cp, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort, type HubProcess, startHubProcess } from "../faults/hub-process.ts";
import { makeFolder, type Run, type RunOptions, run as runLine } from "./support.ts";

const ROOT = new URL("../..", import.meta.url).pathname;

const FILES: Readonly<Record<string, string>> = {
  "tieline.yaml": `apiVersion: tieline/v1
systems:
  site:
    connector: web
    settings:
      forms:
        people: { token: "\${data:form}" }
  erp:
    connector: erp
    settings:
      files:
        list: { inbox: "\${env:INBOX}", pattern: "*.csv", stable: 0 }
`,
  "mappings/people/flow.yaml": `apiVersion: tieline/v1
description: People from the site
source: { system: site, read: people, format: json }
accepts: schemas/person.schema.json
key: id
carries: state
map: person.jsonata
emits: schemas/canonical/customer.schema.json
routes:
  - to: crm.customer
onError:
  data: park
`,
  "mappings/people/person.jsonata":
    '{ "id": id, "name": { "full": name }, "phones": phone ? [{ "number": phone }] }\n',
  "mappings/list/flow.yaml": `apiVersion: tieline/v1
guard: { rejected: none }
source: { system: erp, read: list, format: { csv: { delimiter: ";" } } }
accepts: schemas/person.schema.json
key: id
carries: state
map: person.jsonata
emits: schemas/canonical/customer.schema.json
routes:
  - to: crm.customer
`,
  "mappings/list/person.jsonata": '{ "id": id, "name": { "full": name } }\n',
  "schemas/person.schema.json": JSON.stringify({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object",
    required: ["id", "name"],
    properties: {
      id: { type: "string", minLength: 1 },
      name: { type: "string", minLength: 1 },
      phone: { type: "string" },
    },
  }),
  "ada.json": '{ "id": "1", "name": "Ada Lovelace", "phone": "+493012345678" }',
  "nameless.json": '{ "id": "2" }',
  "list.csv": "id;name\n10;Grace\n11;\n12;Edsger\n",
};

let dir: string;
let hub: HubProcess;
let env: Record<string, string>;

/** One command line against the hub of this file, by the real clock. */
function run(line: string, options: RunOptions = {}): Promise<Run> {
  return runLine([...line.split(" "), "--url", hub.url], { cwd: dir, env, now: Date.now, ...options });
}

/** Asks again until the answer is as wanted: the hub works on its own time. */
async function until<T>(ask: () => Promise<T>, wanted: (answer: T) => boolean): Promise<T> {
  for (let tries = 0; ; tries++) {
    const answer = await ask();
    if (wanted(answer) || tries === 100) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

interface List {
  readonly items: readonly { readonly id: string; readonly state: string }[];
  readonly next: number | null;
}

async function messages(filter: string): Promise<List> {
  return (await run(`messages ls ${filter} --json`)).json() as List;
}

beforeAll(async () => {
  dir = await makeFolder(FILES);
  await cp(join(ROOT, "schemas", "canonical"), join(dir, "schemas", "canonical"), { recursive: true });
  await mkdir(join(dir, "inbox"));
  env = { INBOX: join(dir, "inbox") };
  hub = await startHubProcess({ dir, port: await freePort(), env });
}, 60_000);

afterAll(async () => {
  await hub?.kill();
  await rm(dir, { recursive: true, force: true });
});

describe("the commands against a running hub", () => {
  it("send posts what a genuine sender would, and the customer can be looked up", async () => {
    const sent = await run("send site people -f ada.json --sign");
    expect(sent).toMatchObject({ code: 0, err: "" });
    const found = await until(
      async () => (await run("customers find --phone +4930/12345678 --json")).json() as List,
      (page) => page.items.length === 1,
    );
    const shown = await run(`customers show ${found.items[0]?.id} --why`);
    expect(shown.out).toMatch(/name\.full +Ada Lovelace {2}from site 1, m-\d+, \d{4}-/);
    expect((await run("customers find Ada")).out).toMatch(/c-\d+ +Ada Lovelace/);
    expect((await run("customers find --system site --id 1")).out).toContain("Ada Lovelace");
    expect((await run("customers find Nobody")).out).toBe("Nobody matches.\n");
  });

  it("users and keys are added without a secret on the command line, and the audit log verifies", async () => {
    const added = await run("users add anna --role operator", { answers: ["a long password"] });
    expect(added).toMatchObject({ code: 0, out: expect.stringContaining("anna is a user now, as operator") });
    expect((await run("users add bo --role operator", { answers: ["short"] })).code).toBe(2);
    expect((await run("users set anna --payloads yes")).code).toBe(0);
    expect((await run("users ls")).out).toMatch(/anna +operator +given/);
    const { id, key } = (await run("keys add desk --role agent --json")).json() as {
      id: string;
      key: string;
    };
    expect((await run(`flows ls --token ${key}`)).err).toContain("TL_FORBIDDEN");
    expect((await run(`keys revoke ${id}`)).out).toContain("opens nothing any more");
    expect((await run(`flows ls --token ${key}`)).err).toContain("TL_UNAUTHORIZED");
    const { head } = (await run("audit verify --json")).json() as { head: string };
    expect(await run(`audit verify --head ${head}`)).toMatchObject({ code: 0, err: "" });
    expect(await run(`audit verify --head ${"0".repeat(64)}`)).toMatchObject({ code: 1 });
    expect((await run("audit ls")).out).toMatch(/cli +add-user +anna/);
  });

  it("top looks at every flow, for a person or a script", async () => {
    const seen = await run("top --once --every 200ms");
    expect(seen).toMatchObject({ code: 0, err: "" });
    expect(seen.out).toMatch(/FLOW +STATE +IN\/S +OUT\/S +OPEN +OLDEST +PARKED +NEEDS A LOOK/);
    expect(seen.out).toMatch(/people +running/);
    const { flows } = (await run("top --once --every 200ms --json")).json() as { flows: object[] };
    expect(flows).toContainEqual(expect.objectContaining({ name: "list", state: "running", open: 0 }));
    expect((await run("top --every 5")).code).toBe(2);
  });

  it("send says why the hub refuses, with the hub's own cure", async () => {
    const { code, err } = await run("send site people -f ada.json");
    expect(code).toBe(1);
    expect(err).toContain("TL_UNAUTHORIZED");
    expect(err).toContain("X-Form-Token");
  });

  it("messages are listed by every filter, shown with their history, and given back byte for byte", async () => {
    await run("send site people -f ada.json --sign --event once");
    expect((await run("send site people -f ada.json --sign --event once --json")).json()).toMatchObject({
      status: 202,
    });
    await until(
      () => messages("--key 1 --state done"),
      (page) => page.items.length === 2,
    );
    const all = await messages("--flow people --key 1");
    expect(all.items).toHaveLength(2);
    expect((await messages("--since 1h --key 1")).items).toHaveLength(2);
    expect((await messages("--until 1h --key 1")).items).toHaveLength(0);
    expect((await messages("--key nobody")).items).toHaveLength(0);
    const first = await messages("--key 1 --limit 1");
    expect(first.items[0]?.id).toBe(all.items[0]?.id);
    expect((await messages(`--key 1 --limit 1 --next ${first.next}`)).items[0]?.id).toBe(all.items[1]?.id);
    const id = all.items[0]?.id ?? "";
    const shown = await run(`messages show ${id}`);
    expect(shown.out).toContain(`message   ${id}`);
    expect(shown.out).toMatch(/accepted +from site, \d+ bytes, committed|accepted/);
    expect((await run(`messages raw ${id}`)).out).toBe(FILES["ada.json"]);
    expect((await run("messages show m-999")).code).toBe(1);
    expect((await run("messages show 17")).err).toContain("✗");
  });

  it("a parked message is found by its code, replayed with a plan, and discarded", async () => {
    await run("send site people -f nameless.json --sign");
    const parked = await until(
      () => messages("--state parked"),
      (page) => page.items.length === 1,
    );
    const id = parked.items[0]?.id ?? "";
    expect((await messages("--code TL_ACCEPTS_FAILED --flow people")).items.map((item) => item.id)).toContain(
      id,
    );
    expect((await run("messages ls --state parked")).out).toMatch(
      new RegExp(`${id} .*people .*parked.*TL_ACCEPTS_FAILED`),
    );
    expect((await run("replay --flow people --state parked")).out).toMatch(/^1 message match {3}1 key\n/);
    expect((await messages("--state parked")).items).toHaveLength(1);
    expect(await run("replay --flow people --state parked --apply --reason test")).toMatchObject({ code: 0 });
    await until(
      () => messages("--state parked"),
      (page) => page.items.length === 1,
    );
    const plan = await run(`replay ${id} --edited ada.json --dry-run`);
    expect(plan.out).toMatch(/key +1\n(.*\n)+run again with --apply/);
    expect((await run(`replay ${id} --edited ada.json --apply --dry-run`)).code).toBe(2);
    const replayed = await run(`replay ${id} --edited ada.json --apply --allow-stale --reason mended`);
    expect(replayed.out).toMatch(new RegExp(`^✓ replayed as m-\\d+; ${id} is as it was\n$`));
    expect(await run(`discard ${id} --reason wrong`)).toMatchObject({ code: 0, out: `✓ ${id} discarded\n` });
    expect((await messages("--state parked")).items).toHaveLength(0);
    const again = await run(`discard ${id}`);
    expect(again.code).toBe(1);
    expect(again.err).toContain("TL_CONFLICT");
  });

  it("a message becomes a case of its flow that runs, and nothing personal is in it", async () => {
    await run("send site people -f ada.json --sign");
    const { items } = await messages("--key 1 --limit 1");
    const id = items[0]?.id ?? "";
    const shown = await run(`case add ${id}`);
    expect(shown.out).toContain("✓ passes with the version in force");
    expect(shown.out).toMatch(/disguised: .*\/name \(text\), \/phone \(phone\)/);
    expect((await run(`case add ${id} --out here.json --name here`)).code).toBe(0);
    const added = await run(`case add ${id} --apply --name there --reason test`);
    expect(added.out).toContain("✓ mappings/people/cases/there.json written");
    for (const file of ["here.json", "mappings/people/cases/there.json"]) {
      const text = await readFile(join(dir, file), "utf8");
      expect(text).not.toMatch(/Ada|Lovelace|12345678/i);
      expect(text).toContain('"out": {');
    }
    expect((await run(`case add ${id} --apply --name there`)).err).toContain("TL_CONFLICT");
    expect((await runLine(["test", "people"], { cwd: dir, env, now: Date.now })).code).toBe(0);
    expect((await run("audit ls")).out).toMatch(/cli +add-case +mappings\/people\/cases\/there\.json/);
  });

  it("a dropped file is taken, followed to its end, and its rejected row comes back", async () => {
    await writeFile(join(dir, "inbox", ".list.tmp"), FILES["list.csv"] ?? "");
    await rename(join(dir, "inbox", ".list.tmp"), join(dir, "inbox", "list.csv"));
    await until(
      async () => (await run("files ls --flow list --json")).json() as List,
      (page) => page.items.length === 1,
    );
    const watched = await run("files watch");
    expect(watched.code).toBe(3);
    expect(watched.out).toMatch(/state +done/);
    expect(watched.out).toMatch(/rejected +1/);
    expect((await run("files ls")).out).toMatch(/list +list\.csv +done +3 +1/);
    const id = ((await run("files ls --json")).json() as List).items[0]?.id;
    expect((await run(`files show ${id}`)).out).toContain("rows      3");
    expect((await run(`files rejects ${id}`)).out).toContain("11;");
    expect((await run(`files resume ${id}`)).err).toContain("TL_CONFLICT");
    expect((await run("files show 99")).code).toBe(1);
  });

  it("flows are listed, paused, resumed and run", async () => {
    expect((await run("flows ls")).out).toMatch(/people +running/);
    expect(await run("flows pause people --only accept --reason test")).toMatchObject({
      code: 0,
      out: "✓ people: paused\n",
    });
    const paused = await until(
      () => run("flows show people"),
      (shown) => !shown.out.includes("running"),
    );
    expect(paused.out).toMatch(/state +not accepting/);
    const refused = await run("send site people -f ada.json --sign");
    expect(refused.err).toContain("TL_FLOW_PAUSED");
    expect(await run("flows resume people")).toMatchObject({ code: 0, out: "✓ people: resumed\n" });
    const resumed = await until(
      async () => (await run("flows show people --json")).json() as { accepting: boolean },
      (flow) => flow.accepting,
    );
    expect(resumed).toMatchObject({ accepting: true, running: true });
    expect((await run("flows run list")).out).toBe("There was nothing to take.\n");
    expect((await run("flows run nobody")).code).toBe(1);
  });

  it("doctor asks the running hub and never opens its store", async () => {
    const opened: string[] = [];
    const { code, out } = await run("doctor", {
      ports: { inspectStore: ({ kind }) => Promise.reject(new Error(String(opened.push(kind)))) },
    });
    expect(opened).toEqual([]);
    expect(out).toMatch(/✓ hub +running at /);
    expect(out).toMatch(/✓ work +this process has 256 of 256 lanes, and the files and slots/);
    expect(out).toMatch(/✓ version +\d+\.\d+\.\d+/);
    expect(out).toMatch(/✓ clock +hub and this machine \d+ ms apart/);
    expect(out).toMatch(/[✓!] fsync +one write to disk takes [\d.]+ ms/);
    expect(out).toMatch(/✓ system erp +erp: answers/);
    expect(out).toMatch(/✓ drop erp +.*same file system/);
    expect(out).toMatch(/✓ API token/);
    expect(code).toBe(0);
  });

  it("systems are listed, and each tells whether it can be reached", async () => {
    expect((await run("systems ls")).out).toMatch(/^SYSTEM +CONNECTOR .*\nsite +web .*\nerp +erp /m);
    expect(await run("systems check site")).toMatchObject({ code: 0, out: "✓ site (web) answers\n" });
    await rename(join(dir, "inbox"), join(dir, "away"));
    const { code, out } = await run("systems check --json");
    await rename(join(dir, "away"), join(dir, "inbox"));
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      ok: false,
      items: [
        { name: "site", ok: true, failure: null },
        { name: "erp", ok: false, failure: { code: "TL_SOURCE_UNAVAILABLE" } },
      ],
    });
    expect(await run("systems check nobody")).toMatchObject({ code: 1 });
  });

  it("doctor tells what waits for a person, and how to go on", async () => {
    await run("flows pause list");
    await run("send site people -f nameless.json --sign");
    const { out } = await until(
      () => run("doctor"),
      (seen) => seen.out.includes("parked") && seen.out.includes("is paused"),
    );
    expect(out).toMatch(/! flow +list is paused\n +tieline flows resume list/);
    expect(out).toMatch(
      /! flow +people: \d+ items? parked\n +tieline messages ls --flow people --state parked/,
    );
    await run("flows resume list");
  });

  it("what fails is listed by cause; what is muted is apart and needs nobody, until it is unmuted", async () => {
    const groups = async (options: string) =>
      ((await run(`errors ls ${options} --json`)).json() as { items: readonly { fingerprint: string }[] })
        .items;
    const [group] = await groups("--flow people");
    expect(await run("errors ls --flow people")).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^CAUSE +FLOW .*\n[0-9a-f]{12} +people .*TL_ACCEPTS_FAILED/),
    });
    const cause = group?.fingerprint;
    expect((await run(`errors mute ${cause} --flow people`)).code).toBe(2);
    const muted = await run(`errors mute ${cause} --flow people --for 1d --reason known`);
    expect(muted).toMatchObject({ code: 0, out: `✓ ${cause} is muted\n` });
    expect(await run("errors ls --flow people")).toMatchObject({ code: 0, out: "Nothing fails.\n" });
    expect((await run("errors ls --muted")).out).toMatch(/parked .*by cli until \d{4}-/);
    expect((await run(`errors unmute ${cause} --flow people`)).code).toBe(0);
    expect(await run(`errors unmute ${cause} --flow people`)).toMatchObject({ code: 1 });
    expect((await run(`errors mute ${cause} --flow people --until-changed`)).code).toBe(0);
    expect((await run("errors ls --muted")).out).toContain("until the flow changes");
    expect((await run(`errors unmute ${cause} --flow people`)).code).toBe(0);
    expect(await groups("--flow people")).toHaveLength(1);
    const log = (await run("audit ls")).out;
    expect(log).toMatch(new RegExp(`cli +mute-errors +people ${cause}`));
    expect(log).toMatch(new RegExp(`cli +unmute-errors +people ${cause}`));
  });

  it("doctor tells when the clock of the hub is another", async () => {
    const { code, out } = await run("doctor", { now: () => Date.now() - 60_000 });
    expect(out).toMatch(/! clock +hub and this machine \d+ ms apart\n +Synchronise/);
    expect(code).toBe(0);
  });

  it("doctor finds a token that others may read", async () => {
    const token = join(dir, "data", "api-token");
    await chmod(token, 0o644);
    const { code, out } = await run("doctor");
    await chmod(token, 0o600);
    expect(code).toBe(1);
    expect(out).toMatch(/✗ API token .*may be read by others[^\n]*\n +chmod 600 /);
  });

  it("without the token nothing is told, and the token is not sent to another machine", async () => {
    const { code, err } = await runLine(["flows", "ls", "--url", hub.url, "--dir", "/nonexistent"]);
    expect(code).toBe(1);
    expect(err).toContain("TL_UNAUTHORIZED");
  });
});

describe("a replay of many", () => {
  it("asks for the number, and does nothing without it", async () => {
    const rows = Array.from({ length: 120 }, (_, index) => `${1000 + index};`).join("\n");
    await writeFile(join(dir, "inbox", "many.tmp"), `id;name\n${rows}\n`);
    await rename(join(dir, "inbox", "many.tmp"), join(dir, "inbox", "many.csv"));
    await until(
      async () => (await run("replay --flow list --state rejected --json")).json() as { matched: number },
      (plan) => plan.matched > 100,
    );
    const line = "replay --flow list --state rejected --apply";
    const refused = await run(line, { answers: ["yes"] });
    expect(refused.code).toBe(2);
    expect(refused.err).toContain("nothing was done");
    const plan = (await run("replay --flow list --state rejected --json")).json() as { matched: number };
    const done = await run(line, { answers: [String(plan.matched)] });
    expect(done).toMatchObject({ code: 0 });
    expect(done.out).toContain(`${plan.matched} messages on the queue again`);
  });
});
