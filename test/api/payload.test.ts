import { afterAll, beforeAll, expect, test } from "vitest";
import { applyToCrm } from "../../src/crm/apply-to-crm.ts";
import { laneOf } from "../../src/message/lane.ts";
import { maskObject, maskText } from "../../src/message/mask.ts";
import type { UserRole } from "../../src/message/permission.ts";
import { item, NOW } from "../crm/repository.ts";
import { type Bench, openBench, problemIn } from "./setup.ts";

const BODY = '{"name":"Ada Lovelace"}';
const RECORD = {
  ...{ id: "4711", status: "active", name: { full: "Ada Lovelace" } },
  emails: [{ address: "ada@analytical.example" }],
  phones: [{ number: "+49 30 1234567" }],
};
const PERSONAL = ["Ada", "Lovelace", "analytical", "30123"];

let bench: Bench;
const keys = new Map<string, string>();

beforeAll(async () => {
  bench = await openBench();
  await bench.store.transaction(async (tx) => {
    await tx.flows.deploy("any", "hash-any", { "flow.yaml": "x" }, ["crm.customer"], NOW);
    await tx.messages.insert([
      {
        ...{ flow: 1, flowVersion: 1, lane: laneOf("k"), key: "k", system: "web", acceptedAt: NOW },
        ...{ body: Buffer.from(BODY), contentType: "application/json", headers: { from: "Ada" } },
        ...{ event: null, slice: null, cause: null, hops: 0, traceparent: null },
      },
    ]);
    await applyToCrm([item("erp", RECORD)], tx.crm, NOW);
  });
  for (const role of ["viewer", "operator", "engineer"] as const) await makeKey(role, role, false);
  await makeKey("trusted", "viewer", true);
});
afterAll(() => bench.close());

async function makeKey(name: string, role: UserRole, payloads: boolean): Promise<void> {
  const answer = await bench.post("/api/v1/keys", { name, role, payloads });
  keys.set(name, ((await answer.json()) as { readonly key: string }).key);
}

function get(who: string, path: string): Promise<Response> {
  return bench.get(`/api/v1${path}`, { authorization: `Bearer ${keys.get(who)}` });
}

async function acts(act: string): Promise<readonly string[]> {
  const { items } = await bench.queries.audit({ before: null, limit: 100 });
  return items
    .filter((entry) => entry.act === act)
    .map(({ actor, target, detail }) => `${actor} ${target} ${detail ?? ""}`.trim())
    .reverse();
}

test("a payload is seen by who may, and each time is in the audit log before it is shown", async () => {
  for (const who of ["viewer", "operator"])
    expect(await problemIn(bench, await get(who, "/messages/m-1/raw"))).toMatchObject({
      code: "TL_FORBIDDEN",
    });
  expect(await acts("see-payloads")).toEqual([]);
  for (const who of ["engineer", "trusted"])
    expect(await (await get(who, "/messages/m-1/raw")).text()).toBe(BODY);
  expect(await acts("see-payloads")).toEqual([
    'key engineer m-1 {"what":"as received"}',
    'key trusted m-1 {"what":"as received"}',
  ]);
  expect((await get("engineer", "/messages/m-9/raw")).status).toBe(404);
  expect(await acts("see-payloads")).toHaveLength(2);
});

test("what came with a message is for those who may see its payload", async () => {
  const headers = async (who: string) =>
    ((await (await get(who, "/messages/m-1")).json()) as { readonly headers: unknown }).headers;
  expect(await headers("viewer")).toBeNull();
  expect(await headers("engineer")).toEqual({ from: "Ada" });
});

test("personal data of customers is masked wherever a viewer or an operator looks", async () => {
  const paths = ["/customers/c-1", "/customers?q=4711", "/customers?email=ada@analytical.example"];
  for (const path of [...paths, "/customers/c-1/history"]) {
    for (const who of ["viewer", "operator"]) {
      const text = await (await get(who, path)).text();
      expect(text, path).toMatch(/^\{/);
      for (const personal of PERSONAL) expect(text, `${who} ${path}`).not.toContain(personal);
    }
  }
  for (const path of paths)
    expect(await (await get("engineer", path)).text(), path).toContain("Ada Lovelace");
  const shown = (await (await get("viewer", "/customers/c-1")).json()) as Record<string, unknown>;
  expect(shown).toMatchObject({
    id: "c-1",
    name: "A••• L•••",
    status: "active",
    golden: { status: "active" },
  });
});

test("an operator reveals one customer, which is in the audit log, and a viewer does not", async () => {
  const refused = await get("viewer", "/customers/c-1?reveal=true");
  expect(await problemIn(bench, refused)).toMatchObject({ code: "TL_FORBIDDEN" });
  expect(await acts("reveal")).toEqual([]);
  const shown = (await (await get("operator", "/customers/c-1?reveal=true")).json()) as object;
  expect(shown).toMatchObject({ name: "Ada Lovelace" });
  expect(await acts("reveal")).toEqual(["key operator c-1"]);
});

test("a mask tells the first letters and no length, and takes fields it does not know for personal", () => {
  expect(maskText("  Augusta Ada King, Countess")).toBe("A••• A••• K•••");
  expect(maskText("ada@x.example")).toBe("a••• x•••");
  expect(maskText("")).toBe("");
  expect(
    maskObject({ status: "active", born: 1815, nested: [{ country: "GB", x: "y", ok: true, none: null }] }),
  ).toEqual({ status: "active", born: "1•••", nested: [{ country: "GB", x: "y•••", ok: true, none: null }] });
});
