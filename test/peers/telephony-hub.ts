import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, type HubProcess, startHubProcess } from "../faults/hub-process.ts";
import { until } from "./reading-hub.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
const EXAMPLE = join(ROOT, "connectors/telephony/example");

/** A customer of the hub under test. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly phone: string;
  /** ISO 639. */
  readonly language?: string;
}

/** A hub with the example of the telephony connector, as a process of its own. */
export interface TelephonyHub {
  hub: HubProcess;
  readonly dir: string;
  readonly url: string;
  token(): Promise<string>;
  /** Makes customers and waits until they are known. */
  know(people: readonly Person[]): Promise<void>;
  /** The newest of a customer's contact history, as the API gives it. */
  history(phone: string): Promise<readonly HistoryEntry[]>;
  /** What an agent's page is told, as it comes; the last is the newest. */
  page(agent: string): Promise<AgentPage>;
  start(): Promise<void>;
  dispose(): Promise<void>;
}

export interface HistoryEntry {
  readonly id: string;
  readonly at: string;
  readonly values: Readonly<Record<string, unknown>> & { readonly attributes?: Record<string, unknown> };
}

/** One thing that a page was told. */
export interface Told {
  readonly id: string;
  readonly stage: string;
  readonly number: string | null;
  readonly who: string;
  readonly withheld: boolean;
  readonly startedAt: string;
  readonly answeredAt: string | null;
  readonly ringing: readonly string[];
  readonly customers: readonly { readonly id: string; readonly name: string | null }[];
  readonly script: string | null;
  readonly reason: string | null;
  /** When it came, milliseconds since 1970. */
  readonly at: number;
}

export interface AgentPage {
  readonly told: readonly Told[];
  close(): void;
}

const PEOPLE_FLOW = `apiVersion: tieline/v1
description: Customers of the tests
source: { system: site, read: people, format: json }
accepts: schemas/person.schema.json
key: id
carries: state
map: person.jsonata
emits: schemas/canonical/customer.schema.json
routes:
  - to: crm.customer
`;
const PERSON = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  required: ["id", "name", "phone"],
  properties: {
    id: { type: "string" },
    name: { type: "string" },
    phone: { type: "string" },
    language: { type: "string" },
  },
};

/**
 * @param env what \`example/tieline.yaml\` asks for
 * @param fill puts into the data folder what is to be there before the hub starts
 */
export async function telephonyHub(
  env: Readonly<Record<string, string>>,
  fill: (data: string) => Promise<void> = async () => {},
): Promise<TelephonyHub> {
  const dir = await mkdtemp(join(tmpdir(), "tieline-pbx-"));
  const yaml = await readFile(join(EXAMPLE, "tieline.yaml"), "utf8");
  await cp(join(ROOT, "schemas"), join(dir, "schemas"), { recursive: true });
  await cp(EXAMPLE, dir, { recursive: true });
  await mkdir(join(dir, "mappings/people"), { recursive: true });
  await writeFile(
    join(dir, "tieline.yaml"),
    `${yaml}  site:\n    connector: web\n    settings: { forms: { people: { token: "\${data:form}" } } }\n`,
  );
  await writeFile(join(dir, "mappings/people/flow.yaml"), PEOPLE_FLOW);
  await writeFile(
    join(dir, "mappings/people/person.jsonata"),
    '{ "id": id, "name": { "full": name }, "phones": [{ "number": phone }], "language": language }\n',
  );
  await writeFile(join(dir, "schemas/person.schema.json"), JSON.stringify(PERSON));
  const port = await freePort();
  const start = (): Promise<HubProcess> => startHubProcess({ dir, port, env });
  await fill(join(dir, "data"));
  let hub = await start();
  const url = `http://127.0.0.1:${port}`;
  const secret = async (name: string) => (await readFile(join(dir, "data", name), "utf8")).trim();
  const found = async (phone: string) =>
    (
      await hub.get<{ readonly items: readonly { readonly history: { readonly items: HistoryEntry[] } }[] }>(
        `/api/v1/customers?phone=${encodeURIComponent(phone)}`,
      )
    ).items;
  return {
    get hub() {
      return hub;
    },
    dir,
    url,
    token: () => secret("api-token"),
    async know(people) {
      for (const person of people) {
        const answer = await fetch(`${url}/in/site/people`, {
          method: "POST",
          headers: { "content-type": "application/json", "x-form-token": await secret("secrets/form") },
          body: JSON.stringify(person),
        });
        if (answer.status !== 202) throw new Error(`a customer was answered ${answer.status}`);
      }
      for (const { phone } of people) await until(async () => (await found(phone)).length > 0);
    },
    history: async (phone) => (await found(phone)).flatMap(({ history }) => history.items),
    page: async (agent) => openPage(`${url}/api/v1/desk/calls?agent=${agent}`, await secret("api-token")),
    async start() {
      hub = await start();
    },
    async dispose() {
      await hub.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function openPage(url: string, token: string): Promise<AgentPage> {
  const stop = new AbortController();
  const answer = await fetch(url, {
    headers: { authorization: `Bearer ${token}` },
    signal: stop.signal,
  });
  if (answer.body === null || !answer.ok) throw new Error(`the page was answered ${answer.status}`);
  const told: Told[] = [];
  const read = async (body: ReadableStream<Uint8Array>): Promise<void> => {
    let text = "";
    for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const events = text.split("\n\n");
      text = events.pop() ?? "";
      for (const event of events)
        if (event.startsWith("event: call\n"))
          told.push({ ...JSON.parse(event.slice(event.indexOf("data: ") + 6)), at: Date.now() });
    }
  };
  read(answer.body).catch(() => undefined);
  return { told, close: () => stop.abort() };
}

/**
 * Milliseconds from a call's Newchannel until a page first showed its one customer, shortest first.
 * @param since calls that began before it were told again when the page was opened, and do not count
 */
export function shownAfter(told: readonly Told[], since: number): readonly number[] {
  const first = new Map<string, number>();
  for (const { id, who, startedAt, at } of told) {
    const began = Date.parse(startedAt);
    if (who === "one" && began >= since) first.set(id, Math.min(first.get(id) ?? Infinity, at - began));
  }
  return [...first.values()].sort((one, other) => one - other);
}
