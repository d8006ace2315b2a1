import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/** Which records the hub was told of: a bit for each id, so a million records are 125 kB. */
export interface KnownIds {
  readonly count: number;
  /** Returned: they are known after a crash too. */
  add(ids: readonly number[]): void;
  remove(ids: readonly number[]): void;
  /** Those known after one id and up to another, rising. */
  between(after: number, upTo: number): Generator<number>;
}

/** @param path file that keeps them; undefined: nothing is kept after the end of the process */
export function openKnownIds(path: string | undefined): KnownIds {
  let bits: Buffer = Buffer.alloc(0);
  let count = 0;
  let isOpen = false;

  /** With the first use: a connector is opened on threads that never read by it. */
  function open(): void {
    if (isOpen) return;
    bits = load(path);
    count = 0;
    for (const byte of bits) count += ones(byte);
    isOpen = true;
  }

  const has = (id: number): boolean => (((bits[id >>> 3] ?? 0) >>> (id & 7)) & 1) === 1;

  function set(id: number, to: boolean): void {
    const at = id >>> 3;
    if (at >= bits.length) {
      const wider = Buffer.alloc(Math.max(at + 1, Math.ceil(bits.length * 1.25)));
      bits.copy(wider);
      bits = wider;
    }
    const bit = 1 << (id & 7);
    bits[at] = to ? (bits[at] ?? 0) | bit : (bits[at] ?? 0) & ~bit;
    count += to ? 1 : -1;
  }

  function change(ids: readonly number[], to: boolean): void {
    open();
    const changed = [...new Set(ids)].filter((id) => has(id) !== to);
    for (const id of changed) set(id, to);
    if (changed.length > 0 && path !== undefined) store(path, bits);
  }

  return {
    get count() {
      open();
      return count;
    },
    add: (ids) => change(ids, true),
    remove: (ids) => change(ids, false),
    *between(after, upTo) {
      open();
      const end = Math.min(upTo, bits.length * 8 - 1);
      for (let id = after + 1; id <= end; id += 1) if (has(id)) yield id;
    },
  };
}

function ones(byte: number): number {
  let count = 0;
  for (let left = byte; left > 0; left &= left - 1) count += 1;
  return count;
}

function load(path: string | undefined): Buffer {
  if (path === undefined) return Buffer.alloc(0);
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return Buffer.alloc(0);
    throw error;
  }
}

/** Whole or not at all, also after a power cut. */
function store(path: string, bits: Buffer): void {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const temporary = `${path}.tmp`;
  const file = openSync(temporary, "w", 0o600);
  try {
    writeSync(file, bits);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
  const names = openSync(folder, "r");
  try {
    fsyncSync(names);
  } finally {
    closeSync(names);
  }
}
