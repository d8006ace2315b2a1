import { setTimeout as pause } from "node:timers/promises";
import type { Command } from "commander";
import { parseDuration } from "../config/duration.ts";
import { HubError } from "../errors.ts";
import type { FlowState, HubState, Items } from "./api-shape.ts";
import type { HubClient } from "./client.ts";
import { parseMetrics } from "./metric-text.ts";
import { addRemote, hubOf, type RemoteOptions, type Session } from "./session.ts";
import { frame, type Look, paces } from "./top-frame.ts";

interface TopOptions extends RemoteOptions {
  readonly every: string;
  readonly once?: true;
}

const LEAST_MS = 200;

export function addTop(program: Command, session: Session): void {
  addRemote(program, "top", "Watch what every flow does, until Ctrl-C", [
    "tieline top",
    "tieline top --every 5s",
    "tieline top --once --json              # one look, for a script",
  ])
    .option("--every <time>", "how often", "1s")
    .option("--once", "one look, and end")
    .action(async (options: TopOptions) => {
      const every = parseDuration(options.every);
      if (every === undefined || every < LEAST_MS)
        throw new HubError("TL_USAGE", "--every is not a time of at least 200 ms", {
          cure: "Write 1s, 5s or 500ms.",
        });
      await watch(session, await hubOf(session, options), every, options);
    });
}

/** Shows a frame after each pause: rates need two looks. */
async function watch(session: Session, hub: HubClient, every: number, options: TopOptions): Promise<void> {
  const { terminal } = session;
  const { stop } = terminal;
  let before = await lookAt(hub, terminal.now());
  while (!stop.aborted) {
    await pause(every, undefined, { signal: stop }).catch(() => undefined);
    if (stop.aborted) return;
    const now = await lookAt(hub, terminal.now());
    const { hub: state, at } = now;
    if (options.json === true)
      terminal.out(JSON.stringify({ ...state, at: new Date(at).toISOString(), flows: paces(before, now) }));
    else terminal.screen(frame(terminal, hub.url, before, now));
    if (options.once === true) return;
    before = now;
  }
}

async function lookAt(hub: HubClient, at: number): Promise<Look> {
  const [state, { items }, metrics] = await Promise.all([
    hub.get<HubState>("/status"),
    hub.get<Items<FlowState>>("/flows"),
    hub.metrics(),
  ]);
  return { at, hub: state, flows: items, samples: parseMetrics(metrics) };
}
