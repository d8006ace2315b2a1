import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";

/** One request as the fake target saw it. */
export interface LedgerEntry {
  /** Rises by one with each request. */
  readonly number: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly id: string;
  readonly sequence: number;
  readonly key: string;
  /** Lower-case hex SHA-256 of the body. */
  readonly sha256: string;
  /** Status answered; 0 when the connection was left hanging or cut before one. */
  readonly status: number;
  /** Whether this request changed the target: an effect, or a repetition it recognised. */
  readonly effect: boolean;
}

export interface Ledger {
  append(entry: LedgerEntry): void;
  close(): void;
}

/** Appends one JSON line per request and syncs it, so that a kill loses nothing that was answered. */
export function openLedger(path: string): Ledger {
  const file = openSync(path, "a");
  return {
    append(entry) {
      writeSync(file, `${JSON.stringify(entry)}\n`);
      fsyncSync(file);
    },
    close: () => closeSync(file),
  };
}

/** Reads a ledger; a last line that a kill cut off is left out. */
export function readLedger(path: string): LedgerEntry[] {
  const lines = readFileSync(path, "utf8").split("\n");
  return lines.slice(0, -1).map((line) => JSON.parse(line) as LedgerEntry);
}
