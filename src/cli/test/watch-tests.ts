import { watch } from "node:fs/promises";
import type { FlowDefinition } from "../../config/flow-definition.ts";

/** Editors write a file in several steps; one run answers for all that happens within this time. */
const SETTLE_MS = 100;

/**
 * Calls `run` once with null, then with the files of the project that changed, one call after the other, until it is
 * stopped. What changes during a call is told by the next.
 */
export async function watchProject(
  dir: string,
  stop: AbortSignal,
  run: (changed: readonly string[] | null) => Promise<void>,
): Promise<void> {
  const pending = new Set<string>();
  let due: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  const begin = (changed: readonly string[] | null): void => {
    running = run(changed).finally(() => {
      running = undefined;
      start();
    });
  };
  const start = (): void => {
    if (running !== undefined || pending.size === 0) return;
    const changed = [...pending];
    pending.clear();
    begin(changed);
  };
  try {
    begin(null);
    for await (const { filename } of watch(dir, { recursive: true, signal: stop })) {
      const path = (filename ?? "").replaceAll("\\", "/");
      if (!/^(mappings|schemas)\/|^tieline\.yaml$/.test(path)) continue;
      pending.add(path);
      clearTimeout(due);
      due = setTimeout(start, SETTLE_MS);
    }
  } catch (error) {
    if (!stop.aborted) throw error;
  } finally {
    clearTimeout(due);
    await running;
  }
}

/** The flows that a change of these files touches. */
export function touchedFlows(
  flows: readonly FlowDefinition[],
  changed: readonly string[],
): readonly FlowDefinition[] {
  if (changed.includes("tieline.yaml")) return flows;
  return flows.filter(({ name, texts }) =>
    changed.some((path) => path.startsWith(`mappings/${name}/`) || Object.hasOwn(texts, path)),
  );
}
