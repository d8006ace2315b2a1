/** A call as elements. What the hub tells is shown as text, never as markup: names and notes are anybody's words. */

export const STAGES = {
  offered: "Is coming",
  ringing: "Rings",
  answered: "Talking",
  ended: "Has ended",
  recorded: "Has ended",
};
const WHO = {
  withheld: "The number is withheld: ask who is calling.",
  unknown: "Nobody is known with this number: ask who is calling.",
  several: "Several customers have this number: ask who it is, and choose.",
};
const DIRECTIONS = { inbound: "Call from", outbound: "Call to", internal: "Between agents" };

export function element(name, text, kind) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (kind !== undefined) made.className = kind;
  return made;
}

export function titleOf(call) {
  const name = call.who === "one" ? call.customers[0].name : null;
  return name ?? call.number ?? (call.withheld ? "Number withheld" : "Unknown number");
}

export function factsOf(call) {
  const shown = call.withheld ? "a withheld number" : (call.number ?? "no number");
  const name = call.name === null ? "" : `, the network says “${call.name}”`;
  const line = call.line === null ? "" : `, on line ${call.line}`;
  return `${DIRECTIONS[call.direction]} ${shown}${name}${line}`;
}

/** How long it rang or was talked, as minutes and seconds. */
export function clockOf(call, now) {
  const talked = call.talkSeconds ?? secondsBetween(call.answeredAt, call.endedAt ?? now);
  const seconds = call.answeredAt === null ? secondsBetween(call.startedAt, call.endedAt ?? now) : talked;
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function secondsBetween(from, to) {
  return Math.max(0, Math.floor((new Date(to) - new Date(from)) / 1000));
}

export function warningOf(call) {
  return call.who === "one" ? [] : [element("p", WHO[call.who], "warning")];
}

/** A customer with what an agent may want to know. @param dial called with a number that was clicked */
export function customerCard(customer, dial) {
  const made = element("div", undefined, "card customer");
  const title = element("h3", `${customer.name ?? "No name"} `);
  title.append(element("span", customer.id, "id"));
  const facts = element("dl");
  for (const [field, value] of factsOfCustomer(customer.golden)) {
    if (value !== "") facts.append(element("dt", field), element("dd", value));
  }
  const phones = (customer.golden.phones ?? []).filter(({ number }) => typeof number === "string");
  if (phones.length > 0) {
    const numbers = element("dd");
    for (const { number } of phones) {
      const button = element("button", dial === null ? number : `Call ${number}`);
      button.type = "button";
      button.disabled = dial === null;
      button.addEventListener("click", () => dial(number));
      numbers.append(button);
    }
    facts.prepend(element("dt", "Telephone"), numbers);
  }
  made.append(title, facts);
  return made;
}

/** Names and lines; what a system calls its own attributes stays as it is. */
function factsOfCustomer(golden) {
  const { status, language, taxId, emails, addresses, notes, attributes } = golden;
  return [
    ["E-mail", (emails ?? []).map(({ address }) => address).join("\n")],
    ["Address", (addresses ?? []).map(address).join("\n\n")],
    ["Status", status ?? ""],
    ["Language", language ?? ""],
    ["Tax number", taxId ?? ""],
    ["Notes", notes ?? ""],
    ...Object.entries(attributes ?? {}).map(([name, value]) => [name, value === null ? "" : String(value)]),
  ];
}

function address({ street, postalCode, city, region, country }) {
  return [street, [postalCode, city].filter(Boolean).join(" "), region, country].filter(Boolean).join("\n");
}

/** @param agents names of agents by telephone */
export function historyList(entries, agents) {
  const list = element("ol");
  for (const { at, entity, values } of entries) {
    const item = element("li");
    const time = element("time", when(at));
    time.dateTime = at;
    const what = element("div");
    const subject = values.subject ?? [entity, values.number, values.status].filter(Boolean).join(" ");
    what.append(element("strong", subject));
    if (values.text) what.append(element("p", values.text));
    const agent = values.agent && (agents.get(values.agent) ?? values.agent);
    const talked = values.durationSeconds === undefined ? "" : `${values.durationSeconds} s`;
    const small = [agent, talked].filter(Boolean).join(", ");
    if (small !== "") what.append(element("small", small));
    item.append(time, what);
    list.append(item);
  }
  return list;
}

function when(at) {
  return new Date(at).toLocaleString([], { dateStyle: "short", timeStyle: "short" });
}
