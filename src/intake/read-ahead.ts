import { HubError } from "../errors.ts";
import type { Item } from "../flow/item.ts";
import { crmEntity, type LiveFlow, sourceSystem } from "../flow/live-flow.ts";
import type { AlikeRows } from "../flow/settle-alike.ts";
import type { Shadow } from "../flow/shadow.ts";
import type { Known } from "../store/crm-tables.ts";
import type { FileRow } from "../store/file-table.ts";
import type { Store, Tx } from "../store/store.ts";
import { alikeRows } from "./alike-rows.ts";
import type { PackedRows } from "./pack-rows.ts";
import { type FromReader, MOST_AHEAD, type NamedRows, NEW, type Reader, UNCHANGED } from "./reader.ts";
import type { FeedEnd } from "./row-feed.ts";
import { type RowPlace, rowItems } from "./row-item.ts";
import type { RowBatch, RowSource } from "./row-source.ts";
import { TURN_MS } from "./turn.ts";
import { fromFailure, isOnlyNewcomer, unpackRows } from "./unpack-rows.ts";

/** The thread that read a file is gone, for a reason of its own. */
export class ReaderGone extends HubError {
  constructor(cause: unknown) {
    super("TL_INTERNAL", "the thread that read the file ended", { cause });
  }
}

export interface ReadAheadEnvironment {
  readonly store: Store;
  readonly report: Shadow["report"];
}

/** Rows that are committed together at most, by column: about a turn of newcomers. */
const MOST_ALIKE = 1000;
/** Milliseconds that rows wait for others to be committed with: fewer commits, each with an fsync, and nobody waits for one. */
const GATHER_MS = 5;
/** One by one: a turn too, and as many objects as should live at once. */
const MOST_ROWS = 500;

/** Rows that were named and not all committed yet. */
interface Chunk extends NamedRows {
  /** Rows of it that were taken. */
  taken: number;
  /** Names of the records that its rows may change. */
  readonly touched: Set<string>;
  /** How often others had written when it was looked at. */
  foreign: number;
}

/** Rows of a chunk that the reader has mapped. */
interface Part {
  readonly chunk: Chunk;
  readonly from: number;
  readonly to: number;
  readonly items: () => readonly Item[];
  readonly alike: AlikeRows | null;
}

/**
 * Rows that a reader maps, in another thread. Here it is told which of them are unchanged, before they are mapped, and
 * again, should others have written meanwhile, when they are committed.
 */
export function readAhead(
  file: FileRow,
  flow: LiveFlow,
  reader: Reader,
  env: ReadAheadEnvironment,
): RowSource {
  const entity = crmEntity(flow);
  const system = sourceSystem(flow.definition);
  const { item, placed } = rowItems(file, flow);
  const chunks: Chunk[] = [];
  const ready: (PackedRows | FeedEnd)[] = [];
  /** Of the rows that were given last. */
  const given: ArrayBuffer[] = [];
  let gone: { readonly error: unknown } | null = null;
  let wake: () => void = () => undefined;
  let written = 0;
  let foreign = 0;

  reader.listen(
    (message) => {
      take(message).catch(fail);
    },
    (error) => fail(error),
  );

  function fail(error: unknown): void {
    gone ??= { error };
    wake();
  }

  async function take(message: FromReader): Promise<void> {
    switch (message.kind) {
      case "shadow":
        return env.report(message.finding);
      case "named":
        return look(message);
      case "rows":
        ready.push(message.rows);
        return wake();
      case "end":
        ready.push({ error: message.failure === null ? null : fromFailure(message.failure) });
        return wake();
    }
  }

  /** Which rows need no mapping: their record was applied just so, and no row on its way before them touches it. */
  async function look(rows: NamedRows): Promise<void> {
    const chunk: Chunk = { ...rows, taken: 0, touched: new Set(), foreign: 0 };
    chunks.push(chunk);
    const flags = await (entity === undefined
      ? new Uint8Array(rows.keys.length)
      : env.store.transaction((tx) => whatIsKnown(tx, chunk)));
    reader.send({ kind: "known", flags });
  }

  async function whatIsKnown(tx: Tx, chunk: Chunk): Promise<Uint8Array> {
    countForeign(tx);
    chunk.foreign = foreign;
    const names = chunk.records ?? chunk.keys;
    const flags = new Uint8Array(names.length);
    const named = [...names.keys()].filter((index) => names[index] !== null);
    const known = await compare(
      tx,
      named.map((index) => names[index] as string),
      named.map((index) => chunk.hashes[index] ?? null),
    );
    for (const [at, index] of named.entries()) {
      const name = names[index] as string;
      if (!chunks.some(({ touched }) => touched.has(name))) {
        if (known[at] === "new") flags[index] = NEW;
        else if (known[at] === "same") flags[index] = UNCHANGED;
      }
      if (flags[index] !== UNCHANGED) chunk.touched.add(name);
    }
    return flags;
  }

  async function compare(
    tx: Tx,
    names: readonly string[],
    hashes: readonly (string | null)[],
  ): Promise<readonly Known[]> {
    if (names.length === 0) return [];
    if (entity === undefined) return names.map(() => "new");
    return tx.crm.compare(entity, system, names, hashes);
  }

  function countForeign(tx: Tx): void {
    foreign += tx.crm.written() - written;
    written = tx.crm.written();
  }

  /** As many as make a good commit, of what is there. */
  function takeReady(first: PackedRows): RowBatch {
    const parts = [takePart(first)];
    let rows = first.states.length;
    for (;;) {
      const [next] = ready;
      const most = parts.every(({ alike }) => alike !== null) ? MOST_ALIKE : MOST_ROWS;
      if (next === undefined || "error" in next || rows + next.states.length > most) break;
      ready.shift();
      parts.push(takePart(next));
      rows += next.states.length;
    }
    const { chunk, to } = parts.at(-1) as Part;
    const last = placeOf(chunk, to - 1);
    return {
      get items() {
        return parts.flatMap(({ items }) => items());
      },
      alike: parts.some(({ alike }) => alike === null) ? null : parts.flatMap(({ alike }) => alike ?? []),
      rows: last.row,
      offset: last.offset + last.length,
      context: chunk.context,
      async holds(tx) {
        countForeign(tx);
        for (const part of parts) {
          if (part.chunk.foreign !== foreign && !(await stillHolds(tx, part))) return false;
        }
        return true;
      },
      settled(tx) {
        written = tx.crm.written();
        for (const part of parts) {
          if (part.to === part.chunk.keys.length) chunks.splice(chunks.indexOf(part.chunk), 1);
        }
      },
    };
  }

  function takePart(packed: PackedRows): Part {
    reader.send({ kind: "taken" });
    given.push(packed.texts);
    const chunk = chunks.find((one) => one.taken < one.keys.length) as Chunk;
    const from = chunk.taken;
    const to = from + packed.states.length;
    chunk.taken = to;
    const whole = from === 0 && to === chunk.keys.length;
    const keys = whole ? chunk.keys : chunk.keys.slice(from, to);
    const hashes = whole ? chunk.hashes : chunk.hashes.slice(from, to);
    const unpack = (): readonly Item[] =>
      unpackRows(packed, keys).map((result, at): Item => {
        const place = placeOf(chunk, from + at);
        const sure = result instanceof HubError ? placed(place, result) : result;
        return item(place, packed.at, hashes[at] ?? null, keys[at] ?? null, sure);
      });
    const rows = Array.from(keys, (_, at) => chunk.places[4 * (from + at)] as number);
    const own = { system, file: file.id, flowVersion: flow.version };
    return {
      chunk,
      from,
      to,
      items: once(unpack),
      alike: alikeRows(packed, { ...own, rows, keys, hashes }),
    };
  }

  /** Whether those found unchanged are so still, and those found new are so too where it matters. */
  async function stillHolds(tx: Tx, { chunk, from, items }: Part): Promise<boolean> {
    const all = chunk.records ?? chunk.keys;
    const names: string[] = [];
    const hashes: (string | null)[] = [];
    const wanted: Known[] = [];
    for (const [at, { result, hash }] of items().entries()) {
      const name = all[from + at];
      const unchanged = result === "unchanged";
      if (typeof name !== "string" || !(unchanged || isOnlyNewcomer(result))) continue;
      names.push(name);
      hashes.push(hash);
      wanted.push(unchanged ? "same" : "new");
    }
    const known = await compare(tx, names, hashes);
    return wanted.every((one, at) => known[at] === one);
  }

  /** Until there is as much as makes a good commit, or the reader can go on no further; not for long. */
  async function gather(): Promise<void> {
    const until = performance.now() + GATHER_MS;
    for (;;) {
      const rows = ready.reduce((sum, one) => sum + ("error" in one ? MOST_ALIKE : one.states.length), 0);
      const left = until - performance.now();
      if (gone !== null || rows >= MOST_ALIKE || ready.length >= MOST_AHEAD || left <= 0) return;
      await wait(left);
    }
  }

  /** Until something comes, or the time has passed. */
  async function wait(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    wake = () => undefined;
  }

  return {
    async next() {
      // Whoever asks for more has done with those before.
      for (const texts of given.splice(0)) reader.send({ kind: "spare", texts });
      if (ready.length === 0 && gone === null) await wait(TURN_MS);
      if (ready.length > 0) await gather();
      const [found] = ready;
      if (found === undefined) {
        if (gone !== null) throw new ReaderGone((gone as { readonly error: unknown }).error);
        return "later";
      }
      if ("error" in found) return found;
      ready.shift();
      return takeReady(found);
    },
    close: () => reader.close(),
  };
}

/** Works it out when it is first asked for: items are many objects, and a first load needs none. */
function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function placeOf({ places }: NamedRows, index: number): RowPlace {
  const at = 4 * index;
  return {
    row: places[at] as number,
    line: places[at + 1] as number,
    offset: places[at + 2] as number,
    length: places[at + 3] as number,
  };
}
