import { mkdirSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";
import { HubError } from "../../errors.ts";

/**
 * Takes the data folder for this process: an exclusive lock that the operating system holds on a small database file,
 * so it goes away with the process, however that ends.
 * @throws HubError TL_CONFLICT when another process has it
 */
export function lockFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, "lock.db");
  const lock = new Database(path, { timeout: 0 });
  try {
    lock.exec(
      "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE; CREATE TABLE IF NOT EXISTS held (x)",
    );
  } catch (error) {
    lock.close();
    throw new HubError("TL_CONFLICT", `another process holds the data folder ${folder}`, {
      cure: "Stop the other hub first; one embedded store serves one process.",
      cause: error,
    });
  }
  return () => {
    lock.exec("ROLLBACK");
    lock.close();
  };
}
