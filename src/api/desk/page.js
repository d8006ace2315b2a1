/** The agents' page: calls as they come, one of them chosen, and what is written about it. */
import { clockOf, customerCard, element, factsOf, historyList, STAGES, titleOf, warningOf } from "./call.js";
import { ask, listen } from "./hub.js";

const byId = (id) => document.getElementById(id);
const KEPT = "tieline-desk";
const LONGEST_PAUSE = 10_000;
/** A page that stays open for weeks keeps the last calls only. */
const MOST_CALLS = 20;

/** Calls by id, in the order they came. */
const calls = new Map();
/** What was written about a call and not saved yet, and who it is meant for. */
const drafts = new Map();
let who = null;
let chosen = null;
let stream = null;

const at = (system) => (system === "" ? {} : { system });

function take(call) {
  const isNew = !calls.has(call.id);
  calls.set(call.id, call);
  const isBusy = chosen !== null && calls.get(chosen)?.endedAt === null;
  if (isNew && !isBusy) chosen = call.id;
  for (const id of calls.keys()) {
    if (calls.size <= MOST_CALLS) break;
    if (id !== chosen) {
      calls.delete(id);
      drafts.delete(id);
    }
  }
  show();
}

async function stay() {
  stream?.abort();
  stream = new AbortController();
  const { signal } = stream;
  const query = new URLSearchParams({ agent: who.agent, ...at(who.system) });
  let pause = 500;
  while (!signal.aborted) {
    try {
      const opened = () => {
        pause = 500;
        say("Ready");
      };
      await listen(who.token, `/desk/calls?${query}`, signal, opened, take);
    } catch (error) {
      if (signal.aborted) return;
      if (error.final === true) return leave(error.message);
    }
    if (signal.aborted) return;
    say("Connecting again…");
    await new Promise((resolve) => setTimeout(resolve, pause));
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  }
}

function say(text) {
  byId("state").textContent = who === null ? "Not connected" : `${who.name} (${who.agent}): ${text}`;
}

function show() {
  byId("calls").replaceChildren(...[...calls.values()].reverse().map(entryOf));
  const call = calls.get(chosen);
  byId("call").hidden = call === undefined;
  byId("quiet").hidden = calls.size > 0;
  if (call === undefined) return;
  byId("call").className = call.stage;
  // Not written again when it is the same: it is read aloud.
  if (byId("stage").textContent !== STAGES[call.stage]) byId("stage").textContent = STAGES[call.stage];
  byId("title").textContent = titleOf(call);
  byId("facts").textContent = factsOf(call);
  byId("reason").textContent = call.reason === null ? "" : `Given to you: ${call.reason}.`;
  tick();
  showCustomers(call);
  byId("script").textContent = call.script ?? "";
  byId("script").hidden = call.script === null;
  showNote(call);
  showHistory(call);
}

function entryOf(call) {
  const button = element("button");
  button.type = "button";
  button.setAttribute("aria-current", String(call.id === chosen));
  const time = new Date(call.startedAt).toLocaleTimeString([], { timeStyle: "short" });
  button.append(element("span", titleOf(call)), element("small", `${STAGES[call.stage]}, ${time}`));
  button.addEventListener("click", () => {
    chosen = call.id;
    show();
  });
  return button;
}

function tick() {
  const call = calls.get(chosen);
  if (call !== undefined) byId("clock").textContent = clockOf(call, Date.now());
}
setInterval(tick, 1000);

function showCustomers(call) {
  const place = byId("customers");
  // Made anew only when they changed, so that a choice keeps the keyboard.
  const shown = JSON.stringify([call.id, call.who, call.customers.map(({ id, golden }) => [id, golden])]);
  if (place.dataset.shown === shown) return;
  place.dataset.shown = shown;
  const cards = call.customers.map((customer) => {
    const card = customerCard(customer, who.dials ? (number) => void dial(number) : null);
    if (call.who === "several") card.append(choiceOf(call, customer));
    return card;
  });
  place.replaceChildren(...warningOf(call), ...cards);
}

function choiceOf(call, customer) {
  const choice = element("label", undefined, "choice");
  const radio = element("input");
  radio.type = "radio";
  radio.name = "customer";
  radio.checked = draftOf(call.id).customer === customer.id;
  radio.addEventListener("change", () => {
    draftOf(call.id).customer = customer.id;
    showHistory(calls.get(call.id) ?? call);
  });
  choice.append(radio, `It is ${customer.name ?? customer.id}`);
  return choice;
}

function draftOf(id) {
  const draft = drafts.get(id) ?? { text: "", customer: null, name: crypto.randomUUID() };
  drafts.set(id, draft);
  return draft;
}

function showNote(call) {
  byId("note").hidden = who?.notes !== true;
  const text = byId("text");
  if (text.dataset.call === call.id) return;
  text.dataset.call = call.id;
  text.value = draftOf(call.id).text;
  byId("saved").textContent = "";
}

function showHistory(call) {
  const { customer } = draftOf(call.id);
  const whose = call.who === "one" ? call.customers[0] : call.customers.find(({ id }) => id === customer);
  const place = byId("history");
  place.hidden = whose === undefined;
  if (whose === undefined) return;
  const list =
    whose.history.length === 0 ? element("p", "Nothing yet.") : historyList(whose.history, who.agents);
  place.replaceChildren(element("h3", "Contact history"), list);
}

byId("text").addEventListener("input", (event) => {
  if (chosen !== null) draftOf(chosen).text = event.target.value;
});

byId("note").addEventListener("submit", async (event) => {
  event.preventDefault();
  const id = chosen;
  const draft = draftOf(id);
  const { name, customer, text } = draft;
  const told = (words) => {
    if (chosen === id) byId("saved").textContent = words;
  };
  told("Saving…");
  try {
    // Sent again after a failure it bears the same name, so it is written once.
    const note = { id: name, call: id, agent: who.agent, text, ...at(who.system) };
    const taken = await ask(who.token, "/desk/notes", {
      ...note,
      ...(customer === null ? {} : { customer }),
    });
    // What was written while it was being saved is the beginning of the next.
    draft.text = draft.text === text ? "" : draft.text;
    draft.name = crypto.randomUUID();
    if (chosen === id) byId("text").value = draft.text;
    told(
      taken.state === "done" ? "Saved" : taken.state === "parked" ? `Stored, but: ${taken.answer}` : "Stored",
    );
  } catch (error) {
    told(error.message);
  }
});

async function dial(number) {
  const told = byId("dialled");
  told.textContent = `Calling ${number}: your telephone rings first.`;
  try {
    const wish = { id: crypto.randomUUID(), agent: who.agent, number, ...at(who.system) };
    const taken = await ask(who.token, "/desk/dials", wish);
    told.textContent = `${number}: ${taken.answer ?? "the call is waiting for the telephone system"}.`;
  } catch (error) {
    told.textContent = error.message;
  }
}

byId("dial").addEventListener("submit", (event) => {
  event.preventDefault();
  void dial(byId("number").value);
});

byId("enter").addEventListener("submit", (event) => {
  event.preventDefault();
  const [token, agent, system] = ["token", "agent", "system"].map((id) => byId(id).value.trim());
  void enter({ token, agent, system });
});
byId("leave").addEventListener("click", () => leave(""));

async function enter(given) {
  try {
    const { systems } = await ask(given.token, "/desk");
    const system = systems.find(({ name }) => given.system === "" || name === given.system);
    const agent = system?.agents.find(({ id }) => id === given.agent);
    if (agent === undefined) throw new Error("There is no such telephone.");
    const agents = new Map(system.agents.map(({ id, name }) => [id, name]));
    who = { ...given, name: agent.name, notes: system.notes, dials: system.dials, agents };
    // Of this tab, and gone with it.
    sessionStorage.setItem(KEPT, JSON.stringify(given));
    byId("refused").textContent = "";
    byId("enter").hidden = true;
    byId("dial").hidden = !system.dials;
    for (const id of ["desk", "leave"]) byId(id).hidden = false;
    void stay();
  } catch (error) {
    leave(error.message);
  }
}

function leave(reason) {
  stream?.abort();
  who = null;
  chosen = null;
  calls.clear();
  drafts.clear();
  sessionStorage.removeItem(KEPT);
  // Nothing of a customer stays behind, not even where nobody sees it.
  for (const id of ["customers", "history", "script", "title", "facts", "dialled"])
    byId(id).replaceChildren();
  byId("customers").dataset.shown = "";
  byId("text").value = "";
  byId("text").dataset.call = "";
  for (const id of ["desk", "leave", "dial"]) byId(id).hidden = true;
  byId("enter").hidden = false;
  byId("refused").textContent = reason;
  say("");
}

const kept = sessionStorage.getItem(KEPT);
if (kept !== null) void enter(JSON.parse(kept));
