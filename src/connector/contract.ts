import type { Static, TSchema } from "@sinclair/typebox";
import type { HubError } from "../errors.ts";
import type { Exchange } from "../message/exchange.ts";
import type { Json } from "../message/json.ts";
import type { Telephone } from "./telephone.ts";

/**
 * What a connector is. One folder under `connectors/`, whose `index.ts` exports `defineConnector({...})` as default
 * and imports nothing of the hub but `tieline/connector`.
 */
export interface Connector<Settings extends TSchema = TSchema> {
  /** The name `tieline.yaml` uses; equals the folder's name. */
  readonly name: string;
  readonly description: string;
  /** One description validates, types and documents. Mark secrets with `secret()`. */
  readonly settings: Settings;
  /** Called once per configured system and thread. Opens nothing on the network by itself. */
  open(settings: Static<Settings>, context: SystemContext): System;
}

export interface SystemContext {
  /** The name of the system in `tieline.yaml`. */
  readonly system: string;
  /** The project folder, absolute: relative paths in settings begin there. */
  readonly dir?: string;
  /** The data folder, absolute. A connector may create what it needs below it, and nowhere else. */
  readonly data?: string;
  /** Milliseconds since 1970; the only clock a connector may use. */
  now(): number;
  /**
   * Names this hub's data, the same after every restart, different for every other hub. By it a file source finds
   * the claims again that this hub left when it crashed. Without it such claims stay until a person removes them.
   */
  readonly hub?: string;
}

/** One configured system: its ways in and its ways out, by name. */
export interface System {
  readonly sources: Readonly<Record<string, Source>>;
  readonly sinks: Readonly<Record<string, Sink>>;
  /** Set where it is a telephone system whose calls agents see. */
  readonly telephone?: Telephone;
  /** Tests the connection for `tieline doctor`. @throws HubError with the cure */
  check(): Promise<void>;
  close(): Promise<void>;
}

export type Source = PushSource | FileSource | PullSource | ListenSource;

/** A source that calls us. `receive` runs on the front thread: no blocking, no waiting for others. */
export interface PushSource {
  readonly kind: "push";
  /** Largest body in bytes; default 1 MiB. */
  readonly limit?: number;
  /** True: only the hub itself and its API, for those who bear its token, hand items to it; at `/in` it is not found. */
  readonly own?: true;
  /** What the sender is answered after the commit, when it needs something else than 202 and JSON. */
  readonly answer?: { readonly status: number; readonly contentType: string; readonly body: string };
  /**
   * Judges a request by its raw bytes: signature, age, form. Returns what is to be stored.
   * @throws HubError TL_SIGNATURE_INVALID, TL_SIGNATURE_STALE, TL_MEDIA_TYPE …; then nothing is stored
   */
  receive(request: PushRequest): PushedItem;
  /**
   * Set where a request may bring many items: they are stored in their order, all of them or none. Judges as `receive` does.
   * @returns null: the request brings one, which `receive` takes
   * @throws HubError as `receive`; of one that is wrong, with `atIndex`
   */
  receiveBatch?(request: PushRequest): readonly PushedItem[] | null;
  /** The headers with which a genuine sender would send this body now; for examples and tests. */
  sign?(body: Uint8Array, event: string): Readonly<Record<string, string>>;
}

export interface PushRequest {
  readonly method: string;
  readonly url: string;
  /** Lower-case names; repeated headers joined with ", ". */
  readonly headers: Readonly<Record<string, string>>;
  /** The body exactly as received. */
  readonly body: Uint8Array;
}

export interface PushedItem {
  /** Usually the request's body, untouched. */
  readonly body: Uint8Array;
  /** The sender's own id for this happening, where the protocol has one. */
  readonly event?: string;
  /** Headers worth keeping with the message; never credentials or signatures. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A source of whole files. All methods run on the engine thread. */
export interface FileSource {
  readonly kind: "files";
  /**
   * Set where a look goes over a network: milliseconds from the end of one to the next, where no schedule says when. Then
   * looks and claims pass the gate of the system.
   */
  readonly every?: number;
  /** Files that are complete and may be taken now, in the order they are to be processed. */
  list(): Promise<readonly FileOffer[]>;
  /**
   * Copies the file to `archive` and makes it durable there. The offer stays in place until `settle`.
   * Two hubs may race for one file: at most one claim resolves.
   * @throws HubError when another has it or it changed while it was read
   */
  claim(offer: FileOffer, archive: string): Promise<ClaimedFile>;
  /**
   * Called after the hub has committed that it owns the file: takes it away from the drop.
   * Safe to call again after a crash, also when the file is already gone.
   */
  settle(offer: TakenFile): Promise<void>;
  /** Gives back a claim that did not lead to a commit. */
  release(offer: FileOffer): Promise<void>;
  /** The hub stops: what is under way over a network fails soon. */
  stop?(): void;
  /** What the last `list` saw and left where it is, each with its name in `place.file`, the reason and the cure. */
  refusals?(): readonly HubError[];
  /** Writes the rejected rows where the sender looks for them, e.g. `<name>.rejected.csv`. Same name, same bytes: safe to repeat. */
  reject?(name: string, content: AsyncIterable<Uint8Array>): Promise<void>;
  /** Puts a file where the sender would put it, whole; for examples and tests. */
  deposit?(name: string, content: AsyncIterable<Uint8Array>): Promise<void>;
}

export interface FileOffer {
  /** Base name, safe to show and to join. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

/** An offer that the hub has taken. */
export interface TakenFile extends FileOffer {
  /** As claimed; sources that cannot tell files apart otherwise know it by that. */
  readonly sha256?: string;
}

export interface ClaimedFile {
  readonly name: string;
  readonly size: number;
  /** Lower-case hex SHA-256 of the bytes. */
  readonly sha256: string;
}

/**
 * One item that the hub fetched, or that came over a connection it holds. Nobody can be told that it is wrong: so what
 * cannot be decoded, or has no key, is stored and parked.
 */
export interface CollectedItem {
  /** Untouched where it came as bytes; a record of a database or an API as JSON in UTF-8. */
  readonly body: Uint8Array;
  readonly contentType?: string;
  /**
   * Names the happening: the record with its version, a message id. When it comes again with the same body, in an
   * overlap or since an acknowledgement got lost, it is dropped and counted as a duplicate.
   */
  readonly event?: string;
  /** What is worth keeping with the message; never credentials. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What the connector itself found wrong with it; it is stored and parked with that. */
  readonly wrong?: HubError;
}

/** A source that the hub asks, on a schedule or again and again. All methods run on the engine thread. */
export interface PullSource {
  readonly kind: "pull";
  /** Milliseconds from the end of one look to the next, unless the flow says otherwise; default 10 s. */
  readonly every?: number;
  /**
   * Reads what follows a cursor, one batch of it. Nothing is taken away from the system, and the same cursor may be asked
   * for again. Where records can come to light late, such as rows whose transaction was long, it begins a little before
   * the place: what comes again is recognised by its `event`.
   * @throws HubError TL_SOURCE_* when the system cannot be asked; one record that is wrong comes as an item with `wrong`
   */
  pull(request: PullRequest): Promise<Pulled>;
  /**
   * Called after the batch is committed: takes it away from the system, or marks it there, where the system wants that.
   * When it fails, or the hub ends before it, the records come again and are recognised.
   */
  settle?(pulled: Pulled): Promise<void>;
}

export interface PullRequest {
  /** Where the last batch that was stored ended; null: the source is read from its beginning. */
  readonly cursor: Json | null;
  /** Most items of the batch. */
  readonly limit: number;
  /** When it says so, the hub waits no longer. */
  readonly signal: AbortSignal;
}

export interface Pulled {
  /** In the order they are to take effect. */
  readonly items: readonly CollectedItem[];
  /** Plain JSON, small: stored with the items and shown to people. Null: the source has no place, such as an outbox. */
  readonly cursor: Json | null;
  /** Whether there is more to read at once. */
  readonly more: boolean;
}

/** A source over a connection that the hub holds: a queue's consumer, a mailbox, events of a telephone system. */
export interface ListenSource {
  readonly kind: "listen";
  /**
   * Connects, catches up where the system remembers what was missed, and hands over what comes, until `signal` says so:
   * then it disconnects and resolves. When the connection breaks it throws, and is called again after a pause that grows
   * up to a minute. What was handed over and not acknowledged to the outside comes again from there.
   * @throws HubError TL_SOURCE_*
   */
  listen(desk: ListenDesk, signal: AbortSignal): Promise<void>;
}

/** Where a listener hands items over. */
export interface ListenDesk {
  /** How far the last `take` that gave a cursor came; null at first. */
  cursor(): Json | null;
  /** Says that the connection stands: people see it, and the next pause is a short one again. */
  connected(): void;
  /**
   * Stores items, with those of others that come meanwhile in one commit. Resolved = committed and fsynced: only then may
   * the outside be told. While the hub has no room it waits, so hand over no more than may lie in memory at once.
   * @param cursor where the outside is to go on after a break, where it knows places
   * @throws HubError when they were not stored; they stay with the sender
   */
  take(items: readonly CollectedItem[], cursor?: Json): Promise<void>;
}

/**
 * Tells what was sent and what came back, for people to look at; of several exchanges of an attempt the last one is kept.
 * The hub cuts what is long, and takes secrets out: those of the settings, what was sent by a name that says it is one
 * (such as `authorization`), and what in an address looks like one.
 */
export type Tell = (exchange: Exchange) => void;

/** A way out to another system. */
export interface Sink {
  /**
   * True when the target recognises the delivery id or the sequence and does nothing the second time.
   * False: the hub records the start of each attempt, and asks `probe` (or a person) after a crash.
   */
  readonly idempotent: boolean;
  /** How many deliveries of different keys may be under way at once; default 4. */
  readonly concurrency?: number;
  /**
   * Sends one delivery. Resolved = the target has it.
   * @param tell called before this resolves or rejects, where something was sent; missing: nobody wants to know
   * @throws HubError TL_TARGET_*; the fault decides between waiting, retry, park and stopping the route.
   *         TL_IN_DOUBT when the request left and no answer came.
   */
  send(delivery: Outgoing, signal: AbortSignal, tell?: Tell): Promise<Sent>;
  /**
   * What `send` would give to the target, without secrets, for people to look at. Set where that is a file.
   * @throws HubError TL_TARGET_REFUSED, as `send`
   */
  preview?(delivery: Outgoing): FilePreview;
  /** Asks the target whether it has this delivery. */
  probe?(delivery: Outgoing, signal: AbortSignal): Promise<boolean>;
  /** Set where many deliveries can be sent as one, such as a file: then a route may `collect`. */
  readonly bundle?: BundleSink;
}

/** A file as it would be written. */
export interface FilePreview {
  readonly name: string;
  readonly content: Uint8Array;
}

/** A way out for many deliveries at once. */
export interface BundleSink {
  /**
   * Tells whether a delivery can be part of a bundle, before it is one: what cannot is parked, and the others go.
   * @throws HubError TL_TARGET_REFUSED naming what is wrong with it
   */
  check(delivery: Outgoing): void;
  /**
   * Sends all of them. Resolved = the target has them. The same bundle comes again after a failure or a crash: sent twice
   * it must be to the target as sent once, so what is written of it has to be the same.
   * @throws HubError TL_TARGET_*; one that is not the system's fault stops the route
   */
  send(bundle: OutgoingBundle, signal: AbortSignal): Promise<Sent>;
}

export interface OutgoingBundle {
  /** Made of flow, slot (UTC) and part; stable over retries: `orders.20261128T010000Z.1`. */
  readonly id: string;
  /** Higher than that of the route's bundle before. */
  readonly sequence: number;
  /** Day and time of the slot in its own zone, `YYYYMMDD` and `HHMMSS`. */
  readonly date: string;
  readonly time: string;
  /** In the order in which they were accepted; read anew each time. */
  deliveries(): AsyncIterable<Outgoing>;
}

export interface Outgoing {
  /** Stable over retries: `m-4711.billing.customer`. */
  readonly id: string;
  /** Rises with every delivery of one route and key; a target may ignore what is not higher than the last. */
  readonly sequence: number;
  readonly key: string | null;
  readonly body: Json;
  /** When the hub stored it, in milliseconds since 1970; stable over retries. Undefined: it is not stored. */
  readonly storedAt?: number;
  /** From 1. */
  readonly attempt: number;
  /** W3C Trace Context of this attempt, for the target; only where the hub traces. */
  readonly traceparent?: string;
}

export interface Sent {
  /** What the target answered, in one line without its body: `200`, `250 queued`. */
  readonly answer: string;
}
