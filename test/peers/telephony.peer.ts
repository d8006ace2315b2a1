import { afterAll, beforeAll, describe, expect, test } from "vitest";
import telephony from "../../connectors/telephony/index.ts";
import type { TelephonyOptions } from "../../connectors/telephony/settings.ts";
import type { System } from "../../src/connector/contract.ts";
import { answerer, caller, type SipPhone } from "./sip-phone.ts";
import { type TelephonyHub, telephonyHub, until } from "./telephony-hub.ts";

const env = (name: string): string => process.env[`TIELINE_PEER_${name}`] ?? "";
const MANAGER = { host: "127.0.0.1", port: Number(env("MANAGER")), user: "hub", secret: env("SECRET") };
const ADA = { id: "ada", name: "Ada Lovelace", phone: "+442079460123" };
const KONRAD = { id: "konrad", name: "Konrad Zuse", phone: "+4930901820" };

let pbx: TelephonyHub;
const phones: SipPhone[] = [];

beforeAll(async () => {
  pbx = await telephonyHub({ PBX_PORT: env("MANAGER"), PBX_SECRET: env("SECRET") });
  await pbx.know([ADA, KONRAD]);
  await until(async () => (await sourceState()) === "connected");
});
afterAll(async () => {
  for (const phone of phones) await phone.close();
  await pbx.dispose();
});

async function sourceState(): Promise<string | undefined> {
  type Flow = { readonly source: { readonly name: string; readonly state: string } | null };
  const { items } = await pbx.hub.get<{ readonly items: readonly Flow[] }>("/api/v1/flows");
  return items.find(({ source }) => source?.name === "pbx.calls")?.source?.state;
}

async function call(over: Partial<Parameters<typeof caller>[0]> = {}): Promise<SipPhone> {
  const usual = { port: Number(env("SIP")), to: "5550300", number: ADA.phone, name: ADA.name, talk: 1_100 };
  const phone = await caller({ ...usual, ...over });
  phones.push(phone);
  return phone;
}

async function picksUp(who: "101" | "102" | "CARRIER", ring = 200, talk: number | null = null) {
  const phone = await answerer({ port: Number(env(who)), ring, talk });
  phones.push(phone);
  await new Promise((resolve) => setTimeout(resolve, 250));
  return phone;
}

function open(over: Partial<TelephonyOptions>): System {
  const settings = { manager: MANAGER, agents: { "101": { name: "Grace" } }, ...over };
  return telephony.open(settings, { system: "pbx", now: () => Date.now() });
}

describe("a call from a customer", () => {
  test("is one entry of the contact history, and has ended with the seconds of its record", async () => {
    const agent = await picksUp("101");
    const phone = await call();
    expect(await phone.over).toBe(0);
    expect(await agent.over).toBe(0);
    await until(async () => (await pbx.history(ADA.phone))[0]?.values["durationSeconds"] !== undefined);
    const entries = await pbx.history(ADA.phone);
    expect(entries).toHaveLength(1);
    expect(entries[0]?.values).toMatchObject({
      kind: "call",
      direction: "inbound",
      subject: "Call inbound, answered",
      agent: "101",
      channel: "5550300",
      durationSeconds: 1,
      attributes: { answered: true },
    });
  });

  test("whose number is withheld is kept, and belongs to nobody", async () => {
    const agent = await picksUp("101");
    const phone = await call({ number: "anonymous", name: "Anonymous" });
    await Promise.all([phone.over, agent.over]);
    type Message = { readonly flow: string; readonly state: string };
    await until(async () => {
      const { items } = await pbx.hub.get<{ readonly items: readonly Message[] }>(
        "/api/v1/messages?flow=calls&limit=4",
      );
      return items.length === 4 && items.every(({ state }) => state === "done");
    });
    expect((await pbx.history(ADA.phone)).length).toBe(1);
  });
});

describe("the connection to the manager interface", () => {
  test("is tested, and says what is wrong", async () => {
    await expect(open({}).check()).resolves.toBeUndefined();
    await expect(open({ manager: { ...MANAGER, secret: "another" } }).check()).rejects.toMatchObject({
      code: "TL_SOURCE_ACCESS",
    });
    await expect(open({ manager: { ...MANAGER, port: 1 } }).check()).rejects.toMatchObject({
      code: "TL_SOURCE_UNAVAILABLE",
    });
  });
});
