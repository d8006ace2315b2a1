import type { Customer } from "./action.ts";

/** A note as its sender knows it, and what must come of it. */
export interface Note {
  readonly event: string;
  readonly customer: Customer;
  readonly n: number;
  readonly bad: boolean;
  /** The number of the message, once it is acknowledged. */
  place: number;
  /** The mapping that it is mapped with: the one in force when it was accepted, or when it was replayed. */
  mapping: Mapping;
  /** The mapping of the delivery that was replayed; null: none was. */
  sentBy: Mapping | null;
  /** It has had its effect in the CRM for certain. */
  applied: boolean;
  /** The target refused it, and its replay fails in the mapping. */
  stuck: boolean;
  /** A person has ended it. */
  discarded: boolean;
  /** A person has ended its delivery to the target. */
  unsent: boolean;
}

export interface Mapping {
  readonly number: number;
  readonly strict: boolean;
}

/** What is known without looking into the hub: small enough to be right by inspection. */
export interface Model {
  /** Acknowledged, by customer, in accepted order. */
  readonly notes: ReadonlyMap<Customer, readonly Note[]>;
  mapping: Mapping;
  accepting: boolean;
  running: boolean;
  /** Acts of persons that were answered with yes, by verb. */
  readonly acts: Map<string, number>;
  /** Rows of the files that were dropped, by name. */
  readonly files: Map<string, number>;
  acked(note: Note): void;
}

export function newModel(customers: readonly Customer[]): Model {
  const notes = new Map(customers.map((customer): [Customer, Note[]] => [customer, []]));
  return {
    notes,
    mapping: { number: 1, strict: true },
    accepting: true,
    running: true,
    acts: new Map(),
    files: new Map(),
    acked: (note) => void notes.get(note.customer)?.push(note),
  };
}

export function allNotes(model: Model): readonly Note[] {
  return [...model.notes.values()].flat();
}

/** Where the notes of a customer must be once all has come to rest: one that fails holds back those that follow it. */
export interface AtRest {
  readonly applied: readonly Note[];
  readonly parked: readonly Note[];
  readonly held: readonly Note[];
}

export function atRest(model: Model): AtRest {
  const applied: Note[] = [];
  const parked: Note[] = [];
  const held: Note[] = [];
  for (const notes of model.notes.values()) {
    let blocked = false;
    for (const note of notes) {
      const fails = note.stuck || (!note.applied && note.bad && note.mapping.strict);
      if (note.discarded) continue;
      if (note.applied && !note.stuck) applied.push(note);
      else if (blocked) held.push(note);
      else if (fails) parked.push(note);
      else applied.push(note);
      blocked ||= fails;
    }
  }
  return { applied, parked, held };
}

/** What the mapping makes of a note: it tells by which mapping it was made. */
export function textOf({ n }: Note, mapping: Mapping): string {
  return `${n} by mapping ${mapping.number}`;
}

export function mappingText({ number, strict }: Mapping): string {
  const note = `{ "id": id, "kind": "note", "subject": customer, "text": $string(n) & " by mapping ${number}" }`;
  return strict ? `bad ? $error("a bad note") : ${note}` : note;
}
