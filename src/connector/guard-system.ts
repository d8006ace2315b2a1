import { HubError } from "../errors.ts";
import type { FileSource, ListenDesk, ListenSource, Pulled, Sink, Source, System } from "./contract.ts";
import type { Busy, Gate } from "./gate.ts";

const targetBusy: Busy = (message, retryAfter) => new HubError("TL_TARGET_BUSY", message, { retryAfter });
const sourceBusy: Busy = (message, retryAfter) =>
  new HubError("TL_SOURCE_UNAVAILABLE", message, { retryAfter });

/**
 * A system all of whose calls pass one gate: what is sent, asked and listened to. What the system does by itself,
 * `check`, by which a person finds out, and what agents see of calls do not.
 */
export function guardSystem(system: System, gate: Gate): System {
  return {
    sources: mapped(system.sources, (source) => guardSource(source, gate)),
    sinks: mapped(system.sinks, (sink) => guardSink(sink, gate)),
    ...(system.telephone === undefined ? {} : { telephone: system.telephone }),
    check: () => system.check(),
    close: () => system.close(),
  };
}

function guardSink(sink: Sink, gate: Gate): Sink {
  const { probe, concurrency, idempotent, bundle } = sink;
  return {
    idempotent,
    ...(concurrency === undefined ? {} : { concurrency }),
    send: (delivery, signal, tell) => gate.pass(() => sink.send(delivery, signal, tell), targetBusy, signal),
    ...(probe === undefined
      ? {}
      : {
          probe: (delivery, signal) =>
            gate.pass(() => probe.call(sink, delivery, signal), targetBusy, signal),
        }),
    ...(bundle === undefined
      ? {}
      : {
          bundle: {
            check: (delivery) => bundle.check(delivery),
            send: (all, signal) => gate.pass(() => bundle.send(all, signal), targetBusy, signal),
          },
        }),
  };
}

function guardSource(source: Source, gate: Gate): Source {
  switch (source.kind) {
    case "pull": {
      const { every, settle } = source;
      return {
        kind: "pull",
        ...(every === undefined ? {} : { every }),
        pull: (request) => gate.pass(() => source.pull(request), sourceBusy, request.signal),
        ...(settle === undefined
          ? {}
          : // It belongs to the call before it: refused, the same batch would be read for ever.
            { settle: (pulled: Pulled) => settle.call(source, pulled) }),
      };
    }
    case "listen":
      return {
        kind: "listen",
        listen: (desk, signal) => guardListen(source, gate, desk, signal),
      };
    case "files":
      // Folders of this machine are no system that could be down.
      return source.every === undefined ? source : guardFiles(source, gate);
    case "push":
      return source;
  }
}

/** What takes files away or gives them back belongs to the calls before it. */
function guardFiles(source: FileSource, gate: Gate): FileSource {
  return {
    ...source,
    list: () => gate.pass(() => source.list(), sourceBusy),
    claim: (offer, archive) => gate.pass(() => source.claim(offer, archive), sourceBusy),
  };
}

/** The gate is passed once the connection stands: it may stand for weeks. */
async function guardListen(
  source: ListenSource,
  gate: Gate,
  desk: ListenDesk,
  signal: AbortSignal,
): Promise<void> {
  let listening = Promise.resolve();
  const connect = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const connected = (): void => {
        desk.connected();
        resolve();
      };
      listening = source.listen({ ...desk, connected }, signal);
      listening.then(resolve, reject);
    });
  await gate.pass(connect, sourceBusy, signal);
  await listening;
}

function mapped<Value>(
  all: Readonly<Record<string, Value>>,
  work: (value: Value) => Value,
): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, work(value)]));
}
