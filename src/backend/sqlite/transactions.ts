import { asHubError, HubError } from "../../errors.ts";
import type { Sharing, Store, Tx } from "../../store/store.ts";
import type { Sql } from "./sql.ts";

/** The one connection that writes, taken in turns. */
export interface Transactions {
  readonly transaction: Store["transaction"];
  /** Does something when its turn has come, outside any transaction. */
  between(work: () => void): Promise<void>;
}

interface Asked {
  readonly sharing: Sharing | "between";
  readonly work: (tx: Tx) => unknown;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Transactions queue here: SQLite has one writer, and an awaiting transaction must not see another's rows. What a commit
 * costs is the fsync and the pages, and those of two that follow each other are mostly the same; so work for which
 * nobody waits is left open until the next acceptance, for which a sender waits, and both are committed as one.
 */
export function transactions(sql: Sql, tx: Tx): Transactions {
  const waiting: Asked[] = [];
  let running = false;

  function ask<T>(sharing: Asked["sharing"], work: (tx: Tx) => T | Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      waiting.push({ sharing, work, resolve: resolve as Asked["resolve"], reject });
      if (running) return;
      running = true;
      queueMicrotask(() => void runAll());
    });
  }

  async function runAll(): Promise<void> {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (next.sharing === "between") runBetween(next);
      else await runOne(next);
    }
    running = false;
  }

  function runBetween({ work, resolve, reject }: Asked): void {
    try {
      resolve(work(tx));
    } catch (error) {
      reject(error);
    }
  }

  async function runOne(asked: Asked): Promise<void> {
    const done: Done[] = [];
    try {
      begin(sql);
      done.push({ asked, result: await asked.work(tx) });
      if (asked.sharing === "waits") {
        await company();
        while (waiting[0]?.sharing === "joins") await join(waiting.shift() as Asked, done);
      }
    } catch (error) {
      rollback(sql);
      const told = isSqliteError(error) ? storeFailure("the store failed", error) : error;
      fail(done.length === 0 ? [asked] : done.map((one) => one.asked), told);
      return;
    }
    commit(done);
  }

  /** Two turns of the event loop: in the first is read what has come meanwhile, in the second it is asked for. */
  async function company(): Promise<void> {
    for (let turn = 0; turn < 2 && waiting.length === 0; turn++)
      await new Promise((resolve) => setImmediate(resolve));
  }

  /** @throws when SQLite has undone the others too */
  async function join(asked: Asked, done: Done[]): Promise<void> {
    try {
      sql.script("SAVEPOINT joined");
      done.push({ asked, result: await asked.work(tx) });
      sql.script("RELEASE joined");
    } catch (error) {
      if (done.at(-1)?.asked === asked) done.pop();
      asked.reject(isSqliteError(error) ? storeFailure("the store failed", error) : error);
      sql.script("ROLLBACK TO joined; RELEASE joined");
    }
  }

  function commit(done: readonly Done[]): void {
    try {
      sql.script("COMMIT");
    } catch (error) {
      rollback(sql);
      fail(
        done.map(({ asked }) => asked),
        storeFailure("the commit failed", error),
      );
      return;
    }
    for (const { asked, result } of done) asked.resolve(result);
  }

  return {
    transaction: (work, sharing = "alone") => ask(sharing, work),
    between: (work) => ask("between", work),
  };
}

interface Done {
  readonly asked: Asked;
  readonly result: unknown;
}

function fail(asked: readonly Asked[], error: unknown): void {
  for (const one of asked) one.reject(error);
}

function begin(sql: Sql): void {
  try {
    sql.script("BEGIN IMMEDIATE");
  } catch (error) {
    throw storeFailure("no transaction can begin", error);
  }
}

function rollback(sql: Sql): void {
  try {
    sql.script("ROLLBACK");
  } catch {
    // SQLite has rolled back by itself (disk full); there is nothing left to undo.
  }
}

function isSqliteError(error: unknown): boolean {
  return error instanceof Error && "code" in error && String(error.code).startsWith("SQLITE");
}

function storeFailure(what: string, error: unknown): HubError {
  return new HubError("TL_STORE_FAILED", `${what}: ${reason(error)}`, { cause: error });
}

/** SQLite's own texts name tables and codes, never row values. */
export function reason(error: unknown): string {
  if (error instanceof Error && "code" in error) return `${String(error.code)} ${error.message}`;
  return asHubError(error).message;
}
