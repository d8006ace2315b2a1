/** What both protocols can do with files on another machine. A connection serves one call at a time. */
export interface Remote {
  /** False once it broke or was closed. */
  readonly open: boolean;
  /** @throws RemoteFailure `absent` when there is no such folder */
  list(folder: string): Promise<readonly RemoteEntry[]>;
  /** Undefined: there is no file of this name. */
  stat(path: string): Promise<RemoteState | undefined>;
  /** The bytes of a file from a place on; it ends where the file does. */
  read(path: string, from: number): AsyncIterable<Uint8Array>;
  /** Writes a file, over one that is there; synced where the server can. */
  write(path: string, content: AsyncIterable<Uint8Array>): Promise<void>;
  /** A file that is there under the new name is replaced. */
  rename(from: string, to: string): Promise<void>;
  /** No matter whether it is there. */
  remove(path: string): Promise<void>;
  /** No matter whether it is there already; its parent must be. */
  makeFolder(path: string): Promise<void>;
  close(): void;
}

/** How a file is, as far as the server tells. */
export interface RemoteState {
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970, exact to the second; null where the server tells only the minute, or nothing. */
  readonly modified: number | null;
  /** The time in the server's own words, to be compared with itself. */
  readonly stamp: string;
}

export interface RemoteEntry extends RemoteState {
  /** Base name, as the server tells it: fit neither to be shown nor to be joined to a path. */
  readonly name: string;
  readonly kind: "file" | "folder" | "other";
}

/**
 * Whose fault a failure is: the server or the way to it is `away`; it refused who we are, or is not who it should be
 * (`access`); it refused this path (`denied`), or does not have it (`absent`); it could not do it, as on a full disk
 * (`failed`).
 */
export type RemoteFault = "away" | "access" | "denied" | "absent" | "failed";

/** A failure in words that quote no content and no credentials. */
export class RemoteFailure extends Error {
  override readonly name = "RemoteFailure";
  readonly fault: RemoteFault;

  constructor(fault: RemoteFault, message: string, cause?: unknown) {
    super(message, { cause });
    this.fault = fault;
  }
}

/** The code an operating system or library gives its errors, where it is a plain word or number. */
export function reasonOf(error: unknown): string {
  const code = (error as { readonly code?: unknown } | null)?.code;
  if (typeof code === "number") return ` (${code})`;
  return typeof code === "string" && /^[A-Z0-9_]{1,60}$/.test(code) ? ` (${code})` : "";
}

/** Passes over one kind of failure. */
export function unless(fault: RemoteFault, error: unknown): undefined {
  if (error instanceof RemoteFailure && error.fault === fault) return undefined;
  throw error;
}
