import type { FetchMessageObject, ImapFlow } from "imapflow";
import { type CollectedItem, HubError, type ListenDesk, type ListenSource } from "tieline/connector";
import { MailFailure, sourceFailure } from "./failure.ts";
import type { FileStore } from "./file-store.ts";
import { connectImap, imapFailure, noFolder, openFolder } from "./imap.ts";
import { readMail } from "./mail-record.ts";
import { cursorOf, type Place, placeOf } from "./place.ts";
import type { Server } from "./server.ts";
import type { MailboxOptions } from "./settings.ts";

const EVERY_MS = 60_000;
const LIMIT_BYTES = 25 * 1024 * 1024;
/** Mails whose sizes are asked for at once; of these so many bytes and mails are held at once. */
const LOOK_AHEAD = 200;
const BATCH = { mails: 50, bytes: 4 * 1024 * 1024 };
const HEAD_BYTES = 64 * 1024;
const KEEP_DAYS = 90;
const DAY_MS = 86_400_000;

/**
 * Reads a folder in the order of its UIDs, then waits: the server tells of new mail (IDLE), and is asked every `every`
 * besides. No flag is set. A mail is moved or deleted after the commit that stores it.
 */
export function mailbox(
  server: Server,
  options: MailboxOptions,
  files: FileStore,
  now: () => number,
): ListenSource {
  return {
    kind: "listen",
    async listen(desk, signal) {
      try {
        if (signal.aborted) return;
        const client = await connectImap(server, options.limit ?? LIMIT_BYTES, signal);
        const stop = (): void => client.close();
        signal.addEventListener("abort", stop, { once: true });
        try {
          await reader({ client, options, files, now, desk, signal }).run();
        } finally {
          signal.removeEventListener("abort", stop);
          client.close();
        }
      } catch (error) {
        if (!signal.aborted) throw sourceFailure(isOurs(error) ? error : imapFailure(error));
      }
    },
  };
}

function isOurs(error: unknown): boolean {
  return error instanceof HubError || error instanceof MailFailure;
}

interface Reading {
  readonly client: ImapFlow;
  readonly options: MailboxOptions;
  readonly files: FileStore;
  readonly now: () => number;
  readonly desk: ListenDesk;
  readonly signal: AbortSignal;
}

interface Sized {
  readonly uid: number;
  readonly size: number;
}

function reader({ client, options, files, now, desk, signal }: Reading) {
  const folder = options.folder ?? "INBOX";
  const limit = options.limit ?? LIMIT_BYTES;
  const own = (options.own ?? []).map((one) => one.toLowerCase());
  const after = options.after ?? "leave";
  let place: Place;
  let stirred = false;
  let wake = (): void => undefined;
  let swept = 0;

  async function run(): Promise<void> {
    const { uidValidity } = await openFolder(client, folder, after === "leave");
    await requireAfter();
    client.on("exists", () => {
      stirred = true;
      wake();
    });
    client.on("close", () => wake());
    place = placeOf(desk.cursor(), String(uidValidity));
    await settle(place.unsettled);
    desk.connected();
    while (!signal.aborted) {
      stirred = false;
      await catchUp();
      await sweepDaily();
      if (!stirred) await idle();
      if (!client.usable) throw new MailFailure("away", "the connection to the mail server ended");
      if (!stirred) await requireSameFolder();
    }
  }

  /** What is to become of stored mails must be possible before the first one is taken. */
  async function requireAfter(): Promise<void> {
    if (after === "leave") return;
    // Without it EXPUNGE takes along what others have marked as deleted (RFC 4315 §1).
    if (!client.capabilities.has("UIDPLUS") && !(after === "move" && client.capabilities.has("MOVE"))) {
      throw new MailFailure("settings", `the mail server cannot ${after} single mails (no UIDPLUS)`, {
        cure: "Set `after: leave`.",
      });
    }
    if (
      after === "move" &&
      (await client.status(options.moveTo ?? "", { uidNext: true }).catch(() => false)) === false
    ) {
      throw noFolder(options.moveTo ?? "");
    }
  }

  /** A folder that was removed and made again goes on to be shown to old connections as it was. */
  async function requireSameFolder(): Promise<void> {
    const status = await client.status(folder, { uidValidity: true }).catch(() => false as const);
    if (status === false || String(status.uidValidity) !== place.uidValidity)
      throw new MailFailure("away", "the folder was removed or made anew");
  }

  async function catchUp(): Promise<void> {
    const found = (await client.search({ uid: `${place.lastUid + 1}:*` }, { uid: true })) || [];
    // The range n:* names the last mail even where it lies before n.
    const uids = found.filter((uid) => uid > place.lastUid).sort((a, b) => a - b);
    for (let at = 0; at < uids.length && !signal.aborted; at += LOOK_AHEAD) {
      const sized = await client.fetchAll(
        uids.slice(at, at + LOOK_AHEAD).join(","),
        { uid: true, size: true },
        { uid: true },
      );
      for (const batch of batches(
        sized.map(({ uid, size }) => ({ uid, size: size ?? 0 })),
        limit,
      )) {
        if (signal.aborted) return;
        await take(batch);
      }
    }
  }

  async function take(batch: readonly Sized[]): Promise<void> {
    const small = batch.filter(({ size }) => size <= limit).map(({ uid }) => uid);
    const large = batch.filter(({ size }) => size > limit);
    const items = new Map<number, CollectedItem>();
    for (const message of await fetchBodies(small)) items.set(message.uid, await itemOf(message));
    for (const sized of large) items.set(sized.uid, await tooLarge(sized));
    const last = batch.at(-1)?.uid ?? place.lastUid;
    const settled = after === "leave" ? [] : small.filter((uid) => items.has(uid));
    place = { ...place, lastUid: last, unsettled: settled };
    // A mail that somebody removed meanwhile is not there any more.
    await desk.take(
      batch.flatMap(({ uid }) => items.get(uid) ?? []),
      cursorOf(place),
    );
    await settle(settled);
  }

  async function fetchBodies(uids: readonly number[]): Promise<readonly FetchMessageObject[]> {
    if (uids.length === 0) return [];
    return client.fetchAll(uids.join(","), { uid: true, source: true, internalDate: true }, { uid: true });
  }

  async function itemOf({ uid, source, internalDate }: FetchMessageObject): Promise<CollectedItem> {
    const raw = source ?? Buffer.alloc(0);
    const mail = await readMail(raw, own);
    await files.put(raw);
    for (const bytes of mail.attachments) await files.put(bytes);
    return {
      body: Buffer.from(JSON.stringify(mail.record)),
      contentType: "application/json",
      event: mail.event,
      headers: headersOf(uid, internalDate),
      ...(mail.wrong === undefined ? {} : { wrong: mail.wrong }),
    };
  }

  /** Parked by what its headers say. It stays in the mailbox: the hub does not have it. */
  async function tooLarge({ uid, size }: Sized): Promise<CollectedItem> {
    const message = await client.fetchOne(
      String(uid),
      { uid: true, source: { start: 0, maxLength: HEAD_BYTES }, internalDate: true },
      { uid: true },
    );
    const start = (message === false ? undefined : message.source) ?? Buffer.alloc(0);
    const end = /\r?\n\r?\n/.exec(start.toString("latin1"));
    const mail = await readMail(end === null ? start : start.subarray(0, end.index + end[0].length), own);
    return {
      body: Buffer.from(JSON.stringify({ ...mail.record, whole: { size } })),
      contentType: "application/json",
      event: `${mail.event}/${size}`,
      headers: headersOf(uid, message === false ? undefined : message.internalDate),
      wrong: new HubError("TL_RECORD_TOO_LARGE", `the mail has ${size} bytes, more than ${limit}`, {
        cure: "It stays in the mailbox. Raise `limit` of the source and set the cursor back, or see to it there.",
      }),
    };
  }

  function headersOf(uid: number, received: Date | string | undefined): Record<string, string> {
    const time = received === undefined ? Number.NaN : new Date(received).getTime();
    return {
      folder,
      uid: String(uid),
      uidvalidity: place.uidValidity,
      ...(Number.isNaN(time) ? {} : { "received-at": new Date(time).toISOString() }),
    };
  }

  /** Called again after a crash; mails that are gone by now do no harm. */
  async function settle(uids: readonly number[]): Promise<void> {
    if (uids.length === 0) return;
    const range = uids.join(",");
    if (after === "delete") await client.messageDelete(range, { uid: true });
    if (after === "move") await client.messageMove(range, options.moveTo ?? "", { uid: true });
  }

  async function sweepDaily(): Promise<void> {
    const today = Math.floor(now() / DAY_MS);
    if (swept === today) return;
    swept = today;
    await files.sweep(options.keepDays ?? KEEP_DAYS);
  }

  async function idle(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const waited = new Promise<void>((resolve) => {
      wake = resolve;
      timer = setTimeout(resolve, options.every ?? EVERY_MS);
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
    // It ends when the next command is sent, and says nothing by itself.
    void client.idle().catch(() => wake());
    await waited;
    clearTimeout(timer);
  }

  return { run };
}

/** Mails that are held at once. One that is too large costs its headers only. */
function batches(sized: readonly Sized[], limit: number): readonly (readonly Sized[])[] {
  const all: Sized[][] = [];
  let bytes = 0;
  for (const one of sized) {
    const cost = one.size > limit ? HEAD_BYTES : one.size;
    const last = all.at(-1);
    if (last === undefined || last.length >= BATCH.mails || bytes + cost > BATCH.bytes) {
      all.push([one]);
      bytes = cost;
    } else {
      last.push(one);
      bytes += cost;
    }
  }
  return all;
}
