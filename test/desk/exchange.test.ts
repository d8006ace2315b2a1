import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { item, NOW, openRepository, type Repository } from "../crm/repository.ts";
import { CALL, type Scene, scene } from "./telephone.ts";

let crm: Repository;
const scenes: Scene[] = [];
const begin = (over?: Parameters<typeof scene>[1]): Scene => {
  const one = scene(crm, over);
  scenes.push(one);
  return one;
};
beforeEach(async () => {
  crm = openRepository();
  await crm.apply(
    item("erp", { id: "1", name: { full: "Konrad Zuse" }, phones: [{ number: "+4930901820" }] }),
    item("erp", { id: "2", name: { full: "Marie Curie" }, phones: [{ number: "+493023125801" }] }),
    item("erp", { id: "3", name: { full: "Pierre Curie" }, phones: [{ number: "+493023125801" }] }),
  );
});
afterEach(async () => {
  await Promise.all(scenes.splice(0).map(({ exchange }) => exchange.close()));
  crm.close();
});

const namesOf = ({ exchange }: Scene, agent: string) =>
  exchange.calls(agent).map(({ caller }) => [caller.who, ...caller.customers.map(({ name }) => name)]);

describe("a call that rings", () => {
  it("is shown to its agent with the customer, and to nobody else", async () => {
    const pbx = begin();
    const [grace, edsger] = [pbx.page("101"), pbx.page("102")];
    await pbx.tell({ stage: "ringing", ringing: ["101"] });
    expect(grace).toMatchObject([{ caller: { who: "one", customers: [{ name: "Konrad Zuse" }] } }]);
    expect(edsger).toEqual([]);
  });

  it.each([
    ["+49 30 901820", ["one", "Konrad Zuse"]],
    ["0049 30 901820", ["one", "Konrad Zuse"]],
    ["(030) 90 18-20", ["one", "Konrad Zuse"]],
    ["030901820", ["one", "Konrad Zuse"]],
    ["+493023125801", ["several", "Marie Curie", "Pierre Curie"]],
    ["+390612345678", ["unknown"]],
    ["sip:konrad@example.com", ["unknown"]],
    ["101", ["unknown"]],
    ["", ["unknown"]],
  ])("from the number %o is of %o", async (number, who) => {
    const pbx = begin();
    await pbx.tell({ number, stage: "ringing", ringing: ["101"] });
    expect(namesOf(pbx, "101")).toEqual([who]);
  });

  it("with a number that is withheld is of nobody", async () => {
    const pbx = begin();
    await pbx.tell({ number: null, withheld: true, stage: "ringing", ringing: ["101"] });
    expect(namesOf(pbx, "101")).toEqual([["withheld"]]);
  });

  it("of an agent's click knows the customer when the number becomes known", async () => {
    const pbx = begin();
    await pbx.tell({ number: null, direction: "outbound", agent: "101" });
    expect(namesOf(pbx, "101")).toEqual([["unknown"]]);
    await pbx.tell({ number: "+4930901820", direction: "outbound", agent: "101", stage: "ringing" });
    expect(namesOf(pbx, "101")).toEqual([["one", "Konrad Zuse"]]);
  });

  it("from a customer whose only system has deleted the record is of nobody known", async () => {
    await crm.apply(item("erp", { id: "1", op: "delete" }));
    const pbx = begin();
    await pbx.tell({ stage: "ringing", ringing: ["101"] });
    expect(namesOf(pbx, "101")).toEqual([["unknown"]]);
  });
});

describe("what an agent is to say", () => {
  const script = `who = "one" ? "Good day, " & customer.displayName & ". This is " & agent.name : "Who is it?"`;

  it("names the agent who reads it, also when nobody rang yet when the look-up ended", async () => {
    const pbx = begin({ script });
    const [grace, edsger] = [pbx.page("101"), pbx.page("102")];
    await pbx.tell({});
    await pbx.tell({ stage: "ringing", ringing: ["101", "102"] });
    expect(grace.at(-1)?.script).toBe("Good day, Konrad Zuse. This is Grace");
    expect(edsger.at(-1)?.script).toBe("Good day, Konrad Zuse. This is Edsger");
  });

  it("is written anew when another look-up found somebody", async () => {
    const pbx = begin({ script });
    await pbx.tell({ number: "+390612345678", stage: "ringing", ringing: ["101"] });
    expect(pbx.exchange.calls("101")[0]?.script).toBe("Who is it?");
    await crm.apply(
      item("erp", { id: "9", name: { full: "Grazia" }, phones: [{ number: "+390612345678" }] }),
    );
    await pbx.exchange.refresh(CALL.id);
    expect(pbx.exchange.calls("101")[0]?.script).toBe("Good day, Grazia. This is Grace");
  });

  it("stays the same for the same customer, though a note was written meanwhile", async () => {
    const pbx = begin({ script: `"Contacts: " & $count(history)` });
    pbx.page("101");
    await pbx.tell({ stage: "ringing", ringing: ["101"] });
    const note = {
      id: "n",
      kind: "note",
      at: new Date(NOW).toISOString(),
      contact: { phone: "+4930901820" },
    };
    await crm.apply(item("pbx", note, { entity: "interaction" }));
    await pbx.exchange.refresh(CALL.id);
    const [shown] = pbx.exchange.calls("101");
    expect([shown?.script, shown?.caller.customers[0]?.history.entries.length]).toEqual(["Contacts: 0", 1]);
  });

  it("that cannot be written leaves the call without it", async () => {
    const pbx = begin({ script: `$error("no")` });
    await pbx.tell({ stage: "ringing", ringing: ["101"] });
    expect(pbx.exchange.calls("101")).toMatchObject([{ script: null, caller: { who: "one" } }]);
    expect(pbx.failures).toEqual(["the script failed"]);
  });
});

describe("a question of the dialplan", () => {
  it("is answered with the agent whom the rule chose, whose page shows it before the telephone rings", async () => {
    const pbx = begin();
    const page = pbx.page("101");
    const answer = await pbx.ask({});
    expect(answer).toMatchObject({ agent: "101", reason: "is free", customer: { name: "Konrad Zuse" } });
    expect(page).toMatchObject([{ reason: "is free", call: { stage: "offered" } }]);
    expect(pbx.exchange.calls("102")).toEqual([]);
  });

  it("is not answered with an agent who has a call", async () => {
    const pbx = begin();
    await pbx.tell({ id: "1.1", stage: "answered", agent: "101" });
    expect(await pbx.ask({})).toMatchObject({ agent: "102" });
    await pbx.tell({ id: "1.1", stage: "ended", agent: "101", endedAt: NOW });
    expect(await pbx.ask({ call: "1.2" })).toMatchObject({ agent: "101" });
  });

  it.each([
    ["fails", `$error("no")`, "the rule failed"],
    ["names nobody", "null", "the rule names nobody"],
    ["names somebody who is no agent", `{ "agent": "999" }`, "the rule names no agent that there is"],
    ["names what every object has", `{ "agent": "constructor" }`, "the rule names no agent that there is"],
  ])("where the rule %s is answered with nobody", async (_, rule, reason) => {
    const pbx = begin({ rule });
    expect(await pbx.ask({})).toMatchObject({ agent: null, reason, customer: { name: "Konrad Zuse" } });
  });

  it("is answered with nobody when the store does not answer within the deadline", async () => {
    const { reads } = crm;
    const never: Repository = {
      ...crm,
      reads: { ...reads, withContact: () => new Promise(() => undefined) },
    };
    const pbx = scene(never, { deadline: 20 });
    scenes.push(pbx);
    expect(await pbx.ask({})).toEqual({ agent: null, customer: null, reason: "the hub was too slow" });
  });

  it("is taken down with what it was answered and how long it took", async () => {
    const pbx = begin();
    await pbx.ask({ number: null });
    expect(pbx.routings).toEqual([
      {
        ...{ call: CALL.id, at: new Date(NOW).toISOString(), number: null, line: "5550100" },
        ...{ customer: null, agent: "101", reason: "is free", milliseconds: expect.any(Number) },
      },
    ]);
  });
});

describe("over time", () => {
  it("a call that has ended stays for ten minutes to be written about, then makes room", async () => {
    const pbx = begin();
    await pbx.tell({ stage: "ended", agent: "101", endedAt: NOW });
    pbx.wait(9 * 60_000);
    await pbx.tell({ id: "2" });
    expect(pbx.exchange.call(CALL.id)).toBeDefined();
    pbx.wait(2 * 60_000);
    await pbx.tell({ id: "3" });
    expect(pbx.exchange.call(CALL.id)).toBeUndefined();
    expect(pbx.exchange.call("2")).toBeDefined();
  });

  it("who answered more calls is counted, each call once", async () => {
    const pbx = begin();
    for (const stage of ["ringing", "answered", "answered", "ended", "recorded"] as const)
      await pbx.tell({ stage, agent: "102", endedAt: stage === "ended" ? NOW : null });
    expect(pbx.exchange.workload("102")).toEqual({ calls: 0, answered: 1 });
  });

  it("a connection that breaks is made again, and is said once", async () => {
    const pbx = begin();
    expect(pbx.exchange.connected()).toBe(true);
    pbx.break();
    await new Promise((resolve) => setImmediate(resolve));
    expect(pbx.exchange.connected()).toBe(false);
    await expect.poll(() => pbx.connections(), { timeout: 10_000 }).toBe(2);
    expect(pbx.exchange.connected()).toBe(true);
    expect(pbx.failures).toEqual(["calls cannot be watched now"]);
  });

  it("a page that is closed is told nothing any more", async () => {
    const pbx = begin();
    let told = 0;
    const forget = pbx.exchange.watch("101", () => {
      told += 1;
    });
    await pbx.tell({ stage: "ringing", ringing: ["101"] });
    forget();
    await pbx.tell({ stage: "answered", agent: "101" });
    expect(told).toBe(1);
  });
});
