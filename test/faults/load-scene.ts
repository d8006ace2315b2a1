import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Mode } from "../fakes/http-target.ts";
import type { Backend } from "./backend.ts";
import { drained, tallyOf } from "./books.ts";
import { type Check, check, type FaultRun, type Verdict } from "./fault.ts";
import type { HubProcess } from "./hub-process.ts";
import { judgeEvents } from "./judge.ts";
import { type Producers, producers } from "./producer.ts";
import { EVENT_HOOK, eventsFlow } from "./project.ts";
import { type Stage, setStage } from "./stage.ts";
import { startTargetProcess, type TargetProcess } from "./target-process.ts";

/** How long something may take that a fault waits for; milliseconds. */
const PATIENCE = 90_000;

/** A hub at work: senders post, the CRM and a target take. What is done to it and around it, the fault says. */
export interface LoadScene {
  readonly stage: Stage;
  readonly senders: Producers;
  readonly target: TargetProcess;
  /** The one at work now. */
  hub(): HubProcess;
  /** Another hub takes the place of the one that has died. */
  restart(): Promise<void>;
  /** Resolves when so many more are acknowledged. @throws Error when that takes more than a minute and a half */
  acked(more: number): Promise<void>;
  /** Resolves when so many more took effect in the CRM, with the milliseconds it took. */
  applied(more: number): Promise<number>;
}

export interface LoadOptions {
  /** Default that of the run. */
  readonly backend?: Backend;
  /** What the hub is told besides. */
  readonly env?: Readonly<Record<string, string>>;
  /** Further lines of tieline.yaml. */
  readonly settings?: string;
  /** Called with the data folder before the first hub starts; what it gives is called when the last has ended. */
  readonly prepare?: (data: string) => () => void;
  readonly senders?: number;
  /** Milliseconds that each sender rests between two posts. */
  readonly rest?: number;
  /** By what the target tells a repetition; default by id. */
  readonly mode?: Mode;
  /** Milliseconds before the target answers. */
  readonly delay?: number;
  /** Another way to the target, such as a line that can be cut. */
  readonly targetUrl?: (target: TargetProcess) => Promise<string>;
}

/** Plays `act` on a hub at work, lets it drain, and joins the ledgers of senders, hub and target. */
export async function underLoad(
  run: FaultRun,
  options: LoadOptions,
  act: (scene: LoadScene) => Promise<readonly Check[]>,
): Promise<Verdict> {
  const folder = await mkdtemp(join(tmpdir(), "tieline-target-"));
  const target = await startTargetProcess(folder, options.mode ?? "dedupe", options.delay ?? 2);
  const stage = await setStage(
    options.backend ?? run.backend,
    {
      webhooks: { events: EVENT_HOOK },
      target: {
        url: (await options.targetUrl?.(target)) ?? target.url,
        idempotent: options.mode !== "none",
      },
      flows: { events: eventsFlow({ target: true }) },
      ...(options.settings === undefined ? {} : { settings: options.settings }),
    },
    options.env,
  );
  const senders = producers(options.senders ?? run.size(8, 4), 4, options.rest ?? 40);
  const tidy = options.prepare?.(stage.data);
  let hub = await stage.start();
  let open = true;
  const posting = senders.run(hub.url, () => open);
  const applied = () => tallyOf(stage.store, "events", "crm.interaction", "applied");
  try {
    const scene: LoadScene = {
      stage,
      senders,
      target,
      hub: () => hub,
      async restart() {
        hub = await stage.start();
      },
      acked: async (more) => void (await rises(async () => senders.acked.length, more, "acknowledged")),
      applied: (more) => rises(applied, more, "applied"),
    };
    await scene.acked(50);
    const checks = await act(scene);
    await scene.acked(20);
    open = false;
    await posting;
    const drainMs = await drained(stage.store, 180_000);
    const code = await hub.stop();
    const table = await judgeEvents(stage.store, senders.acked, target.requests(), drainMs, run.note);
    return {
      table,
      checks: [...checks, check("the hub stops with exit code 0 afterwards", code === 0, code ?? "")],
    };
  } finally {
    open = false;
    await hub.kill();
    await posting;
    await senders.close();
    await target.close();
    tidy?.();
    await stage.remove();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Reads what senders were told while it lasted: `503: 12, none: 3`. */
export function refusalsText({ refusedWith }: Producers): string {
  const parts = [...refusedWith].map(([status, n]) => `${status === 0 ? "no answer" : status}: ${n}`);
  return parts.join(", ") || "none";
}

async function rises(read: () => Promise<number>, more: number, what: string): Promise<number> {
  const started = performance.now();
  // The store may be away just now.
  const now = (): Promise<number | null> => read().catch(() => null);
  let wanted: number | null = null;
  for (;;) {
    const found = await now();
    if (found !== null) {
      wanted ??= found + more;
      if (found >= wanted) return performance.now() - started;
    }
    if (performance.now() - started > PATIENCE)
      throw new Error(
        `${found ?? "an unknown number"} ${what}, ${wanted} were expected within ${PATIENCE / 1000} s`,
      );
    await pause(10);
  }
}
