import { posix } from "node:path";
import { type Remote, type RemoteEntry, unless } from "./remote.ts";

/**
 * Who holds which file of a folder on a server. Claims lie in `.tieline` in the folder, as files whose names tell the
 * owner, so that no protocol has to create a file exclusively: who finds another's claim beside its own gives way.
 * Of two who come at once both may; none is left with both having it.
 */
const FOLDER = ".tieline";
const CLAIM = /^(.+)\.([0-9a-f]{16})\.claim$/;

export interface RemoteClaim {
  readonly name: string;
  /** 16 hex digits that stand for the owner. */
  readonly owner: string;
  /** Milliseconds since 1970, by the server's clock; null where it does not say. */
  readonly since: number | null;
}

export function claimPath(folder: string, name: string, owner: string): string {
  return posix.join(folder, FOLDER, `${name}.${owner}.claim`);
}

/** Where a file is put aside while it is taken away. */
export function asidePath(folder: string, name: string): string {
  return posix.join(folder, FOLDER, `${name}.gone`);
}

export async function makeClaimFolder(remote: Remote, folder: string): Promise<void> {
  await remote.makeFolder(posix.join(folder, FOLDER));
}

export async function readClaims(remote: Remote, folder: string): Promise<readonly RemoteClaim[]> {
  const entries: readonly RemoteEntry[] =
    (await remote.list(posix.join(folder, FOLDER)).catch((error: unknown) => unless("absent", error))) ?? [];
  return entries.flatMap(({ name, modified }) => {
    const [, claimed, owner] = CLAIM.exec(name) ?? [];
    return claimed === undefined || owner === undefined ? [] : [{ name: claimed, owner, since: modified }];
  });
}

/** False: another has it, or wants it at the same moment. */
export async function takeRemoteClaim(
  remote: Remote,
  folder: string,
  name: string,
  owner: string,
): Promise<boolean> {
  await makeClaimFolder(remote, folder);
  const path = claimPath(folder, name, owner);
  await remote.write(path, someByte());
  const claims = await readClaims(remote, folder);
  if (claims.every((claim) => claim.name !== name || claim.owner === owner)) return true;
  await remote.remove(path);
  return false;
}

/** Servers end a TLS connection over which nothing is sent as broken. */
async function* someByte(): AsyncGenerator<Uint8Array> {
  yield Buffer.from("\n");
}
