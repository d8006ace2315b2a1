import type { AlertChannel } from "../config/hub-settings.ts";
import type { Outgoing, Sink } from "../connector/contract.ts";
import type { ChannelTest } from "../control/engine.ts";
import { asHubError, HubError, toFailure } from "../errors.ts";
import type { Json } from "../message/json.ts";
import type { AlertRow, AlertTold } from "../store/alert-table.ts";
import type { Store } from "../store/store.ts";

/** How long one channel may take; milliseconds. */
const PATIENCE = 30_000;

export interface TellEnvironment {
  readonly store: Store;
  readonly channels: readonly AlertChannel[];
  readonly sink: (system: string, sink: string) => Sink | undefined;
  readonly now: () => number;
  readonly failed: (channel: string, error: unknown) => void;
}

/**
 * Tells what fired and what was resolved, at least once: it is noted as told when a channel has it, so another look tells
 * it again where all failed. The id stays the same, by which a receiver knows it.
 */
export function alertTeller(env: TellEnvironment) {
  async function send(id: string, alert: Notice): Promise<readonly ChannelTest[]> {
    return Promise.all(
      env.channels.map(async ({ to, mail }) => {
        const [system = "", name = ""] = to.split(".");
        const sink = env.sink(system, name);
        const body = mail === null ? { ...alert } : mailOf(alert, mail);
        try {
          if (sink === undefined) throw new HubError("TL_CONFIG_INVALID", `there is no sink ${to}`);
          await sink.send(outgoing(id, body), AbortSignal.timeout(PATIENCE));
          return { to, failure: null };
        } catch (error) {
          env.failed(to, error);
          return { to, failure: toFailure(asHubError(error)) };
        }
      }),
    );
  }

  async function tellOne(row: AlertRow): Promise<void> {
    const next: AlertTold = row.resolvedAt === null ? "firing" : "resolved";
    if (row.told === next) return;
    const isMuted = row.mutedUntil !== null && row.mutedUntil > env.now();
    // Who was not told that it fired need not be told that it is well.
    const matters = env.channels.length > 0 && !isMuted && (next === "firing" || row.told === "firing");
    if (isMuted && next === "firing") return;
    if (matters) {
      const told = await send(`alert-${row.id}-${next}`, noticeOf(row, next));
      if (told.every(({ failure }) => failure !== null)) return;
    }
    await env.store.transaction((tx) => tx.alerts.told(row.id, next));
  }

  return {
    /** Tells what was not told yet. Nothing of it happens inside a transaction but the note. */
    async settle(): Promise<void> {
      for (const row of await env.store.transaction((tx) => tx.alerts.pending())) await tellOne(row);
    },
    /** Tells every channel that this is a test. */
    test: (): Promise<readonly ChannelTest[]> => {
      const at = new Date(env.now()).toISOString();
      const notice = { state: "test", rule: "test", subject: "hub", detail: "a person tests this channel" };
      return send(`alert-test-${env.now()}`, { ...notice, since: at, at });
    },
  };
}

/** What a channel is told; names and numbers of the hub's own, no payload, no keys. */
interface Notice {
  readonly state: string;
  readonly rule: string;
  readonly subject: string;
  readonly detail: string;
  /** RFC 3339, UTC. */
  readonly since: string;
  readonly at: string;
}

function noticeOf({ rule, subject, detail, since, firedAt, resolvedAt }: AlertRow, state: string): Notice {
  const at = new Date(resolvedAt ?? firedAt).toISOString();
  return { state, rule, subject, detail, since: new Date(since).toISOString(), at };
}

function mailOf({ state, rule, subject, detail, since, at }: Notice, to: readonly string[]): Json {
  return {
    to: [...to],
    subject: `[tieline] ${state}: ${rule}, ${subject}`,
    text: `${subject}: ${detail}.\n\nRule: ${rule}\nState: ${state}\nSince: ${since}\nTold: ${at}\n`,
  };
}

function outgoing(id: string, body: Json): Outgoing {
  return { id, sequence: 1, key: null, body, attempt: 1 };
}
