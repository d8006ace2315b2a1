import { HubError } from "../../errors.ts";
import type { Part } from "../../store/lane-table.ts";
import { refusalIfLate } from "../../store/late.ts";
import type { Store, Tx } from "../../store/store.ts";
import { accessTable } from "./access-table.ts";
import type { PostgresAddress } from "./address.ts";
import { alertTable } from "./alert-table.ts";
import { auditTable } from "./audit-table.ts";
import { bundleTable } from "./bundle-table.ts";
import { crmTables, type WriteCount, writeCount } from "./crm-tables.ts";
import { cursorTable } from "./cursor-table.ts";
import { deliveryTable } from "./delivery-table.ts";
import { isAnswer, isClash, isDatabaseFailure, storeFailure } from "./failure.ts";
import { fileTable } from "./file-table.ts";
import { flowTable } from "./flow-table.ts";
import { laneTable } from "./lane-table.ts";
import { type Link, openLink } from "./link.ts";
import { messageTable } from "./message-table.ts";
import { muteTable } from "./mute-table.ts";
import { retentionTable } from "./retention-table.ts";
import { postgresSeat } from "./seat.ts";
import type { Session } from "./session.ts";
import { slotTable } from "./slot-table.ts";
import type { Sql } from "./sql.ts";
import { tallyTable } from "./tally-table.ts";

const EVERYTHING: Part = { lanes: true, duty: true };

/**
 * Opens the store in PostgreSQL, which any number of hubs share: each works on its own lanes. When the connection is
 * lost, transactions fail until it is there again. `fresh`: its tables were made just now.
 *
 * @param forgotten called when the others have given this process up: it was not heard of for a day
 * @param away called once when the server is not there: then it is waited for. Without it that is a failure
 * @throws HubError TL_CONFLICT while a store is moved there, TL_CONFIG_INVALID when the server may lose what it
 *   commits, TL_STORE_FAILED when it cannot be reached
 */
export async function openPostgresStore(
  address: PostgresAddress,
  forgotten: (error: HubError) => void,
  away?: (error: HubError) => void,
  part = EVERYTHING,
): Promise<{ readonly store: Store; readonly fresh: boolean }> {
  const link = await openLink(address, part, away);
  const { worker, fresh } = link.session();
  const made = new WeakMap<Session, Tx>();
  const written = writeCount(() => seat.held());
  const tablesOf = (session: Session): Tx => {
    const tx = made.get(session) ?? tables(session, written, address.schema);
    made.set(session, tx);
    return tx;
  };
  // Transactions queue here: the engine counts on seeing no other's rows half done.
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = async <T>(work: (session: Session) => Promise<T>): Promise<T> => {
    const asked = performance.now();
    const ran = turn.then(() => {
      const late = refusalIfLate(asked);
      if (late !== null) throw late;
      return again(() => runAlone(link.session(), link, work));
    });
    turn = ran.catch(() => undefined);
    return (await ran)();
  };
  const seat = postgresSeat({
    ...{ worker, part },
    transaction: (work) => inTurn(({ sql }) => work(sql)),
    forgotten: () =>
      forgotten(
        new HubError(
          "TL_CONFLICT",
          `the others of the store in schema ${address.schema} have given this hub up`,
          {
            cure: "Start it again.",
          },
        ),
      ),
  });
  const store: Store = {
    seat,
    transaction: (work) => inTurn((session) => work(tablesOf(session))),
    async backup() {
      throw new HubError("TL_USAGE", "the store is in PostgreSQL, which makes its own copies", {
        cure: `Run pg_dump --format=custom --schema=${address.schema} on the database, then copy \`archive\` of the data folder; README.md says how, under Operate.`,
      });
    },
    async close() {
      await turn;
      // Others need not wait for the lease to end. While the database is away they must.
      await inTurn(async ({ sql }) => retire(sql, worker)).catch(() => undefined);
      await link.close();
    },
  };
  const { gained } = await seat.renew();
  seat.take(gained);
  return { store, fresh };
}

function retire(sql: Sql, worker: number): void {
  sql.send("UPDATE lane SET owner = NULL WHERE owner = $1", worker);
  sql.send("DELETE FROM mark WHERE worker = $1", worker);
  sql.send("DELETE FROM worker WHERE id = $1", worker);
}

/** How often one transaction is tried that clashes with those of other processes. */
const MOST_TRIES = 8;

/** Who loses when two wait for each other comes again: nothing of it was done. */
async function again<T>(run: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await run();
    } catch (error) {
      if (tries === MOST_TRIES || !isClash(error)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 10 * tries * Math.random()));
  }
}

/** What a transaction ended with. In doubt it is known only when the database is back, and others must not wait for it. */
type End<Result> = () => Promise<Result>;

let transactions = 0;

async function runAlone<Result>(
  session: Session,
  link: Link,
  work: (session: Session) => Promise<Result>,
): Promise<End<Result>> {
  let result: Result;
  try {
    session.begin();
    result = await work(session);
  } catch (thrown) {
    // What follows a statement that failed fails too, and says less.
    const error = isDatabaseFailure(thrown) ? (session.failure() ?? thrown) : thrown;
    await rollback(session, error);
    throw isDatabaseFailure(error) ? storeFailure(error, "the store failed") : error;
  }
  // What was read was read, whether or not the connection lives to see the end.
  if (!session.wrote() && session.failure() === null) {
    session.leave();
    return async () => result;
  }
  transactions += 1;
  const mark = String(transactions);
  try {
    await commit(session, mark);
  } catch (error) {
    if (error instanceof HubError || isAnswer(error) || !session.wrote()) {
      const failure = session.failure();
      await rollback(session, error);
      throw failure === null
        ? storeFailure(error, "the commit failed")
        : storeFailure(failure, "the store failed");
    }
    // The connection ended before the answer came: it may be committed or not.
    const next = link.next();
    session.abandon();
    return async () => {
      if ((await next).mark === mark) return result;
      throw storeFailure(error, "the commit failed");
    };
  }
  return async () => result;
}

const MARK = (worker: number, mark: string): string =>
  `INSERT INTO mark VALUES (${worker}, '${mark}') ON CONFLICT (worker) DO UPDATE SET mark = excluded.mark`;

/** What wrote leaves its mark, by which it is known again. */
async function commit(session: Session, mark: string): Promise<void> {
  const commands = await session.script(`${MARK(session.worker, mark)}; COMMIT`);
  // A transaction in which a statement failed is undone by COMMIT, without an error.
  if (commands.at(-1) !== "COMMIT")
    throw new HubError("TL_STORE_FAILED", "the database undid the transaction");
}

async function rollback(session: Session, error: unknown): Promise<void> {
  // A session that does not answer, or cannot even undo, is of no use; the next one begins with nothing open.
  if (isDatabaseFailure(error) && !isAnswer(error)) session.abandon();
  else await session.script("ROLLBACK").catch(() => session.abandon());
}

function tables({ sql, worker }: Session, written: WriteCount, schema: string): Tx {
  return {
    messages: messageTable(sql),
    deliveries: deliveryTable(sql),
    flows: flowTable(sql),
    files: fileTable(sql),
    bundles: bundleTable(sql),
    slots: slotTable(sql),
    cursors: cursorTable(sql),
    tallies: tallyTable(sql),
    access: accessTable(sql),
    audit: auditTable(sql),
    alerts: alertTable(sql),
    mutes: muteTable(sql),
    retention: retentionTable(sql),
    crm: crmTables(sql, written, schema),
    lanes: laneTable(sql, worker),
  };
}
