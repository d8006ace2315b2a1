/**
 * The files of a new connector, by path within its folder: a push source with a token, an HTTP sink, and a test of
 * both against a real server.
 */
export function connectorFiles(name: string): Readonly<Record<string, string>> {
  return {
    "index.ts": index(name),
    "source.ts": source(),
    [`${name}.test.ts`]: test(name),
    "README.md": readme(name),
  };
}

function index(name: string): string {
  return `import { defineConnector, HttpSettings, httpSink, secret, Type } from "tieline/connector";
import { recordSource } from "./source.ts";

/** ${name}: posts records to the hub with a token, and takes records over HTTP. */
export default defineConnector({
  name: "${name}",
  description: "${name}: posts records with a token, and takes records over HTTP",
  settings: Type.Object(
    {
      token: Type.Optional(
        secret({ description: "What ${name} proves itself with when it posts to the hub", minLength: 16 }),
      ),
      endpoint: Type.Optional(HttpSettings),
    },
    { additionalProperties: false },
  ),
  open({ token, endpoint }, context) {
    const sink = endpoint === undefined ? undefined : httpSink(endpoint, context);
    return {
      sources: token === undefined ? {} : { records: recordSource(token) },
      sinks: sink === undefined ? {} : { record: sink },
      async check() {
        await sink?.check();
      },
      async close() {
        await sink?.close();
      },
    };
  },
});
`;
}

function source(): string {
  return `import {
  HubError,
  type PushSource,
  requireMediaType,
  requirePost,
  requireSize,
  sameSecret,
} from "tieline/connector";

const LIMIT_BYTES = 1024 * 1024;

/**
 * Records as JSON, one per request, from a sender that knows the token. What it returns is stored as it is; the flow
 * that reads this source decodes it.
 */
export function recordSource(token: string): PushSource {
  return {
    kind: "push",
    limit: LIMIT_BYTES,
    receive(request) {
      requirePost(request);
      requireSize(request, LIMIT_BYTES);
      const given = /^Bearer (.+)$/.exec(request.headers["authorization"] ?? "")?.[1] ?? "";
      if (!sameSecret(given, token)) {
        throw new HubError("TL_UNAUTHORIZED", "the token is missing or not the one configured", {
          cure: "Send \`Authorization: Bearer <token>\` with the token of tieline.yaml.",
        });
      }
      requireMediaType(request, ["application/json"]);
      return { body: request.body };
    },
    sign: () => ({ "content-type": "application/json", authorization: \`Bearer \${token}\` }),
  };
}
`;
}

function test(name: string): string {
  return `import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { PushSource, Sink } from "tieline/connector";
import { afterEach, describe, expect, it } from "vitest";
import connector from "./index.ts";

const TOKEN = "a-token-for-tests-only";
const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** The system with a target that keeps what it got. */
async function setup() {
  const got: { id: string; body: unknown }[] = [];
  const server = createServer(async (request, response) => {
    got.push({ id: String(request.headers["idempotency-key"]), body: JSON.parse(await text(request)) });
    response.end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = \`http://127.0.0.1:\${(server.address() as AddressInfo).port}/records\`;
  const system = connector.open(
    { token: TOKEN, endpoint: { url, idempotent: true } },
    { system: "${name}", now: () => Date.now() },
  );
  closers.push(async () => {
    await system.close();
    await new Promise((resolve) => server.close(resolve));
  });
  const source = system.sources["records"] as PushSource;
  const sink = system.sinks["record"] as Sink;
  return { got, system, source, sink };
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks).toString();
}

function post(authorization: string) {
  return {
    method: "POST",
    url: "/in/${name}/records",
    headers: { "content-type": "application/json", authorization },
    body: Buffer.from('{ "id": 1 }'),
  };
}

describe("the connector ${name}", () => {
  it("takes a record from a sender that knows the token, byte for byte", async () => {
    const { source } = await setup();
    expect(Buffer.from(source.receive(post(\`Bearer \${TOKEN}\`)).body).toString()).toBe('{ "id": 1 }');
  });

  it("takes what is signed as a genuine sender would", async () => {
    const { source } = await setup();
    const body = Buffer.from("{}");
    const headers = source.sign?.(body, "an-event") ?? {};
    expect(source.receive({ method: "POST", url: "/in/${name}/records", headers, body }).body).toBe(body);
  });

  it("refuses a sender that does not", async () => {
    const { source } = await setup();
    expect(() => source.receive(post("Bearer guessed"))).toThrow("the token is missing");
  });

  it("delivers a record under the delivery's id", async () => {
    const { got, sink, system } = await setup();
    await system.check();
    await sink.send(
      { id: "m-1.${name}.record", sequence: 1, key: "1", body: { id: 1 }, attempt: 1 },
      AbortSignal.timeout(5000),
    );
    expect(got).toEqual([{ id: "m-1.${name}.record", body: { id: 1 } }]);
  });
});
`;
}

function readme(name: string): string {
  return `# ${name}

Posts records to the hub and takes records over HTTP.

\`\`\`yaml
# tieline.yaml
systems:
  ${name}:
    connector: ${name}
    settings:
      token: \${env:${name.toUpperCase().replaceAll("-", "_")}_TOKEN}
      endpoint:
        url: https://${name}.example/records
        idempotent: true # it recognises Idempotency-Key
\`\`\`

- Source \`records\`: JSON records, posted to \`/in/${name}/records\` with \`Authorization: Bearer <token>\`. Without \`token\` there is no source.
- Sink \`record\`: one JSON request per record, with \`Idempotency-Key\`. Without \`endpoint\` there is no sink.

Test: \`npx vitest run connectors/${name}\`
`;
}
