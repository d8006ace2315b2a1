import { access, constants, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { type Static, Type } from "@sinclair/typebox";
import { HubError } from "../errors.ts";
import type { FileSource, SystemContext } from "./contract.ts";
import { dropFolder } from "./drop-folder.ts";
import { DoneMarker, FileOrder, FilePattern } from "./file-settings.ts";

/** The settings of one drop folder, for a connector's `settings`. */
export const DropFolderSettings = Type.Object(
  {
    inbox: Type.String({
      description:
        "Folder into which the other system drops its files; the hub must be allowed to write there",
      minLength: 1,
    }),
    pattern: FilePattern,
    done: DoneMarker,
    stable: Type.Optional(
      Type.Integer({
        description: "Milliseconds a file must rest unchanged before it is taken; with a marker 0 unless set",
        minimum: 0,
        maximum: 60_000,
        default: 2000,
      }),
    ),
    order: FileOrder,
    rejects: Type.Optional(
      Type.String({
        description: "Folder for files of rejected rows; default `<inbox>/rejected`",
        minLength: 1,
      }),
    ),
  },
  { additionalProperties: false, description: "One drop folder" },
);

type Folders = Readonly<Record<string, Static<typeof DropFolderSettings>>>;

/**
 * Opens several drop folders of one system, by source name.
 * @throws HubError TL_CONFIG_INVALID when two would take the same files
 */
export function dropFolders(folders: Folders, context: SystemContext): Record<string, FileSource> {
  const taken = new Map<string, string>();
  for (const [name, { inbox, pattern }] of Object.entries(folders)) {
    const files = JSON.stringify([resolve(context.dir ?? ".", inbox), pattern]);
    const other = taken.get(files);
    if (other !== undefined) {
      throw new HubError("TL_CONFIG_INVALID", `sources ${other} and ${name} take the same files`, {
        cure: "Give each source an inbox or a pattern of its own.",
      });
    }
    taken.set(files, name);
  }
  return Object.fromEntries(
    Object.entries(folders).map(([name, options]) => [name, dropFolder(options, context)]),
  );
}

/** Tests that each inbox is there and may be read and written. @throws HubError TL_SOURCE_UNAVAILABLE, naming all that fail */
export async function checkDropFolders(folders: Folders, context: SystemContext): Promise<void> {
  const issues = [];
  for (const { inbox } of Object.values(folders)) {
    const folder = resolve(context.dir ?? ".", inbox);
    const reason = await whyUnusable(folder);
    if (reason !== undefined) issues.push({ place: { file: folder }, message: reason });
  }
  if (issues.length > 0) {
    const text = issues.map(({ place, message }) => `${place.file}: ${message}`).join("; ");
    throw new HubError("TL_SOURCE_UNAVAILABLE", text, { issues });
  }
}

async function whyUnusable(folder: string): Promise<string | undefined> {
  try {
    if (!(await stat(folder)).isDirectory()) return "is not a folder";
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    return code === "ENOENT" ? "does not exist" : `cannot be read and written (${code})`;
  }
}
