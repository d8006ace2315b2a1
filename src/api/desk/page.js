/** The agents' page: what the hub tells of calls is shown as text, never as markup. */
const byId = (id) => document.getElementById(id);
const KEPT = "tieline-desk";
const LONGEST_PAUSE = 10_000;

/** Calls by id, in the order they came. */
const calls = new Map();
/** What was written about a call and not saved yet, and who it is meant for. */
const drafts = new Map();
let who = null;
let chosen = null;
let stream = null;

function element(name, text, kind) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (kind !== undefined) made.className = kind;
  return made;
}

async function ask(path, body) {
  const answer = await fetch(`/api/v1${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: { authorization: `Bearer ${who.token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const told = await answer.json();
  if (!answer.ok) throw new Error([told.detail ?? told.title, told.cure].filter(Boolean).join(". "));
  return told;
}

const at = (system) => (system === "" ? {} : { system });

/** Server-sent events over a request that bears the token, which EventSource cannot. */
async function listen(signal) {
  const query = new URLSearchParams({ agent: who.agent, ...at(who.system) });
  const answer = await fetch(`/api/v1/desk/calls?${query}`, {
    headers: { authorization: `Bearer ${who.token}` },
    signal,
  });
  if (!answer.ok) {
    const told = await answer.json();
    const error = new Error([told.detail ?? told.title, told.cure].filter(Boolean).join(". "));
    error.final = answer.status < 500 && answer.status !== 429;
    throw error;
  }
  say("Ready");
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value;
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      take(text.slice(0, end));
      text = text.slice(end + 2);
    }
  }
}

function take(event) {
  if (!event.startsWith("event: call\n")) return;
  const call = JSON.parse(event.slice(event.indexOf("data: ") + 6));
  const known = calls.get(call.id);
  calls.set(call.id, call);
  const busy = chosen !== null && calls.get(chosen)?.endedAt === null;
  if (known === undefined && !busy) chosen = call.id;
  // A page that stays open for weeks keeps the last calls only.
  for (const id of calls.keys()) if (calls.size > 20 && id !== chosen) calls.delete(id);
  show();
}

async function stay() {
  stream?.abort();
  stream = new AbortController();
  const { signal } = stream;
  let pause = 500;
  while (!signal.aborted) {
    try {
      await listen(signal);
      pause = 500;
    } catch (error) {
      if (signal.aborted) return;
      if (error.final === true) return leave(error.message);
    }
    say("Connecting again…");
    await new Promise((resolve) => setTimeout(resolve, pause));
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  }
}

const say = (text) => {
  byId("state").textContent = who === null ? "Not connected" : `${who.name}: ${text}`;
};

const STAGES = {
  offered: "is coming",
  ringing: "rings",
  answered: "talking",
  ended: "has ended",
  recorded: "has ended",
};
const WHO = {
  withheld: "The number is withheld: ask who is calling.",
  unknown: "Nobody is known with this number.",
  several: "Several customers have this number: ask who it is, and choose.",
  one: "",
};

function titleOf(call) {
  const name = call.who === "one" ? call.customers[0].name : null;
  return name ?? call.number ?? (call.withheld ? "Number withheld" : "Unknown number");
}

function show() {
  const list = [...calls.values()].reverse();
  byId("calls").replaceChildren(
    ...list.map((call) => {
      const button = element("button", `${titleOf(call)} (${STAGES[call.stage]})`);
      button.type = "button";
      button.setAttribute("aria-current", String(call.id === chosen));
      button.addEventListener("click", () => {
        chosen = call.id;
        show();
      });
      return button;
    }),
  );
  const call = calls.get(chosen);
  byId("call").hidden = call === undefined;
  if (call === undefined) return;
  byId("call").className = call.stage;
  byId("title").textContent = titleOf(call);
  byId("facts").textContent = factsOf(call);
  byId("reason").textContent = call.reason === null ? "" : `Given to you: ${call.reason}.`;
  showCustomers(call);
  byId("script").textContent = call.script ?? "";
  byId("script").hidden = call.script === null;
  showNote(call);
  showHistory(call);
}

function factsOf(call) {
  const shown = call.withheld ? "number withheld" : (call.number ?? "no number");
  const name = call.name === null ? "" : `, network says “${call.name}”`;
  const line = call.line === null ? "" : `, on ${call.line}`;
  const talked = call.talkSeconds === null ? "" : `, talked ${call.talkSeconds} s`;
  return `${call.direction}, ${STAGES[call.stage]}: ${shown}${name}${line}${talked}`;
}

function showCustomers(call) {
  const warning = WHO[call.who];
  const parts = warning === "" ? [] : [element("p", warning, "warning")];
  for (const customer of call.customers) parts.push(card(call, customer));
  byId("customers").replaceChildren(...parts);
}

function card(call, customer) {
  const made = element("div", undefined, "card");
  made.append(element("h3", `${customer.name ?? "No name"} (${customer.id})`));
  const facts = element("dl");
  for (const [field, value] of Object.entries(customer.golden)) {
    const text = plain(value);
    if (text !== "") facts.append(element("dt", field), element("dd", text));
  }
  made.append(facts);
  for (const phone of customer.golden.phones ?? []) {
    if (typeof phone?.number !== "string") continue;
    const button = element("button", `Call ${phone.number}`);
    button.type = "button";
    button.addEventListener("click", () => void dial(phone.number));
    made.append(button);
  }
  if (call.who === "several") {
    const draft = draftOf(call.id);
    const choice = element("label");
    const radio = element("input");
    radio.type = "radio";
    radio.name = "customer";
    radio.checked = draft.customer === customer.id;
    radio.addEventListener("change", () => {
      draft.customer = customer.id;
      showHistory(call);
    });
    choice.append(radio, " It is this one");
    made.append(choice);
  }
  return made;
}

/** A value in one line: lists with commas, objects by their values. */
function plain(value) {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map(plain).filter(Boolean).join("; ");
  if (typeof value === "object") return Object.values(value).map(plain).filter(Boolean).join(", ");
  return String(value);
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
  const items = (whose?.history ?? []).map(({ at: when, entity, values }) => {
    const what = [
      values.kind ?? entity,
      values.subject,
      values.text,
      values.agent && `agent ${values.agent}`,
    ];
    return element("li", `${new Date(when).toLocaleString()}: ${what.filter(Boolean).join(", ")}`);
  });
  const list = element("ol");
  list.append(...items);
  byId("history").replaceChildren(...(items.length === 0 ? [] : [element("h3", "Contact history"), list]));
}

byId("text").addEventListener("input", (event) => {
  if (chosen !== null) draftOf(chosen).text = event.target.value;
});

byId("note").addEventListener("submit", async (event) => {
  event.preventDefault();
  const id = chosen;
  const draft = draftOf(id);
  const { name, customer } = draft;
  try {
    // Sent again after a failure it bears the same name, so it is written once.
    const note = { id: name, call: id, agent: who.agent, text: draft.text, ...at(who.system) };
    const taken = await ask("/desk/notes", { ...note, ...(customer === null ? {} : { customer }) });
    drafts.set(id, { text: "", customer, name: crypto.randomUUID() });
    if (chosen === id) byId("text").value = "";
    byId("saved").textContent =
      taken.state === "done" ? "Saved" : taken.state === "parked" ? `Stored, but: ${taken.answer}` : "Stored";
  } catch (error) {
    byId("saved").textContent = error.message;
  }
});

async function dial(number) {
  const told = byId("dialled");
  told.textContent = "…";
  try {
    const wish = { id: crypto.randomUUID(), agent: who.agent, number, ...at(who.system) };
    const taken = await ask("/desk/dials", wish);
    told.textContent = taken.answer ?? "The call is waiting for the telephone system.";
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
  void enter({
    token: byId("token").value.trim(),
    agent: byId("agent").value.trim(),
    system: byId("system").value.trim(),
  });
});
byId("leave").addEventListener("click", () => leave(""));

async function enter(given) {
  who = { ...given, name: given.agent, notes: false };
  try {
    const { systems } = await ask("/desk");
    const system = systems.find(({ name }) => given.system === "" || name === given.system);
    const agent = system?.agents.find(({ id }) => id === given.agent);
    if (agent === undefined) throw new Error("There is no such telephone.");
    who = { ...who, name: agent.name, notes: system.notes };
    // Of this tab, and gone with it.
    sessionStorage.setItem(KEPT, JSON.stringify(given));
    byId("enter").hidden = true;
    byId("dial").hidden = !system.dials;
    for (const id of ["calls", "leave"]) byId(id).hidden = false;
    void stay();
  } catch (error) {
    leave(error.message);
  }
}

function leave(reason) {
  stream?.abort();
  who = null;
  calls.clear();
  drafts.clear();
  chosen = null;
  sessionStorage.removeItem(KEPT);
  for (const id of ["calls", "leave", "dial", "call"]) byId(id).hidden = true;
  byId("enter").hidden = false;
  byId("refused").textContent = reason;
  say("");
}

const kept = sessionStorage.getItem(KEPT);
if (kept !== null) void enter(JSON.parse(kept));
