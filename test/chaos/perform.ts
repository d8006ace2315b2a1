import { setTimeout as pause } from "node:timers/promises";
import type { FakeAnswer } from "../fakes/answer.ts";
import { customerRows, drop } from "../faults/drop.ts";
import { postTo } from "../faults/producer.ts";
import { type Action, CUSTOMERS, type Customer, type Mood, type Stumble } from "./action.ts";
import { allNotes, atRest, type Mapping, type Model, mappingText, type Note } from "./model.ts";
import { FLOW, type Scene, TARGET, until } from "./scene.ts";

/** A run under way. */
export interface Run {
  readonly scene: Scene;
  readonly model: Model;
}

const MOODS: Readonly<Record<Mood, FakeAnswer>> = {
  well: {},
  down: { status: 503 },
  shut: { status: 401 },
  slow: { delay: 100 },
};

const STUMBLES: Readonly<Record<Stumble, FakeAnswer>> = {
  // A target that has done what it was asked does not refuse the same request later.
  refuse: { status: 400, fresh: true },
  fail: { status: 500 },
  cut: { fault: "cut", effect: true },
};

/** Does one thing to the hub and to the model. @throws Error when the hub does not answer as it must */
export async function perform(run: Run, action: Action): Promise<void> {
  const { scene, model } = run;
  switch (action.do) {
    case "post":
      return post(run, newNote(model, action.customer, action.bad));
    case "again":
      return again(run, action.nth);
    case "burst":
      return burst(run, action.each, action.kill);
    case "kill":
      return scene.killAndStart();
    case "pause":
      await act(run, "pause", `/flows/${FLOW}/pause`, { what: action.what });
      if (action.what !== "deliver") model.accepting = false;
      if (action.what !== "accept") model.running = false;
      return;
    case "resume":
      return resume(run);
    case "map":
      return map(run, action.strict);
    case "mood":
      return scene.target.always(MOODS[action.mood]);
    case "stumble":
      return scene.target.answer(STUMBLES[action.how]);
    case "replay":
      // What is parked is certain only while messages are worked on.
      return model.running ? replay(run) : undefined;
    case "discard":
      return discard(run, action.nth);
    case "reopen":
      return reopen(run);
    case "file": {
      const name = `${model.files.size + 1}.csv`;
      model.files.set(name, action.rows);
      return drop(scene.project, name, customerRows(`f${model.files.size}-`, action.rows));
    }
  }
}

export async function resume(run: Run): Promise<void> {
  await act(run, "resume", `/flows/${FLOW}/resume`, {});
  run.model.accepting = true;
  run.model.running = true;
}

/** Changes the mapping; what is accepted from now on is mapped by it. */
export async function map({ scene, model }: Run, strict: boolean): Promise<void> {
  const before = await flowNow(scene);
  const mapping: Mapping = { number: model.mapping.number + 1, strict };
  await scene.project.write(`mappings/${FLOW}/map.jsonata`, mappingText(mapping));
  await until("the changed mapping is in force", async () => (await flowNow(scene)).hash !== before.hash);
  model.mapping = mapping;
}

/** Replays all that is parked, once the hub has parked what it must. */
export async function replay(run: Run): Promise<void> {
  const { scene, model } = run;
  const { applied, parked } = atRest(model);
  await workedOff(run);
  for (const note of applied) note.applied = true;
  const before = await replays(scene);
  await act(run, "replay", "/replay", { selection: { flow: FLOW, state: "parked" } });
  const after = await replays(scene);
  for (const note of allNotes(model)) {
    // What had no effect yet goes to all routes; it may have a delivery by now.
    if (parked.includes(note) && !note.stuck) note.mapping = model.mapping;
    else if (after.get(note.place) !== before.get(note.place)) {
      note.sentBy = model.mapping;
      note.stuck = note.bad && model.mapping.strict;
    }
  }
}

/** How often the delivery of each message was replayed. */
async function replays(scene: Scene): Promise<ReadonlyMap<number, number>> {
  const rows = await scene.all<{ place: number; replay: number }>(
    "SELECT message AS place, replay FROM delivery WHERE replay > 0",
  );
  return new Map(rows.map(({ place, replay }) => [place, replay]));
}

/** The route goes on if an answer of 401 has stopped it. */
export async function reopen(run: Run): Promise<void> {
  const { routes } = await flowNow(run.scene);
  if (routes.every(({ stopped }) => stopped === null)) return;
  await act(run, "resume-route", `/flows/${FLOW}/routes/${TARGET}/resume`, {});
}

/** Waits until each message is done, parked where the model says so, or held behind one that is. */
export async function workedOff({ scene, model }: Run): Promise<void> {
  const wanted = places(atRest(model).parked);
  await until(`messages ${wanted} alone are parked, and all others done or held behind them`, async () => {
    const rows = await scene.all<{ place: number; state: number }>(
      "SELECT place, state FROM message WHERE state <> 5 ORDER BY place",
    );
    return (
      rows.every(({ state }) => state === PARKED || state === HELD) &&
      places(rows.filter(({ state }) => state === PARKED)) === wanted
    );
  });
}

const HELD = 2;
const PARKED = 4;

function places(rows: readonly { readonly place: number }[]): string {
  return `[${rows.map(({ place }) => place).sort((a, b) => a - b)}]`;
}

interface FlowNow {
  readonly hash: string | null;
  readonly accepting: boolean;
  readonly running: boolean;
  readonly routes: readonly { readonly to: string; readonly stopped: string | null }[];
}

export async function flowNow(scene: Scene): Promise<FlowNow> {
  return (await scene.ask("GET", `/flows/${FLOW}`)).body as FlowNow;
}

/** An act of a person, which must be done. */
async function act({ scene, model }: Run, verb: string, path: string, body: object): Promise<void> {
  const reply = await scene.ask("POST", path, body);
  if (reply.status !== 200)
    throw new Error(`I6: POST ${path} was answered ${reply.status}: ${JSON.stringify(reply.body)}`);
  model.acts.set(verb, (model.acts.get(verb) ?? 0) + 1);
}

function newNote(model: Model, customer: Customer, bad: boolean): Note {
  const n = (model.notes.get(customer)?.length ?? 0) + 1;
  const { mapping } = model;
  return {
    event: `${customer}-${n}`,
    customer,
    n,
    bad,
    place: 0,
    mapping,
    sentBy: null,
    applied: false,
    stuck: false,
    discarded: false,
    unsent: false,
  };
}

async function post(run: Run, note: Note): Promise<void> {
  const { scene, model } = run;
  const sent = await send(scene, note);
  if (sent === null) throw new Error("I1: a post was not answered by a hub that runs");
  if (!model.accepting) {
    if (sent.code !== "TL_FLOW_PAUSED") throw new Error(`I1: a paused flow answered ${JSON.stringify(sent)}`);
    return;
  }
  if (sent.place === null || sent.duplicate)
    throw new Error(`I1: a new note was answered ${JSON.stringify(sent)}`);
  note.place = sent.place;
  model.acked(note);
}

async function again({ scene, model }: Run, nth: number): Promise<void> {
  // A discarded message frees its event.
  const known = allNotes(model).filter(({ discarded }) => !discarded);
  const note = known[nth % known.length];
  if (note === undefined) return;
  const sent = await send(scene, note);
  const right = model.accepting
    ? sent?.duplicate === true && sent.place === note.place
    : sent?.code === "TL_FLOW_PAUSED";
  if (!right)
    throw new Error(
      `I2: ${note.event}, acknowledged as m-${note.place}, came again and was answered ${JSON.stringify(sent)}`,
    );
}

/** All senders at once, each in its order; what a killed hub did not answer is posted again to the next one. */
async function burst(run: Run, each: number, kill: number | null): Promise<void> {
  const { scene, model } = run;
  const restarted = kill === null ? null : pause(kill).then(() => scene.killAndStart());
  const sender = async (customer: Customer): Promise<void> => {
    for (let count = 0; count < each; count++) {
      const note = newNote(model, customer, false);
      let sent = await send(scene, note);
      if (sent === null) {
        await restarted;
        sent = await send(scene, note);
      }
      if (sent?.place == null) throw new Error(`I1: a note was answered ${JSON.stringify(sent)}`);
      note.place = sent.place;
      model.acked(note);
    }
  };
  await Promise.all(model.accepting ? CUSTOMERS.map(sender) : []);
  await restarted;
}

async function discard(run: Run, nth: number): Promise<void> {
  const { scene, model } = run;
  const messages = await scene.all<{ place: number }>(
    `SELECT place FROM message WHERE state = ${PARKED} ORDER BY place`,
  );
  const deliveries = await scene.all<{ place: number }>(
    `SELECT message AS place FROM delivery WHERE state = ${PARKED} ORDER BY message`,
  );
  const parked = [...messages, ...deliveries];
  const at = nth % parked.length;
  const place = parked[at]?.place;
  if (place === undefined) return;
  await act(run, "discard", `/messages/m-${place}/discard`, {});
  const note = allNotes(model).find((one) => one.place === place);
  if (note === undefined) throw new Error(`I1: m-${place} is parked, and nobody posted it`);
  if (at < messages.length && !note.stuck) note.discarded = true;
  else note.unsent = true;
  note.stuck = false;
}

interface Sent {
  readonly place: number | null;
  readonly duplicate: boolean;
  readonly code: string | null;
}

/** Null: no answer came. */
async function send(scene: Scene, { event, customer, n, bad }: Note): Promise<Sent | null> {
  const body = JSON.stringify({ id: event, customer, n, bad });
  const answer = await postTo(scene.hub().url, FLOW, body, { "x-event": event });
  if (answer === null) return null;
  const { id, duplicate, code } = JSON.parse(answer.body) as {
    id?: string;
    duplicate?: boolean;
    code?: string;
  };
  const place = answer.status < 300 && id !== undefined ? Number(id.slice("m-".length)) : null;
  return { place, duplicate: duplicate ?? false, code: code ?? null };
}
