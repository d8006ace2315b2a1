import { openPostgres, type TestServer } from "../fakes/postgres.ts";
import type { Peer, RunningPeer } from "../peers/peer.ts";
import { type Backend, postgresBackend, sqliteBackend, TECHNOLOGIES, type Technology } from "./backend.ts";
import type { Fault, FaultRun } from "./fault.ts";
import type { Run } from "./print.ts";
import { seeded } from "./random.ts";

export interface RunOptions {
  readonly backend: Backend;
  readonly seed: number;
  readonly small: boolean;
  readonly peer: FaultRun["peer"];
  note(text: string): void;
}

/** Carries a fault out; what it throws becomes its result. */
export async function runFault(fault: Fault, options: RunOptions): Promise<Run> {
  const { backend, seed, small, peer, note } = options;
  const started = performance.now();
  const result = await fault
    .run({ backend, random: seeded(seed), size: (full, less) => (small ? less : full), peer, note })
    .catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
  const seconds = (performance.now() - started) / 1000;
  return { id: fault.id, technology: backend.technology, seconds, seed, result };
}

/** What a fault can be played on. */
export function technologiesOf(fault: Fault): readonly Technology[] {
  return fault.on ?? TECHNOLOGIES;
}

/** Backends for many faults: one PostgreSQL for all, started when the first of them needs it. */
export function backends(): { of(technology: Technology): Promise<Backend>; close(): Promise<void> } {
  let server: Promise<TestServer> | null = null;
  return {
    async of(technology) {
      if (technology === "sqlite") return sqliteBackend;
      server ??= openPostgres();
      return postgresBackend(await server);
    },
    async close() {
      await (await server)?.close();
    },
  };
}

/** Systems for many faults: each is started when the first of them needs it. */
export function peers(): { readonly of: FaultRun["peer"]; close(): Promise<void> } {
  const running = new Map<Peer, Promise<RunningPeer>>();
  return {
    of(peer) {
      const found = running.get(peer) ?? peer.start();
      running.set(peer, found);
      return found;
    },
    async close() {
      await Promise.allSettled([...running.values()].map(async (one) => (await one).close()));
    },
  };
}
