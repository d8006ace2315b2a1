import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type RunningWorkbench, serveWorkbench } from "../../src/api/workbench/server.ts";
import type { Evaluation } from "../../src/flow/workbench.ts";

const SCHEMA = "https://json-schema.org/draft/2020-12/schema";
const TEXTS = {
  "schemas/in.json": JSON.stringify({
    $schema: SCHEMA,
    type: "object",
    additionalProperties: false,
    required: ["id"],
    properties: { id: { type: "string" }, name: { type: "string" } },
  }),
  "schemas/out.json": JSON.stringify({
    $schema: SCHEMA,
    type: "object",
    additionalProperties: false,
    required: ["id"],
    properties: { id: { type: "string", maxLength: 3 }, name: { type: "string" } },
  }),
  "mappings/codes/colour.csv": "erp,name\n1,red\n",
};

let folder: string;
let file: string;
let running: RunningWorkbench;
let origin: string;
let key: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tieline-workbench-"));
  file = join(folder, "m.jsonata");
  await writeFile(file, '{ "id": id }\n');
  running = await serveWorkbench({
    file,
    title: "m.jsonata",
    contract: {
      file: "mappings/x/flow.yaml",
      accepts: "schemas/in.json",
      emits: "schemas/out.json",
      map: "mappings/x/m.jsonata",
      key: "id",
      version: null,
      event: null,
      record: null,
      texts: TEXTS,
    },
    samples: [
      { name: "one", text: '{ "id": "1" }', lookups: { xref: { erp: { "1": "c-1" } }, customer: {} } },
    ],
    receivedAt: 1_000,
  });
  const url = new URL(running.url);
  origin = url.origin;
  key = url.hash.slice(1);
});

afterEach(async () => {
  await running.close();
  await rm(folder, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** Asks with these headers and no other; `fetch` would not let the header Host be set. */
function ask(
  path: string,
  {
    method = "GET",
    headers = { "x-tieline-key": key },
    body,
  }: { method?: string; headers?: Record<string, string>; body?: unknown } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(`${origin}${path}`, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { "content-type": "application/json" }) },
    });
    sent.on("response", (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(parts).toString(),
        }),
      );
    });
    sent.on("error", reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function evaluated(
  text: string,
  sample = '{ "id": "1", "name": "Ann" }',
  from?: number,
): Promise<Evaluation> {
  const { status, body } = await ask("/api/evaluate", { method: "POST", body: { text, sample, from } });
  expect(status).toBe(200);
  return JSON.parse(body) as Evaluation;
}

describe("the workbench", () => {
  it("serves its page to anybody on the machine, and nothing else without the key", async () => {
    for (const path of ["/", "/page.js", "/page.css"])
      expect((await ask(path, { headers: {} })).status).toBe(200);
    expect((await ask("/", { headers: {} })).headers["content-security-policy"]).toContain(
      "default-src 'none'",
    );
    for (const [method, path] of [
      ["GET", "/api/mapping"],
      ["GET", "/api/samples"],
      ["POST", "/api/evaluate"],
      ["PUT", "/api/mapping"],
    ] as const) {
      expect((await ask(path, { method, headers: {} })).status).toBe(401);
      expect((await ask(path, { method, headers: { "x-tieline-key": "x".repeat(key.length) } })).status).toBe(
        401,
      );
    }
    expect(await readFile(file, "utf8")).toBe('{ "id": id }\n');
  });

  it("answers to its own name only, so that another site's name led here gets nothing", async () => {
    const { port } = new URL(origin);
    for (const host of ["evil.example", `evil.example:${port}`, "127.0.0.1", "127.0.0.1:1"]) {
      expect((await ask("/", { headers: { host } })).status).toBe(421);
      expect((await ask("/api/mapping", { headers: { host, "x-tieline-key": key } })).status).toBe(421);
    }
    expect((await ask("/", { headers: { host: `localhost:${port}` } })).status).toBe(200);
    expect(new URL(origin).hostname).toBe("127.0.0.1");
  });

  it("looks things up in the lists of the flow, and among what the sample says of customers", async () => {
    const text = '{ "id": $xref("erp", id) ?? "no", "name": $code("colour", id) ? "a" : "b" }';
    const { result, problems, coverage } = await evaluated(text, '{ "id": "1" }', 0);
    expect({ result, problems }).toEqual({ result: { id: "c-1", name: "a" }, problems: [] });
    expect(coverage?.branches.map(({ yes, no }) => [yes, no])).toEqual([
      [1, 0],
      [1, 0],
    ]);
    expect((await evaluated(text, '{ "id": "1" }')).result).toEqual({ id: "no", name: "a" });
  });

  it("a code list that the flow did not have finds nothing, and is told", async () => {
    const { result, problems } = await evaluated('{ "id": id, "name": $code("shape", id) }');
    expect(result).toEqual({ id: "1" });
    expect(problems).toMatchObject([{ in: "mapping", severity: "warning", line: 1, column: 21 }]);
    expect((await evaluated('{ "id": $code(id, id) }')).problems).toMatchObject([
      { code: "TL_MAPPING_INVALID", line: 1, column: 9 },
    ]);
  });

  it("says what a mapping makes of a sample, and what the sample covers", async () => {
    const { result, problems, coverage } = await evaluated('{ "id": id, "name": name ?? "none" }');
    expect({ result, problems }).toEqual({ result: { id: "1", name: "Ann" }, problems: [] });
    expect(coverage?.source).toContainEqual({ path: "/name", used: true, seen: true });
    expect(coverage?.branches).toMatchObject([{ kind: "coalesce", yes: 1, no: 0 }]);
  });

  it.each([
    ['{ "id": id', "mapping 1:11", 'S0203: Expected "}"'],
    ['{ "id": id, "name": nmae }', "mapping 1:21", 'the record cannot have "nmae"'],
    ['{ "id": id, "nmae": name }', "mapping 1:13", "/nmae is not a member"],
    ['{ "id": $pad(id, 9) }', "mapping 1:3", "at most 3 characters"],
    ['{ "id": $uppercase(1) }', "mapping 1:9", "argument 1 of $uppercase"],
  ])("marks what is wrong in %s", async (text, place, message) => {
    const { problems } = await evaluated(text);
    expect(problems).toHaveLength(1);
    const [{ in: where, line, column, message: said } = problems[0] as never] = problems;
    expect(`${where} ${line}:${column}`).toBe(place);
    expect(said).toContain(message);
  });

  it("marks what is wrong with the sample", async () => {
    expect((await evaluated('{ "id": id }', '{ "id": 1 }')).problems[0]).toMatchObject({
      in: "sample",
      field: "/id",
    });
    expect((await evaluated('{ "id": id }', "{")).problems[0]).toMatchObject({
      in: "sample",
      severity: "error",
    });
  });

  it("writes the named file when asked, and touches nothing else", async () => {
    const { version } = JSON.parse((await ask("/api/mapping")).body) as { version: string };
    const saved = await ask("/api/mapping", { method: "PUT", body: { text: '{ "id": id }', version } });
    expect(saved.status).toBe(200);
    expect(await readFile(file, "utf8")).toBe('{ "id": id }');
    expect(await readdir(folder)).toEqual(["m.jsonata"]);
    const further = { text: "x", version, file: "/tmp/other" };
    expect((await ask("/api/mapping", { method: "PUT", body: further })).status).toBe(400);
  });

  it("does not write over what another program wrote since", async () => {
    const { version } = JSON.parse((await ask("/api/mapping")).body) as { version: string };
    await writeFile(file, "mine");
    const answer = await ask("/api/mapping", { method: "PUT", body: { text: "yours", version } });
    expect(answer.status).toBe(409);
    expect(await readFile(file, "utf8")).toBe("mine");
  });
});
