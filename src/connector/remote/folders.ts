import { HubError } from "../../errors.ts";
import type { FileSource, SystemContext } from "../contract.ts";
import { type RemoteFolder, remoteFolder } from "./folder.ts";
import type { RemoteServer } from "./server.ts";
import type { RemoteFolderOptions } from "./settings.ts";

type Folders = Readonly<Record<string, RemoteFolderOptions>>;

/** Several folders of one server. */
export interface RemoteFolders {
  /** By source name. */
  readonly sources: Readonly<Record<string, FileSource>>;
  /** @throws HubError of the first that cannot be used */
  check(): Promise<void>;
}

/** @throws HubError TL_CONFIG_INVALID when two would take the same files */
export function remoteFolders(server: RemoteServer, folders: Folders, context: SystemContext): RemoteFolders {
  const taken = new Map<string, string>();
  const sources: Record<string, RemoteFolder> = {};
  for (const [name, options] of Object.entries(folders)) {
    const files = JSON.stringify([options.folder, options.pattern]);
    const other = taken.get(files);
    if (other !== undefined) {
      throw new HubError("TL_CONFIG_INVALID", `sources ${other} and ${name} take the same files`, {
        cure: "Give each source a folder or a pattern of its own.",
      });
    }
    taken.set(files, name);
    sources[name] = remoteFolder(server, options, context);
  }
  return {
    sources,
    async check() {
      for (const source of Object.values(sources)) await source.check();
    },
  };
}
