import { newcomerOf } from "../crm/newcomer.ts";
import { asHubError, toFailure } from "../errors.ts";
import { type CompiledFlow, compileFlow } from "../flow/compile.ts";
import type { Row } from "../format/format.ts";
import type { Json } from "../message/json.ts";
import { type NamedRow, nameRow } from "./name-row.ts";
import { packRows, type RowResult } from "./pack-rows.ts";
import {
  type FromReader,
  MOST_AHEAD,
  type NamedRows,
  NEW,
  type Reading,
  type ToReader,
  UNCHANGED,
} from "./reader.ts";
import { type RecordHash, recordHash } from "./record-hash.ts";
import { rowFeed } from "./row-feed.ts";
import { startTurn } from "./turn.ts";

/** Rows that are named and mapped together: each message between the threads costs as much as some rows. */
const MOST_ROWS = 250;
/** Chunks that may be named before they are mapped: while the engine commits it looks at none, and nobody is to wait. */
const MOST_NAMED = 3;

/** The engine, as the reader sees it. */
export interface ReaderPort {
  send(message: FromReader): void;
  /** Called with each message from the engine. */
  listen(take: (message: ToReader) => void): void;
}

/** Rows that were named, and wait to be mapped. */
interface Chunk {
  readonly rows: readonly Row[];
  readonly named: readonly NamedRow[];
}

/** Reads a file to its end, a little ahead of the engine. What ends it early is told as its end. */
export async function readFile(reading: Reading, port: ReaderPort): Promise<void> {
  const flags = queue<Uint8Array>();
  const room = queue<true>();
  for (let ahead = 0; ahead < MOST_AHEAD; ahead++) room.put(true);
  const spare: ArrayBuffer[] = [];
  port.listen((message) => {
    if (message.kind === "taken") room.put(true);
    else if (message.kind === "spare") spare.push(message.texts);
    else flags.put(message.flags);
  });
  const compiled = compileFlow(reading.definition, {
    every: reading.shadow,
    report: (finding) => port.send({ kind: "shadow", finding }),
  });
  const stream = compiled.format.records(reading.path);
  const feed = rowFeed(stream, reading.skip);
  const mapping = rowMapping(compiled, reading.name);
  const alone = compiled.definition.routes.every(({ to }) => to === "crm.customer");
  let hash: RecordHash | undefined;
  const named: Chunk[] = [];

  async function map(chunk: Chunk): Promise<void> {
    const unchanged = await flags.take();
    for (let from = 0; from < chunk.rows.length; ) {
      await room.take();
      const at = Date.now();
      const first = from;
      const results = mapping(chunk, unchanged, from, at);
      const rows = packRows(at, results, (index) => alone && unchanged[first + index] === NEW, spare);
      port.send({ kind: "rows", rows });
      from += rows.states.length;
    }
  }

  for (;;) {
    const rows = await feed.take(MOST_ROWS);
    if ("error" in rows) {
      for (const chunk of named) await map(chunk);
      port.send({ kind: "end", failure: rows.error === null ? null : toFailure(rows.error) });
      return;
    }
    hash ??= recordHash(reading.version, stream.context);
    const names: NamedRow[] = [];
    for (const row of rows) names.push(nameRow(compiled, row, hash));
    port.send({ kind: "named", ...columns(rows, names), context: stream.context });
    named.push({ rows, named: names });
    // While the engine looks at these, those before them are mapped.
    if (named.length > MOST_NAMED) await map(named.shift() as Chunk);
  }
}

function columns(rows: readonly Row[], named: readonly NamedRow[]): Omit<NamedRows, "context"> {
  const places = new Float64Array(4 * rows.length);
  let at = 0;
  for (const { row, line, offset, length } of rows) {
    places[at++] = row;
    places[at++] = line;
    places[at++] = offset;
    places[at++] = length;
  }
  const own = named.some(({ key, record }) => key !== record);
  return {
    places,
    keys: named.map(({ key }) => key),
    records: own ? named.map(({ record }) => record) : null,
    hashes: named.map(({ hash }) => hash),
  };
}

/** Maps as many rows of a chunk as a turn has time for, at least one, from a position on. */
type RowMapping = (
  chunk: Chunk,
  unchanged: Uint8Array,
  from: number,
  receivedAt: number,
) => Generator<RowResult, void>;

function rowMapping(compiled: CompiledFlow, file: string): RowMapping {
  const arrives = compiled.definition.routes.some(({ to }) => to === "crm.customer");

  function mapRow(row: Row, named: NamedRow, receivedAt: number): RowResult {
    if (named.error !== null) return named.error;
    try {
      const info = { receivedAt, headers: null, file, row: row.row, key: named.key };
      const prepared = compiled.prepare(row.value as Json, info);
      return { prepared, newcomer: arrives ? newcomerOf(prepared.mapped) : null };
    } catch (error) {
      return asHubError(error);
    }
  }

  return function* ({ rows, named }, unchanged, from, receivedAt) {
    const turn = startTurn(() => performance.now());
    for (let index = from; index < rows.length; index++) {
      const isUnchanged = unchanged[index] === UNCHANGED;
      yield isUnchanged ? "unchanged" : mapRow(rows[index] as Row, named[index] as NamedRow, receivedAt);
      if ((index & 15) === 15 && turn.isOver()) break;
    }
  };
}

/** Values that come before or after they are asked for. */
function queue<Value>(): { put(value: Value): void; take(): Promise<Value> } {
  const values: Value[] = [];
  const waiting: ((value: Value) => void)[] = [];
  return {
    put(value) {
      const next = waiting.shift();
      if (next === undefined) values.push(value);
      else next(value);
    },
    take() {
      const value = values.shift();
      return value === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(value);
    },
  };
}
