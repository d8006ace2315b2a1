import type { MessagePort } from "node:worker_threads";
import { asHubError, type ErrorCode, HubError, type Issue } from "../errors.ts";
import type { Place } from "../message/place.ts";
import type { Engine, EngineStatus } from "./engine.ts";
import { groupCommit } from "./group-commit.ts";
import {
  type PackedAdmissions,
  type PackedReceipts,
  packAdmissions,
  packReceipts,
  unpackAdmissions,
  unpackReceipts,
} from "./pack.ts";

interface Call {
  readonly id: number;
  readonly method: keyof Engine;
  readonly args: readonly unknown[];
}

interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly cure: string;
  readonly place: Place | undefined;
  readonly issues: readonly Issue[];
}

type Answer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: WireError }
  | { readonly push: EngineStatus };

/** What changes nothing that a status tells, or is counted in the next one. */
const QUIET: readonly (keyof Engine)[] = [
  "admit",
  "status",
  "planReplay",
  "planDeploy",
  "backup",
  "changeAccess",
  "note",
  "addCase",
];

/** Lets the other thread call this engine. Who is told that an act is done finds it in the status that was pushed. */
export function serveEngine(port: MessagePort, engine: Engine): { push(status: EngineStatus): void } {
  const commit = groupCommit((items) => engine.admit(items));
  const admit = async (packed: unknown): Promise<PackedReceipts> =>
    packReceipts(await commit(unpackAdmissions(packed as PackedAdmissions)));
  const push = (status: EngineStatus): void => port.postMessage({ push: status } satisfies Answer);
  const ask = async (call: Call): Promise<unknown> => {
    const method = engine[call.method] as (...args: readonly unknown[]) => Promise<unknown>;
    const result = await method(...call.args);
    if (!QUIET.includes(call.method)) await engine.status().then(push, () => undefined);
    return result;
  };
  port.on("message", (call: Call) => {
    const result = call.method === "admit" ? admit(call.args[0]) : ask(call);
    void answer(call.id, result).then((message) => port.postMessage(message));
  });
  return { push };
}

async function answer(id: number, result: Promise<unknown>): Promise<Answer> {
  try {
    return { id, result: await result };
  } catch (thrown) {
    const error = asHubError(thrown);
    const { code, message, cure, place, issues } = error;
    return { id, error: { code, message, cure, place, issues } };
  }
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: HubError) => void;
}

/** The engine of another thread, as if it were here. Calls under way fail with TL_STOPPING when that thread ends. */
export interface RemoteEngine extends Engine {
  /** The newest status that was pushed; null before the first. */
  latest(): EngineStatus | null;
  onStatus(listener: (status: EngineStatus) => void): void;
  /** Fails everything under way; the thread is gone. */
  fail(error: HubError): void;
}

export function connectEngine(port: MessagePort): RemoteEngine {
  const waiting = new Map<number, Waiting>();
  const listeners: ((status: EngineStatus) => void)[] = [];
  let last = 0;
  let status: EngineStatus | null = null;
  let gone: HubError | null = null;

  port.on("message", (message: Answer) => {
    if ("push" in message) {
      status = message.push;
      for (const listener of listeners) listener(message.push);
      return;
    }
    const call = waiting.get(message.id);
    waiting.delete(message.id);
    if (call === undefined) return;
    if ("error" in message) call.reject(toError(message.error));
    else call.resolve(message.result);
  });

  function call<Result>(
    method: keyof Engine,
    args: readonly unknown[],
    transfer: ArrayBuffer[] = [],
  ): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (gone !== null) {
        reject(gone);
        return;
      }
      last += 1;
      waiting.set(last, { resolve: resolve as (result: unknown) => void, reject });
      port.postMessage({ id: last, method, args } satisfies Call, transfer);
    });
  }

  return {
    async admit(items) {
      const packed = packAdmissions(items);
      return unpackReceipts(await call<PackedReceipts>("admit", [packed], [packed.bytes]));
    },
    status: () => call("status", []),
    pause: (...args) => call("pause", args),
    resume: (...args) => call("resume", args),
    runNow: (...args) => call("runNow", args),
    moveCursor: (...args) => call("moveCursor", args),
    planReplay: (...args) => call("planReplay", args),
    replay: (...args) => call("replay", args),
    replayEdited: (...args) => call("replayEdited", args),
    park: (...args) => call("park", args),
    discard: (...args) => call("discard", args),
    resumeRoute: (...args) => call("resumeRoute", args),
    resumeFile: (...args) => call("resumeFile", args),
    planDeploy: (...args) => call("planDeploy", args),
    deploy: (...args) => call("deploy", args),
    acknowledgeAlert: (...args) => call("acknowledgeAlert", args),
    muteAlert: (...args) => call("muteAlert", args),
    muteErrors: (...args) => call("muteErrors", args),
    unmuteErrors: (...args) => call("unmuteErrors", args),
    testAlerts: (...args) => call("testAlerts", args),
    changeAccess: (...args) => call("changeAccess", args),
    note: (...args) => call("note", args),
    publishMapping: (...args) => call("publishMapping", args),
    addCase: (...args) => call("addCase", args),
    backup: (...args) => call("backup", args),
    latest: () => status,
    onStatus: (listener) => {
      listeners.push(listener);
    },
    fail(error) {
      gone = error;
      for (const one of waiting.values()) one.reject(error);
      waiting.clear();
    },
  };
}

function toError(error: WireError): HubError {
  return new HubError(error.code, error.message, {
    cure: error.cure,
    issues: error.issues,
    ...(error.place === undefined ? {} : { place: error.place }),
  });
}
