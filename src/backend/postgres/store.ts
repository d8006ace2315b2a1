import { HubError } from "../../errors.ts";
import type { Store, Tx } from "../../store/store.ts";
import type { PostgresAddress } from "./address.ts";
import { auditTable } from "./audit-table.ts";
import { crmTables, type WriteCount } from "./crm-tables.ts";
import { cursorTable } from "./cursor-table.ts";
import { deliveryTable } from "./delivery-table.ts";
import { isAnswer, isDatabaseFailure, storeFailure } from "./failure.ts";
import { fileTable } from "./file-table.ts";
import { flowTable } from "./flow-table.ts";
import { type Link, openLink } from "./link.ts";
import { messageTable } from "./message-table.ts";
import type { Session } from "./session.ts";
import { slotTable } from "./slot-table.ts";
import type { Sql } from "./sql.ts";
import { tallyTable } from "./tally-table.ts";

/**
 * How long a transaction waits for its turn; milliseconds. Where somebody holds a lock each before it fails only after
 * seconds, and a sender would wait for all of them.
 */
const TURN_MS = 5_000;

/**
 * Opens the store in PostgreSQL, which one hub holds at a time. When the connection is lost, transactions fail until it
 * is there again. `fresh`: its tables were made just now.
 *
 * @param taken called when another hub has taken the store over; nothing can be written after that
 * @param away called once when the server is not there: then it is waited for. Without it that is a failure
 * @throws HubError TL_CONFLICT when another hub has it, TL_CONFIG_INVALID when the server may lose what it commits,
 *   TL_STORE_FAILED when it cannot be reached
 */
export async function openPostgresStore(
  address: PostgresAddress,
  taken: (error: HubError) => void,
  away?: (error: HubError) => void,
): Promise<{ readonly store: Store; readonly fresh: boolean }> {
  const link = await openLink(address, taken, away);
  const made = new WeakMap<Session, Tx>();
  const written: WriteCount = { n: 0 };
  const tablesOf = (session: Session): Tx => {
    const tx = made.get(session) ?? tables(session.sql, written);
    made.set(session, tx);
    return tx;
  };
  // Transactions queue here: the engine counts on seeing no other's rows half done.
  let turn: Promise<unknown> = Promise.resolve();
  const store: Store = {
    async transaction(work) {
      const asked = performance.now();
      const ran = turn.then(() => {
        if (performance.now() - asked > TURN_MS)
          throw new HubError("TL_STORE_FAILED", "the database is busy, and nothing was begun", {
            retryAfter: TURN_MS,
          });
        return runAlone(link, tablesOf, work);
      });
      turn = ran.catch(() => undefined);
      return (await ran)();
    },
    async backup() {
      throw new HubError("TL_USAGE", "the store is in PostgreSQL, which makes its own copies", {
        cure: `Run pg_dump --format=custom --schema=${address.schema} on the database, then copy \`archive\` of the data folder; README.md says how, under Operate.`,
      });
    },
    async close() {
      await turn;
      await link.close();
    },
  };
  return { store, fresh: link.session().fresh };
}

/** What a transaction ended with. In doubt it is known only when the database is back, and others must not wait for it. */
type End<Result> = () => Promise<Result>;

let transactions = 0;

async function runAlone<Result>(
  link: Link,
  tablesOf: (session: Session) => Tx,
  work: (tx: Tx) => Promise<Result>,
): Promise<End<Result>> {
  const session = link.session();
  let result: Result;
  try {
    session.begin();
    result = await work(tablesOf(session));
  } catch (thrown) {
    // What follows a statement that failed fails too, and says less.
    const error = isDatabaseFailure(thrown) ? (session.failure() ?? thrown) : thrown;
    await rollback(session, error);
    throw isDatabaseFailure(error) ? storeFailure(error, "the store failed") : error;
  }
  transactions += 1;
  const mark = `${session.epoch}.${transactions}`;
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

/** What only read needs no fsync; what wrote leaves its mark, by which it is known again. */
async function commit(session: Session, mark: string): Promise<void> {
  const text = session.wrote() ? `UPDATE writer SET mark = '${mark}'; COMMIT` : "COMMIT";
  const commands = await session.script(text);
  // A transaction in which a statement failed is undone by COMMIT, without an error.
  if (commands.at(-1) !== "COMMIT")
    throw new HubError("TL_STORE_FAILED", "the database undid the transaction");
}

async function rollback(session: Session, error: unknown): Promise<void> {
  // A session that does not answer, or cannot even undo, is of no use; the next one begins with nothing open.
  if (isDatabaseFailure(error) && !isAnswer(error)) session.abandon();
  else await session.script("ROLLBACK").catch(() => session.abandon());
}

function tables(sql: Sql, written: WriteCount): Tx {
  return {
    messages: messageTable(sql),
    deliveries: deliveryTable(sql),
    flows: flowTable(sql),
    files: fileTable(sql),
    slots: slotTable(sql),
    cursors: cursorTable(sql),
    tallies: tallyTable(sql),
    audit: auditTable(sql),
    crm: crmTables(sql, written),
  };
}
