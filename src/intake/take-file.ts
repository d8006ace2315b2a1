import { randomBytes } from "node:crypto";
import { mkdir, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { FileOffer, FileSource } from "../connector/contract.ts";
import { asHubError, type HubError, toFailure } from "../errors.ts";
import { failpoint } from "../flow/failpoint.ts";
import type { Fence } from "../flow/fence.ts";
import type { LiveFlow } from "../flow/live-flow.ts";
import { BYTES, transcode } from "../format/encoding.ts";
import type { NewFile } from "../store/file-table.ts";
import { DUTY, leasesOf } from "../store/lane-table.ts";
import type { Store } from "../store/store.ts";

/**
 * Takes one offered file over: copy into the archive (fsynced), UTF-8 text beside it when it is written otherwise, row in
 * the ledger. Resolved = the hub owns it. The drop is cleared afterwards, by `settleFile`, which a crash may repeat.
 *
 * @param data the data folder; archive paths are relative to it
 * @returns id of the file, or null when another hub has it or it changed while it was read
 */
export async function takeFile(
  store: Store,
  flow: LiveFlow,
  source: FileSource,
  offer: FileOffer,
  data: string,
  now: number,
  fence: Fence,
): Promise<{ readonly id: number; readonly error: null } | { readonly id: null; readonly error: HubError }> {
  const day = new Date(now).toISOString().slice(0, 10);
  const archive = join("archive", flow.name, day, `${randomBytes(6).toString("hex")}-${offer.name}`);
  const path = join(data, archive);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  try {
    const claimed = await source.claim(offer, path);
    failpoint("after_claim");
    const text = await textOf(flow, archive, data);
    const id = await store.transaction(async (tx) => {
      await fence.leases(tx, leasesOf(store.seat.held(), [DUTY]));
      const before = await tx.files.byHash(flow.id, claimed.sha256);
      const file: NewFile = {
        flow: flow.id,
        flowVersion: flow.version,
        name: claimed.name,
        size: claimed.size,
        modified: offer.modified,
        sha256: claimed.sha256,
        archive,
        text: text.path,
        textSize: text.size,
        state: before !== undefined ? "duplicate" : text.error === null ? "running" : "rejected",
        failure: text.error === null ? null : toFailure(text.error),
        duplicateOf: before?.id ?? null,
        startedAt: now,
      };
      return tx.files.insert(file);
    });
    failpoint("after_file_taken");
    return { id, error: null };
  } catch (error) {
    await rm(path, { force: true });
    await source.release(offer);
    return { id: null, error: asHubError(error) };
  }
}

/** The UTF-8 text that records are read from; the archive copy itself when it is UTF-8. */
async function textOf(
  flow: LiveFlow,
  archive: string,
  data: string,
): Promise<{ path: string; size: number; error: HubError | null }> {
  const path = join(data, archive);
  const { size } = await stat(path);
  try {
    // Transcoding also proves that every byte is of the encoding; for UTF-8, and what is no text, the copy itself is read.
    const encoding = await transcode(path, flow.compiled.format.encoding, `${path}.utf8`);
    if (encoding !== "utf-8" && encoding !== BYTES)
      return { path: `${archive}.utf8`, size: (await stat(`${path}.utf8`)).size, error: null };
    await rm(`${path}.utf8`);
    return { path: archive, size, error: null };
  } catch (error) {
    await rm(`${path}.utf8`, { force: true });
    return { path: archive, size, error: asHubError(error) };
  }
}
