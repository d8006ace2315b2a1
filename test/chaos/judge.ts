import { allNotes, atRest, type Model, type Note, textOf } from "./model.ts";
import { FLOW, type Scene, SLOT, TARGET } from "./scene.ts";

const CRM = "crm.interaction";

/** What is not as it must be, each with the invariant it breaks. The hub has stopped; nothing is parked any more. */
export async function judge(scene: Scene, model: Model): Promise<readonly string[]> {
  const wrong: string[] = [];
  const must = (what: string, ok: boolean, found: unknown): void => {
    if (!ok) wrong.push(`${what}: ${JSON.stringify(found)}`);
  };
  const due = atRest(model).applied;
  await judgeMessages(scene, model, must);
  await judgeCrm(scene, due, must);
  judgeTarget(scene, due, must);
  await judgeBooks(scene, model, must);
  await judgeActs(scene, model, must);
  await judgeFiles(scene, model, must);
  return wrong;
}

type Must = (what: string, ok: boolean, found: unknown) => void;

async function judgeMessages(scene: Scene, model: Model, must: Must): Promise<void> {
  const rows = await scene.all<{ place: number; key: string; state: number }>(
    `SELECT m.place, m.key, m.state FROM message m JOIN flow f ON f.id = m.flow WHERE f.name = '${FLOW}' ORDER BY m.place`,
  );
  const stored = new Map(rows.map((row) => [row.place, row]));
  for (const { event, place, customer } of allNotes(model)) {
    const row = stored.get(place);
    must(`I1: ${event} is stored under m-${place}`, row?.key === customer, row);
    must(`I8: ${event} is done`, row?.state === 5, row);
  }
  must("I1: nothing is stored that was not posted", rows.length === allNotes(model).length, rows.length);
}

/** Records are numbered as they take effect first. */
async function judgeCrm(scene: Scene, due: readonly Note[], must: Must): Promise<void> {
  const records = await scene.all<{ event: string; body: string }>(
    "SELECT external_id AS event, body FROM source_record WHERE entity = 1 ORDER BY id",
  );
  must("I2: as many effects in the CRM as notes", records.length === due.length, [
    records.length,
    due.length,
  ]);
  for (const [customer, notes] of byCustomer(due)) {
    const found = records
      .filter(({ event }) => event.startsWith(`${customer}-`))
      .map(({ event, body }) => `${event} ${(JSON.parse(body) as { text: string }).text}`);
    const wanted = notes.map((note) => `${note.event} ${textOf(note, note.mapping)}`);
    must(`I3: the CRM has ${wanted}`, found.join() === wanted.join(), found);
  }
}

function judgeTarget(scene: Scene, due: readonly Note[], must: Must): void {
  const effects = scene.target.requests.filter(({ effect }) => effect);
  const sent = due.filter(({ unsent }) => !unsent);
  must("I2: as many effects at the target as notes", effects.length === sent.length, [
    effects.length,
    sent.length,
  ]);
  for (const [customer, notes] of byCustomer(sent)) {
    const own = effects.filter(({ key }) => key === customer);
    const found = own.map(({ body }) => (JSON.parse(body) as { text: string }).text);
    const wanted = notes.map((note) => textOf(note, note.sentBy ?? note.mapping));
    must(`I3: the target has ${wanted} of ${customer}`, found.join() === wanted.join(), found);
    const falls = own.filter(({ sequence }, at) => sequence <= (own[at - 1]?.sequence ?? -1));
    must(
      `I3: the sequence of ${customer} rises`,
      falls.length === 0,
      own.map(({ sequence }) => sequence),
    );
  }
  const bodies = new Map<string, string>();
  for (const { id, sha256 } of scene.target.requests) {
    must(`I2: ${id} is the same each time`, (bodies.get(id) ?? sha256) === sha256, id);
    bodies.set(id, sha256);
  }
}

async function judgeBooks(scene: Scene, model: Model, must: Must): Promise<void> {
  const rows = await scene.all<{ target: string | null; outcome: string; n: number }>(
    `SELECT r.target, t.outcome, CAST(sum(t.n) AS bigint) AS n FROM tally t JOIN flow f ON f.id = t.flow LEFT JOIN route r ON r.id = t.route
     WHERE f.name = '${FLOW}' GROUP BY r.target, t.outcome HAVING sum(t.n) <> 0`,
  );
  const notes = allNotes(model);
  const discarded = notes.filter((note) => note.discarded).length;
  const unsent = notes.filter((note) => note.unsent).length;
  for (const [route, ended] of [
    [CRM, discarded],
    [TARGET, discarded + unsent],
  ] as const) {
    const found = Object.fromEntries(
      rows.filter(({ target }) => target === route).map(({ outcome, n }) => [outcome, n]),
    );
    const { applied = 0, discarded: out = 0, ...others } = found as Record<string, number>;
    const right = applied === notes.length - ended && out === ended && Object.keys(others).length === 0;
    must(
      `I4: ${route}: ${notes.length} = ${notes.length - ended} applied + ${ended} discarded`,
      right,
      found,
    );
  }
}

async function judgeActs(scene: Scene, model: Model, must: Must): Promise<void> {
  const rows = await scene.all<{ act: string; n: number }>(
    "SELECT act, count(*) AS n FROM audit GROUP BY act",
  );
  const logged = Object.fromEntries(rows.map(({ act, n }) => [act, n]));
  for (const [act, n] of model.acts) must(`I6: ${n} acts ${act} are in the log`, logged[act] === n, logged);
}

async function judgeFiles(scene: Scene, model: Model, must: Must): Promise<void> {
  const files = await scene.all<{ name: string; state: string; rows: number; books: string }>(
    "SELECT name, state, file_rows AS rows, books FROM file ORDER BY id",
  );
  const found = files.map(({ name, state, rows, books }) => {
    const { applied } = (JSON.parse(books) as Record<string, Record<string, number>>)["crm.customer"] ?? {};
    return `${name} ${state} ${rows} ${applied}`;
  });
  const wanted = [...model.files].map(([name, rows]) => `${name} done ${rows} ${rows}`);
  must(`I7: each file was taken once: ${wanted}`, found.join() === wanted.join(), found);
  const slots = await scene.all<{ at: number; state: string }>("SELECT at, state FROM slot ORDER BY at");
  const odd = slots.filter(({ at, state }) => at % (SLOT * 1000) !== 0 || state === "running");
  must("I7: slots are as planned, and none is still running", odd.length === 0, odd);
}

function byCustomer(notes: readonly Note[]): ReadonlyMap<string, readonly Note[]> {
  const groups = new Map<string, Note[]>();
  for (const note of notes) groups.set(note.customer, [...(groups.get(note.customer) ?? []), note]);
  return groups;
}
