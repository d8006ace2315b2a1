import { createHash } from "node:crypto";
import type { AuditEntry, ChainedEntry } from "./audit-table.ts";

/**
 * An entry whose texts every store gives back as they were written: without U+0000 and halves of characters, which
 * some cannot hold. What is sealed must be what is read.
 */
export function storable(entry: AuditEntry): AuditEntry {
  const { at, actor, act, target, detail, reason } = entry;
  const nullable = (text: string | null): string | null => (text === null ? null : whole(text));
  return {
    at,
    actor: whole(actor),
    act,
    target: whole(target),
    detail: nullable(detail),
    reason: nullable(reason),
  };
}

function whole(text: string): string {
  return Buffer.from(text.replaceAll("\0", "\ufffd")).toString();
}

/** An entry as it is chained: in one spelling, whatever store it comes from. */
export function chainedText({ at, actor, act, target, detail, reason }: AuditEntry): string {
  return JSON.stringify([at, actor, act, target, detail, reason]);
}

/**
 * What an entry is sealed with: the hash of the one before and its own text, so that none can be changed, added between
 * or taken out without all later ones telling.
 * @param before of the entry before, hexadecimal; empty for the first
 */
export function chainHash(before: string, entry: AuditEntry): string {
  return createHash("sha256")
    .update(before + chainedText(entry))
    .digest("hex");
}

/** What a walk along the chain found. */
export interface ChainReport {
  readonly entries: number;
  /** Written before entries were chained; nothing seals them but that they come first. */
  readonly unsealed: number;
  /** Of the last entry. Noted elsewhere, it shows later that nothing was cut off and nothing written anew. */
  readonly head: string | null;
  /** The first entry that does not fit what is before it; null: all do. */
  readonly brokenAt: number | null;
  /** Whether an entry has the hash that was asked for; null: none was. */
  readonly knows: boolean | null;
}

const AT_ONCE = 1000;

/**
 * Walks along the whole audit log, up to the first entry that does not fit.
 * @param read entries behind one, oldest first
 * @param wanted a hash that was noted before
 */
export async function verifyChain(
  read: (after: number, limit: number) => Promise<readonly ChainedEntry[]>,
  wanted: string | null,
): Promise<ChainReport> {
  let after = 0;
  const report = {
    entries: 0,
    unsealed: 0,
    head: null as string | null,
    knows: wanted === null ? null : false,
  };
  for (;;) {
    const found = await read(after, AT_ONCE);
    for (const entry of found) {
      const { head } = report;
      const fits = entry.hash === null ? head === null : entry.hash === chainHash(head ?? "", entry);
      if (!fits) return { ...report, brokenAt: entry.id };
      report.entries += 1;
      if (entry.hash === null) report.unsealed += 1;
      else report.head = entry.hash;
      if (entry.hash !== null && entry.hash === wanted) report.knows = true;
      after = entry.id;
    }
    if (found.length < AT_ONCE) return { ...report, brokenAt: null };
  }
}
