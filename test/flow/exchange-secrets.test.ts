import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startTarget } from "../fakes/http-target.ts";
import { freePort, startHubProcess } from "../faults/hub-process.ts";
import { post } from "../faults/producer.ts";
import { EVENT_HOOK, eventsFlow, makeProject } from "../faults/project.ts";

const SECRETS = {
  TOKEN: "t0ken-that-nobody-may-see",
  SIGNING: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  TENANT: "tenant-named-by-a-reference",
};
const KEY = "k3y-in-the-address";
const COOKIE = "c00kie-of-the-target";

interface Shown {
  readonly deliveries: readonly {
    readonly sequence: number;
    readonly state: string;
    readonly tries: {
      readonly items: readonly { readonly attempt: number; readonly startedAt: string }[];
    };
  }[];
}

test("no secret of a request comes into the store, whatever the target repeats", async () => {
  const target = await startTarget();
  const echo = JSON.stringify({ ...SECRETS, url: `/customers?api_key=${KEY}` });
  target.always({
    ...{ status: 422, body: echo },
    headers: { "set-cookie": `sid=${COOKIE}`, "x-echo": `Bearer ${SECRETS.TOKEN}` },
  });
  const project = await makeProject({
    webhooks: { events: EVENT_HOOK },
    target: {
      ...{ url: `${target.url}?api_key=${KEY}`, idempotent: true },
      more: `token: "\${env:TOKEN}", signingSecret: "\${env:SIGNING}", headers: { x-tenant: "\${env:TENANT}" }`,
    },
    flows: { events: eventsFlow({ target: true }) },
  });
  const hub = await startHubProcess({
    ...{ dir: project.dir, port: await freePort(), env: { ...project.env, ...SECRETS } },
  });
  try {
    await post(hub.url, { id: "e-1", customer: "c-1", n: 1 });
    const message = () => hub.get<Shown>("/api/v1/messages/m-1");
    await expect.poll(async () => (await message()).deliveries[0]?.state, { timeout: 20_000 }).toBe("parked");
    const [delivery] = (await message()).deliveries;
    const [one] = delivery?.tries.items ?? [];
    const path = `/api/v1/messages/m-1/deliveries/${delivery?.sequence}/attempts/${one?.attempt}`;
    const shown = await hub.get(`${path}?startedAt=${one?.startedAt}`);
    expect(shown).toMatchObject({
      sent: {
        line: `POST ${target.url}?api_key=•••`,
        fields: { authorization: "Bearer •••", "webhook-signature": "•••", "x-tenant": "•••" },
        body: { text: target.requests[0]?.body },
      },
      answered: { line: "422", fields: { "x-echo": "Bearer •••", "set-cookie": "•••" } },
    });
    await hub.stop();
    const signature = target.requests[0]?.headers["webhook-signature"] ?? "";
    const secrets = [...Object.values(SECRETS), signature, COOKIE, KEY];
    const data = join(project.dir, "data");
    const files = (await readdir(data)).filter((name) => name.startsWith("tieline.db"));
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      const bytes = await readFile(join(data, file));
      for (const secret of secrets) expect(bytes.includes(secret), `${file} ${secret}`).toBe(false);
    }
  } finally {
    await hub.kill();
    await target.close();
    await project.remove();
  }
}, 60_000);
