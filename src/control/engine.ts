import type { GateState } from "../connector/gate.ts";
import type { Failure, Issue } from "../errors.ts";
import type { Cause } from "../message/cause.ts";
import type { Json } from "../message/json.ts";
import type { AccessChange } from "./access.ts";
import type { CaseDraft, DeployReport, DeployRequest, MappingDraft } from "./deploy.ts";

/**
 * What the front (HTTP, CLI) asks of the engine, the one thread that writes. Across threads only bytes and plain JSON pass.
 * Every method that a person can cause takes an `Act`, which goes to the audit log in the same transaction (invariant I6).
 */
export interface Engine {
  /**
   * Stores items; resolved = committed and fsynced. Receipts come in the order of the items. Of items that belong together
   * (`withNext`) all have an error, or none has.
   */
  admit(items: readonly Admission[]): Promise<readonly Receipt[]>;
  /** Present state, also pushed to the front about four times a second. */
  status(): Promise<EngineStatus>;
  pause(act: Act, flow: string, what: Pausable): Promise<void>;
  resume(act: Act, flow: string, what: Pausable): Promise<void>;
  /**
   * Looks for files, or reads the source, now, whatever the schedule says. Resolves when the run has begun.
   * @returns files taken, and records of the first batch that was read; or that the process which has files was asked
   */
  runNow(act: Act, flow: string): Promise<RunBegun>;
  /** Sets how far the flow's source was read; null: it is read from its beginning again. */
  moveCursor(act: Act, flow: string, cursor: Json | null): Promise<void>;
  /** Counts what a replay would touch; nothing changes. */
  planReplay(selection: Selection): Promise<ReplayPlanReport>;
  /** Puts the selected messages on the queue again, in accepted order, from their raw bytes. */
  replay(act: Act, selection: Selection, options: ReplayOptions): Promise<ReplayPlanReport>;
  /**
   * Stores an edited copy of a message as a new one, which names it as its cause and takes the next place.
   * @returns the id of the new message
   * @throws HubError when the flow cannot decode it, TL_CONFLICT when something newer of its key was applied
   */
  replayEdited(act: Act, message: string, edit: MessageEdit): Promise<string>;
  /** Takes a message that is not finished off its path, to wait for a person. */
  park(act: Act, message: string): Promise<void>;
  /** Ends a parked message or its parked deliveries without effect; what waited behind it goes on. */
  discard(act: Act, message: string): Promise<void>;
  /** A route stopped by an access error goes on. `route` is `system.sink`. */
  resumeRoute(act: Act, flow: string, route: string): Promise<void>;
  /** A stopped file goes on from its checkpoint. */
  resumeFile(act: Act, file: number): Promise<void>;
  /** What it would change to put these texts in force; nothing changes. */
  planDeploy(request: DeployRequest): Promise<DeployReport>;
  /**
   * Puts them in force, all but those that wait, and says what it changed.
   * @throws HubError TL_CONFIG_INVALID with every problem, TL_CONFLICT when the hub follows its project folder
   */
  deploy(act: Act, request: DeployRequest): Promise<DeployReport>;
  /** Somebody looks after it: it stays open, and is shown as taken. */
  acknowledgeAlert(act: Act, id: number): Promise<void>;
  /** Nobody is told of it until then, milliseconds since 1970; null: they are again. */
  muteAlert(act: Act, id: number, until: number | null): Promise<void>;
  /**
   * A cause of failures needs nobody until then, milliseconds since 1970; null: until the flow changes.
   * @throws HubError TL_NOT_FOUND, TL_CONFLICT when it is to last until a change and no version is in force
   */
  muteErrors(act: Act, group: FailingGroup, until: number | null): Promise<void>;
  /** It needs people again. @throws HubError TL_NOT_FOUND when it was not muted */
  unmuteErrors(act: Act, group: FailingGroup): Promise<void>;
  /** Sends a test to every channel that alerts are told to. */
  testAlerts(act: Act): Promise<readonly ChannelTest[]>;
  /** Changes who may use the hub. @throws HubError TL_NOT_FOUND, TL_CONFLICT */
  changeAccess(act: Act, change: AccessChange): Promise<void>;
  /** Writes into the audit log what somebody did that changes nothing, such as seeing a payload. */
  note(act: Act, verb: string, target: string, detail: object | null): Promise<void>;
  /**
   * Puts another text of a flow's mapping in force, and writes it into the project folder where the hub follows that.
   * @returns the hash of the version
   * @throws HubError TL_CONFIG_INVALID with every problem, TL_CONFLICT when another version is in force or the file
   * cannot be written
   */
  publishMapping(act: Act, draft: MappingDraft): Promise<string>;
  /**
   * Writes a case that was made of a message into the project folder, where the hub follows that.
   * @returns its path from there
   * @throws HubError TL_CONFLICT when there is one of its name, or the folder is not the hub's to write
   */
  addCase(act: Act, draft: CaseDraft): Promise<string>;
  /** Copies the store (consistent, online) and the archive of files to a folder. */
  backup(act: Act, folder: string): Promise<{ readonly bytes: number }>;
}

/** What of a flow fails for one reason: its messages (route null), or its deliveries on a route. */
export interface FailingGroup extends Cause {
  readonly flow: string;
}

/** What takes the place of a message's body in its copy. */
export interface MessageEdit {
  readonly body: Uint8Array;
  /** Also when something newer of its key has been applied since. */
  readonly allowStale: boolean;
}

/** Whether a channel took what it was told. */
export interface ChannelTest {
  /** `system.sink`. */
  readonly to: string;
  readonly failure: Failure | null;
}

export interface RunBegun {
  readonly files: number;
  readonly records: number;
  /** Another process begins it within a second. */
  readonly asked: boolean;
}

export interface Act {
  /** Who: a token's name, `cli`, `system`. */
  readonly actor: string;
  readonly reason: string | null;
}

export type Pausable = "accept" | "deliver" | "both";

/** One item on its way in, judged by the front: verified, decodable, and of known flow. */
export interface Admission {
  readonly flow: number;
  readonly flowVersion: number;
  readonly body: Uint8Array;
  readonly contentType: string | null;
  readonly headers: Readonly<Record<string, string>> | null;
  /** Undefined: the front could not tell (the expression is more than a path); the engine evaluates it. */
  readonly key: string | null | undefined;
  readonly event: string | null | undefined;
  readonly traceparent: string | null;
  /** The next item came in the same request: either both are stored, or neither is. */
  readonly withNext?: true;
}

export type Receipt =
  | { readonly id: string; readonly duplicate: boolean }
  | { readonly error: { readonly code: string; readonly message: string } };

export interface Selection {
  readonly messages?: readonly string[];
  readonly flow?: string;
  readonly state?: "parked" | "rejected" | "done";
  /** Error code, as shown with the message. */
  readonly code?: string;
  readonly key?: string;
  readonly file?: number;
  readonly since?: number;
  readonly until?: number;
}

export interface ReplayOptions {
  /** Flow version to map with: the one in force (default), or the one it was first mapped with. */
  readonly version: "current" | "same";
  /** Only these routes; default: those that did not end well, or all when all did. */
  readonly routes: readonly string[];
  /** Apply also what is older than what was applied since. */
  readonly allowStale: boolean;
}

export interface ReplayPlanReport {
  readonly matched: number;
  readonly keys: number;
  readonly oldest: number | null;
  readonly newest: number | null;
  /** At most 10 ids, oldest first. */
  readonly sample: readonly string[];
}

export interface EngineStatus {
  /** Milliseconds since 1970 on the engine's clock: the heartbeat. */
  readonly at: number;
  readonly stopping: boolean;
  readonly diskFree: number;
  readonly diskLow: boolean;
  readonly backlog: number;
  readonly backlogFull: boolean;
  /** Lanes that this process works on; others have the rest. */
  readonly lanes: number;
  /** Whether this process takes files and runs slots. */
  readonly duty: boolean;
  readonly flows: readonly FlowStatus[];
  readonly counters: Readonly<Record<string, number>>;
  /** By system: how those are that have limits. */
  readonly gates?: Readonly<Record<string, GateState>>;
}

export interface FlowStatus {
  readonly id: number;
  readonly name: string;
  readonly version: number | null;
  readonly hash: string | null;
  readonly accepting: boolean;
  readonly running: boolean;
  /** Why the newest text is not in force. */
  readonly problem: string | null;
  readonly problems: readonly Issue[];
  /** Stored messages that are not done, and deliveries that are not done. */
  readonly open: number;
  readonly routes: readonly {
    readonly to: string;
    readonly stopped: string | null;
    /** The system does not answer: waiting until then. */
    readonly waitingUntil: number | null;
    readonly open: number;
    /** What is open may wait for the time that its route collects until. */
    readonly collects?: true;
  }[];
  readonly nextSlot: number | null;
  /** The source that the hub asks or listens to; null where it is called, or reads files or a topic. */
  readonly source: SourceStatus | null;
}

/** How a source is that the hub asks (`pull`) or holds a connection to (`listen`). */
export interface SourceStatus {
  /** `system.source`. */
  readonly name: string;
  readonly kind: "pull" | "listen";
  /** `waiting`: it failed, and is tried again at `nextAt`. */
  readonly state: "idle" | "reading" | "connecting" | "connected" | "waiting" | "paused";
  /** How far it was read: the source's own word, as JSON. Null: from its beginning, or it has no places. */
  readonly cursor: string | null;
  readonly movedAt: number | null;
  /** Why it waits. */
  readonly failure: Failure | null;
  /** When it is asked or connected to again, milliseconds since 1970; null: it is now, or the schedule says. */
  readonly nextAt: number | null;
  /** Items stored since the hub started, without duplicates. */
  readonly collected: number;
}
