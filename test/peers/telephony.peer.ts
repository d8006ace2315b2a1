import { readFile } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import telephony from "../../connectors/telephony/index.ts";
import type { TelephonyOptions } from "../../connectors/telephony/settings.ts";
import type { System } from "../../src/connector/contract.ts";
import type { JsonObject } from "../../src/message/json.ts";
import { until } from "./reading-hub.ts";
import { answerer } from "./sip-phone.ts";
import { type AgentPage, shownAfter, type TelephonyHub, type Told } from "./telephony-hub.ts";
import { ADA, CURIES, connected, env, KONRAD, SHARED, startPbx, telephones } from "./telephony-setup.ts";

const MANAGER = { host: "127.0.0.1", port: Number(env("MANAGER")), user: "hub", secret: env("SECRET") };

let pbx: TelephonyHub;
const pages: AgentPage[] = [];
const { call, picksUp, phones } = telephones();

beforeAll(async () => {
  pbx = await startPbx();
});
afterEach(async () => {
  for (const page of pages.splice(0)) page.close();
  for (const phone of phones.splice(0)) await phone.close();
});
afterAll(async () => {
  await pbx.dispose();
});

function open(over: Partial<TelephonyOptions>): System {
  const settings = { manager: MANAGER, agents: { "101": { name: "Grace" } }, ...over };
  return telephony.open(settings, { system: "pbx", now: () => Date.now() });
}

/** Seconds that were talked, as Asterisk's newest record of an answered call has them. */
async function talkedOfRecord(): Promise<number> {
  const records = await readFile(env("DETAIL"), "utf8");
  return Number(/,(\d+),"ANSWERED"[^\n]*\n$/.exec(records)?.[1]);
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
      durationSeconds: await talkedOfRecord(),
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

async function pageOf(agent: string): Promise<AgentPage> {
  const page = await pbx.page(agent);
  pages.push(page);
  return page;
}

const newest = async (page: AgentPage, fits: (told: Told) => boolean): Promise<Told> => {
  await until(() => page.told.some(fits));
  return page.told.find(fits) as Told;
};

describe("a call that the dialplan asks about", () => {
  test("goes to the agent whom the rule names, whose page shows the customer before it is answered", async () => {
    const page = await pageOf("102");
    const agent = await picksUp("102", 600);
    const phone = await call({ to: "5550100", number: "030901820", name: "K" });
    expect(await phone.over).toBe(0);
    expect(await agent.over).toBe(0);
    const first = await newest(page, ({ customers }) => customers.length > 0);
    expect(first).toMatchObject({
      who: "one",
      answeredAt: null,
      customers: [{ name: KONRAD.name }],
      reason: "speaks nl",
    });
    expect(["offered", "ringing"]).toContain(first.stage);
    expect(first.script).toContain("Good day, Konrad Zuse. This is Edsger");
    const entries = async () => (await pbx.history(KONRAD.phone)).map(({ values }) => values["subject"]);
    await expect.poll(entries, { timeout: 10_000 }).toHaveLength(2);
  });

  test("next time goes to who talked to the customer last", async () => {
    const page = await pageOf("102");
    const agent = await picksUp("102");
    const phone = await call({ to: "5550100", number: KONRAD.phone, talk: 100 });
    await Promise.all([phone.over, agent.over]);
    await newest(page, ({ reason }) => reason === "was the last to talk to this customer");
  });

  test("from a number that several customers have shows all of them", async () => {
    const page = await pageOf("101");
    const agent = await picksUp("101");
    const phone = await call({ to: "5550300", number: SHARED });
    // The page shows the calls before it too.
    const shown = await newest(page, ({ who }) => who === "several");
    expect(shown).toMatchObject({ who: "several", customers: CURIES.map(({ name }) => ({ name })) });
    expect(shown.script).toContain("Marie Curie, or Pierre Curie");
    const chosen = shown.customers[1]?.id;
    const note = {
      id: "note-of-the-test",
      agent: "101",
      call: shown.id,
      customer: chosen,
      text: "Moves in May",
    };
    expect(await pbx.hub.post("/api/v1/desk/notes", note)).toMatchObject({ state: "done" });
    await Promise.all([phone.over, agent.over]);
    type Customer = { readonly history: { readonly items: readonly { readonly values: object }[] } };
    const { history } = await pbx.hub.get<Customer>(`/api/v1/customers/${chosen}`);
    expect(history.items.map(({ values }) => values)).toContainEqual(
      expect.objectContaining({ kind: "note", text: "Moves in May", agent: "101" }),
    );
  });

  test("with a number that is withheld, or that nobody has, says so", async () => {
    const page = await pageOf("101");
    for (const number of ["anonymous", "+390612345678"]) {
      const agent = await picksUp("101", 50);
      const phone = await call({ to: "5550300", number, name: "x", talk: 50 });
      await Promise.all([phone.over, agent.over]);
    }
    await newest(page, ({ who, withheld }) => who === "withheld" && withheld);
    await newest(page, ({ who, number }) => who === "unknown" && number === "+390612345678");
  });

  test("shows on the page within moments", async () => {
    const count = 20;
    // Who hung up a moment ago may still count as busy: then the next call is the other's.
    const shown = await Promise.all((["101", "102"] as const).map(pageOf));
    for (const agent of ["101", "102"])
      phones.push(await answerer({ port: Number(env(agent)), ring: 0, talk: null, count }));
    const began = Date.now();
    const phone = await call({ to: "5550100", number: ADA.phone, talk: 0, count });
    expect(await phone.over).toBe(0);
    const times = shownAfter(
      shown.flatMap(({ told }) => told),
      began,
    );
    expect(times).toHaveLength(count);
    console.log(
      `Newchannel to page over ${count} calls: p50 ${times[count / 2]} ms, most ${times.at(-1)} ms`,
    );
  });

  /** Milliseconds from the call until the default agent's telephone rings. */
  async function untilDefaultRings(): Promise<number> {
    const agent = await picksUp("101", 0);
    const began = performance.now();
    const phone = await call({ to: "5550100", number: KONRAD.phone, talk: 0 });
    await agent.saw(/INVITE/);
    const waited = Math.round(performance.now() - began);
    expect(await phone.over).toBe(0);
    expect(await agent.over).toBe(0);
    return waited;
  }

  test("rings the default agent at once when the hub is gone", async () => {
    await pbx.hub.kill();
    console.log(`Hub gone: the default agent rang ${await untilDefaultRings()} ms after the call was begun`);
  });

  test("rings the default agent after a second when the hub stands still", async () => {
    await pbx.start();
    await connected(pbx);
    pbx.hub.signal("SIGSTOP");
    console.log(
      `Hub frozen: the default agent rang ${await untilDefaultRings()} ms after the call was begun`,
    );
    pbx.hub.signal("SIGCONT");
  });

  test("that nobody listened to is in the history when the hub is back", async () => {
    await pbx.hub.kill();
    const before = `+39061234${String(process.pid).padStart(5, "0").slice(-5)}`;
    const agent = await picksUp("101", 0);
    const phone = await call({ to: "5550300", number: before });
    expect(await phone.over).toBe(0);
    await agent.over;
    await pbx.start();
    await pbx.know([{ id: "missed", name: "Grazia Deledda", phone: before }]);
    await until(async () => (await pbx.history(before)).length > 0);
    expect((await pbx.history(before)).map(({ values }) => values)).toEqual([
      expect.objectContaining({
        kind: "call",
        subject: "Call inbound, answered",
        durationSeconds: await talkedOfRecord(),
        agent: "101",
      }),
    ]);
  });
});

describe("a call by a click", () => {
  const dialled = (agent: string, number: string, id: string) =>
    pbx.hub.post<{ readonly state: string; readonly status: string }>("/api/v1/desk/dials", {
      ...{ id, agent, number },
    });

  test("rings the agent, then the customer, who is shown the company's number", async () => {
    const [agent, customer] = [await picksUp("101", 50), await picksUp("CARRIER", 50, 400)];
    const { status } = await dialled("101", "030 901820", "dial-of-the-test-1");
    await until(async () => (await pbx.hub.get<{ readonly state: string }>(status)).state === "done");
    expect(await customer.over).toBe(0);
    await agent.over;
    const invite = await customer.messages();
    expect(invite).toMatch(/INVITE sip:\+4930901820@/);
    expect(/From: (.*)/.exec(invite)?.[1]).toContain("<sip:5550100@");
    await until(async () =>
      (await pbx.history(KONRAD.phone)).some(
        ({ values }) => values["direction"] === "outbound" && values["subject"] === "Call outbound, answered",
      ),
    );
  });

  test("to a telephone that Asterisk does not know is refused, and says so", async () => {
    const sink = open({
      agents: { "999": { name: "Nobody" } },
      dial: { context: "tieline-dial", callerId: "5550100" },
    }).sinks["dial"];
    const body = { agent: "999", number: "030901820", at: new Date().toISOString() };
    const sent = sink?.send(
      { id: "m-9.pbx", sequence: 1, key: "999", body, attempt: 1 },
      new AbortController().signal,
    );
    await expect(sent).rejects.toMatchObject({ code: "TL_TARGET_REFUSED" });
  });

  test("is asked for once, however often the button is sent", async () => {
    const [agent, customer] = [await picksUp("101", 50), await picksUp("CARRIER", 50, 100)];
    const twice = await Promise.all([1, 2].map(() => dialled("101", KONRAD.phone, "dial-of-the-test-3")));
    expect(new Set(twice.map((one) => JSON.stringify(one))).size).toBe(1);
    await Promise.all([agent.over, customer.over]);
  });

  test("with a line break in it is refused, and so is one that waited too long", async () => {
    const sink = open({ dial: { context: "tieline-dial", callerId: "5550100" } }).sinks["dial"];
    const send = (body: JsonObject) =>
      sink?.send({ id: "m-1.pbx", sequence: 1, key: "101", body, attempt: 1 }, new AbortController().signal);
    const at = new Date().toISOString();
    const evil = "030\r\nAction: Command\r\nCommand: core stop now";
    await expect(send({ agent: "101", number: evil, at })).rejects.toMatchObject({
      code: "TL_TARGET_REFUSED",
    });
    await expect(
      send({ agent: "101", number: "030901820", at: "2026-01-01T00:00:00Z" }),
    ).rejects.toMatchObject({ code: "TL_TARGET_REFUSED" });
  });

  test("needs the right to originate", async () => {
    const sink = open({
      manager: { ...MANAGER, user: "watcher" },
      dial: { context: "tieline-dial", callerId: "5550100" },
    }).sinks["dial"];
    const body = { agent: "101", number: "030901820", at: new Date().toISOString() };
    const sent = sink?.send(
      { id: "m-1.pbx", sequence: 1, key: "101", body, attempt: 1 },
      new AbortController().signal,
    );
    await expect(sent).rejects.toMatchObject({ code: "TL_TARGET_ACCESS" });
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
