import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { messageId } from "../message/id.ts";
import type { Restored, RestoredFlow } from "../store/restored.ts";
import { table } from "./table.ts";
import { showMoment } from "./units.ts";

/** A file that the hub took after the backup was made. */
export interface MissingFile {
  readonly flow: string;
  /** As its sender called it. */
  readonly name: string;
  /** Where it lies still. */
  readonly path: string;
}

/** A copy in the archive is called `<flow>/<day>/<12 hex digits>-<name>`; its UTF-8 text lies beside it. */
const COPY = /^[0-9a-f]{12}-(.+)$/;
const TEXT = ".utf8";

/** The files below an archive whose content the restored store does not know, by flow and day. */
export async function filesMissing(archive: string, restored: Restored): Promise<readonly MissingFile[]> {
  const missing: MissingFile[] = [];
  for (const flow of await folders(archive)) {
    for (const day of await folders(join(archive, flow))) {
      const names = (await readdir(join(archive, flow, day))).sort();
      for (const copy of names) {
        const name = COPY.exec(copy)?.[1];
        if (name === undefined || (copy.endsWith(TEXT) && names.includes(copy.slice(0, -TEXT.length))))
          continue;
        const path = join(archive, flow, day, copy);
        if (!restored.knows(flow, await hashOf(path))) missing.push({ flow, name, path });
      }
    }
  }
  return missing;
}

/** The end of what a flow knows, as a program reads it. */
export function gapOf({ flow, message, file }: RestoredFlow) {
  return {
    flow,
    lastMessage:
      message === null
        ? null
        : { id: messageId(message.place), at: showMoment(message.at), event: message.event },
    lastFile: file === null ? null : { name: file.name, at: showMoment(file.at) },
  };
}

/** What a person must know and do. @param missing null: no archive was named */
export function describeGaps(restored: Restored, missing: readonly MissingFile[] | null): readonly string[] {
  return [...describeFlows(restored), ...describeFiles(missing)];
}

function describeFlows({ flows }: Restored): readonly string[] {
  if (flows.length === 0) return [];
  return [
    "",
    "Nothing is in it that came after these; ask their senders to send again what they sent since:",
    "",
    table(flows.map(gapOf), [
      { title: "flow", cell: ({ flow }) => flow },
      { title: "last message", cell: ({ lastMessage }) => lastMessage?.id },
      { title: "accepted", cell: ({ lastMessage }) => lastMessage?.at },
      { title: "event", cell: ({ lastMessage }) => lastMessage?.event },
      { title: "last file", cell: ({ lastFile }) => lastFile?.name },
      { title: "taken", cell: ({ lastFile }) => lastFile?.at },
    ]),
    "",
    "What is sent twice is recognised by event, file or record. What the hub itself sent since then to targets goes out",
    "again under its old delivery id; new messages bear numbers that no target has seen.",
  ];
}

function describeFiles(missing: readonly MissingFile[] | null): readonly string[] {
  if (missing === null)
    return ["", "Files taken since then: name the old `archive` with --archive, where it is left."];
  if (missing.length === 0) return ["", "The old archive holds no file that the backup lacks."];
  return [
    "",
    "Files of the old archive that the backup lacks; put each into its inbox again, under its name:",
    "",
    table(missing, [
      { title: "flow", cell: ({ flow }) => flow },
      { title: "name", cell: ({ name }) => name },
      { title: "lies at", cell: ({ path }) => path },
    ]),
  ];
}

async function folders(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const bytes of createReadStream(path)) hash.update(bytes as Buffer);
  return hash.digest("hex");
}
