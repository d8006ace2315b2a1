import type { DeployMode } from "../config/hub-settings.ts";
import type { Issue } from "../errors.ts";

/** What is to come into force, or would. Flows that are not named stay as they are. */
export interface DeployRequest {
  readonly flows: readonly FlowText[];
  /** Names of flows that are to go out of force. */
  readonly remove: readonly string[];
}

/** All files of a flow, by path from the project folder. */
export interface FlowText {
  readonly name: string;
  readonly texts: Readonly<Record<string, string>>;
}

/** What a request changes, flow by flow. Of one that was carried out: what it changed. */
export interface DeployReport {
  readonly mode: DeployMode;
  readonly flows: readonly FlowChange[];
}

export interface FlowChange {
  readonly name: string;
  readonly change: "new" | "changed" | "removed" | "same";
  /** Hashes of the versions in force before and after; null: none. */
  readonly before: string | null;
  readonly after: string | null;
  /** Accepted on the version in force and not done; it finishes on it. At most 10,000 messages are counted. */
  readonly underWay: { readonly messages: number; readonly files: number };
  /** Why it cannot come into force yet; asked again later it can. */
  readonly waits: string | null;
  /** Why it cannot come into force at all. */
  readonly problems: readonly Issue[];
  readonly routes: { readonly added: readonly string[]; readonly removed: readonly string[] };
  /** The next planned runs, milliseconds since 1970; null when they stay the same. */
  readonly slots: { readonly before: readonly number[]; readonly after: readonly number[] } | null;
}

/** A text that is to be the mapping of a flow. */
export interface MappingDraft {
  readonly flow: string;
  readonly text: string;
  /** Hash of the version it was made from, which must still be in force. */
  readonly before: string;
}

/** A file that is to be among the cases of a flow. */
export interface CaseDraft {
  readonly flow: string;
  /** Id of the message it was made of. */
  readonly message: string;
  /** Its name, ending in `.json`. */
  readonly file: string;
  readonly text: string;
}
