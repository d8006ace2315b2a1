import type { RunBegun } from "../control/engine.ts";
import type { LiveFlow } from "../flow/live-flow.ts";
import { DUTY } from "../store/lane-table.ts";
import type { Store } from "../store/store.ts";
import type { FileIntake } from "./file-intake.ts";
import type { Sources } from "./sources.ts";

/** Has a flow's source read: by its schedule, or because a person asks for it. */
export interface Runs {
  /** For a slot. @returns what is written to it */
  planned(flow: LiveFlow): Promise<string>;
  /** For a person, here; what is under way goes on outside the flow's window too. */
  hurried(flow: LiveFlow): Promise<RunBegun>;
  /** The same, by whichever process has files. */
  asked(flow: LiveFlow): Promise<RunBegun>;
}

export function runs(env: {
  readonly store: Store;
  readonly files: Pick<FileIntake, "take" | "hurry">;
  readonly collects: Pick<Sources, "begin">;
  readonly wake: () => void;
}): Runs {
  async function hurried(flow: LiveFlow): Promise<RunBegun> {
    const records = await env.collects.begin(flow);
    if (records !== undefined) return { files: 0, records, asked: false };
    const files = await env.files.take(flow);
    await env.files.hurry(flow);
    env.wake();
    return { files, records: 0, asked: false };
  }

  return {
    hurried,
    async planned(flow) {
      const records = await env.collects.begin(flow);
      if (records !== undefined) return `reading began, ${records} records in the first batch`;
      const files = await env.files.take(flow);
      env.wake();
      return `${files} files taken`;
    },
    async asked(flow) {
      if (env.store.seat.held().lease(DUTY) !== undefined) return hurried(flow);
      await env.store.transaction((tx) => tx.slots.ask(flow.id));
      return { files: 0, records: 0, asked: true };
    },
  };
}
