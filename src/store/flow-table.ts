/** A flow as the store knows it. */
export interface FlowRow {
  readonly id: number;
  readonly name: string;
  /** Row id of the version in force; null before the first deploy. */
  readonly version: number | null;
  readonly hash: string | null;
  /** Whether the flow takes new items. */
  readonly accepting: boolean;
  /** Whether stored messages are worked on. */
  readonly running: boolean;
  /** Why the newest text is not in force: the problems, as one text. */
  readonly problem: string | null;
  readonly deployedAt: number | null;
}

export interface RouteRow {
  readonly id: number;
  readonly flow: number;
  /** `system.sink` or `topic:name`. */
  readonly to: string;
  /** Stopped by an access error or a person; nothing is sent until it is resumed. */
  readonly stopped: string | null;
}

export interface VersionRow {
  readonly id: number;
  readonly flow: number;
  readonly hash: string;
  readonly texts: Readonly<Record<string, string>>;
  readonly deployedAt: number;
}

export interface UnderWay {
  readonly messages: number;
  readonly files: number;
}

export interface FlowTable {
  all(): Promise<readonly FlowRow[]>;
  routes(): Promise<readonly RouteRow[]>;
  /** The version with this hash, stored if it is new, and made the one in force; what is muted until then is so no more. */
  deploy(
    name: string,
    hash: string,
    texts: Readonly<Record<string, string>>,
    routes: readonly string[],
    at: number,
  ): Promise<VersionRow>;
  version(id: number): Promise<VersionRow | undefined>;
  /** Takes a flow out of force; its versions and what was accepted stay. */
  withdraw(flow: number): Promise<void>;
  /** What still has to finish on a version; of the messages at most 10,000 are counted. */
  underWay(version: number): Promise<UnderWay>;
  /** Whether this was a version of the flow before, and another is in force. */
  isFormer(name: string, hash: string): Promise<boolean>;
  /** Ids of versions that messages, files or deliveries not yet done still point at. */
  versionsInUse(): Promise<readonly number[]>;
  setProblem(name: string, problem: string | null): Promise<void>;
  setPaused(flow: number, accepting: boolean, running: boolean): Promise<void>;
  setStopped(route: number, reason: string | null): Promise<void>;
}
