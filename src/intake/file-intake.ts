import type { FileSource } from "../connector/contract.ts";
import { asHubError } from "../errors.ts";
import type { LiveFlow } from "../flow/live-flow.ts";
import type { FlowRegistry } from "../flow/registry.ts";
import type { FileRow } from "../store/file-table.ts";
import { DUTY } from "../store/lane-table.ts";
import { type FileRun, type FileRunEnvironment, fileRun } from "./file-run.ts";
import { writeRejects } from "./rejects.ts";
import { takeFile } from "./take-file.ts";

/** Only who has the duty works on files. */
export interface FileIntakeEnvironment extends Omit<FileRunEnvironment, "urgent"> {
  readonly flows: FlowRegistry;
  /** The file source a flow reads; undefined when its source is of another kind. */
  readonly source: (flow: LiveFlow) => FileSource | undefined;
  readonly running: (flow: number) => boolean;
  readonly accepting: (flow: number) => boolean;
  readonly finished: (file: FileRow) => void;
}

/** Files of all flows: takes them over, reads them chunk by chunk, one at a time per flow, and reports to the source. */
export interface FileIntake {
  /** Takes what the flow's source offers now; gives how many files were taken. */
  take(flow: LiveFlow): Promise<number>;
  /** Gives every file under way one turn; true when there was anything to do. */
  turn(): Promise<boolean>;
  /** What the flow has under way goes on outside its window too: a person asked for it. */
  hurry(flow: LiveFlow): Promise<void>;
  /** Whether a file of the flow is under way. */
  busy(flow: number): boolean;
  /** Reads the store for files that need work: at start, and after a person resumed one. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

export function fileIntake(env: FileIntakeEnvironment): FileIntake {
  const runs = new Map<number, FileRun>();
  let open: readonly FileRow[] = [];
  let onDuty = false;
  const taken = new Map<number, Promise<number>>();

  const isUrgent = (id: number): boolean => open.some((file) => file.id === id && file.urgent);

  async function refresh(): Promise<void> {
    open = await env.store.transaction((tx) => tx.files.unfinished());
  }

  /** Whether files are this process's; whoever had them before may have gone on with them. */
  async function hasDuty(): Promise<boolean> {
    const has = env.store.seat.held().lease(DUTY) !== undefined;
    if (has === onDuty) return has;
    onDuty = has;
    await closeRuns();
    if (has) await refresh();
    else open = [];
    return has;
  }

  async function closeRuns(): Promise<void> {
    for (const run of runs.values()) await run.close();
    runs.clear();
  }

  /** The oldest running file of each flow; two files of a flow never run side by side. */
  function firstPerFlow(): readonly FileRow[] {
    const first = new Map<number, FileRow>();
    for (const file of open)
      if (file.state === "running" && !first.has(file.flow)) first.set(file.flow, file);
    return [...first.values()];
  }

  async function tidy(file: FileRow): Promise<void> {
    const flow = env.flows.current(file.flow);
    const source = flow === undefined ? undefined : env.source(flow);
    if (flow === undefined || source === undefined) return;
    try {
      if (!file.settled) {
        const { name, size, modified, sha256 } = file;
        await source.settle({ name, size, modified, sha256 });
        await env.store.transaction((tx) => tx.files.settled(file.id));
      }
      if (!file.reported && file.state !== "running") {
        await writeRejects(env.store, env.data, file, await env.flows.version(file.flowVersion), source);
        await env.store.transaction((tx) => tx.files.reported(file.id));
        env.finished(file);
      }
    } catch (error) {
      env.problem(flow, asHubError(error));
    }
  }

  async function step(file: FileRow): Promise<boolean> {
    let run = runs.get(file.id);
    if (run === undefined) {
      // The list may be older than the last checkpoint.
      const row = (await env.store.transaction((tx) => tx.files.get(file.id))) ?? file;
      run = fileRun(row, await env.flows.version(file.flowVersion), {
        ...env,
        urgent: (id) => isUrgent(id),
      });
      runs.set(file.id, run);
    }
    let result: Awaited<ReturnType<FileRun["step"]>>;
    try {
      result = await run.step();
    } catch (error) {
      // What it had read and not committed is gone with it; another run reads it again.
      await drop(run);
      throw error;
    }
    if (result !== "ended") return result === "more";
    await drop(run);
    return true;
  }

  async function drop(run: FileRun): Promise<void> {
    runs.delete(run.file);
    await run.close();
    await refresh();
  }

  async function take(flow: LiveFlow): Promise<number> {
    const source = env.source(flow);
    if (source === undefined || !env.accepting(flow.id) || !(await hasDuty())) return 0;
    // What a crash left unsettled would be offered again.
    for (const file of open) if (file.flow === flow.id && !file.settled) await tidy(file);
    let count = 0;
    for (const offer of await source.list()) {
      const result = await takeFile(env.store, flow, source, offer, env.data, env.now(), env.fence);
      if (result.error === null) count += 1;
      else env.problem(flow, result.error);
    }
    if (count > 0) {
      await refresh();
      for (const file of open) if (file.flow === flow.id) await tidy(file);
      await refresh();
    }
    return count;
  }

  return {
    take(flow) {
      // A schedule, a person and the look-out may ask at once: they share one look at the source.
      let taking = taken.get(flow.id);
      if (taking === undefined) {
        taking = take(flow).finally(() => taken.delete(flow.id));
        taken.set(flow.id, taking);
      }
      return taking;
    },
    async turn() {
      if (!(await hasDuty())) return false;
      let worked = false;
      for (const file of firstPerFlow()) {
        if (!env.running(file.flow)) continue;
        worked = (await step(file).catch(unlessLost)) || worked;
        await new Promise((resolve) => setImmediate(resolve));
      }
      const finished = open.filter((file) => !file.settled || (!file.reported && file.state !== "running"));
      for (const file of finished) await tidy(file);
      if (finished.length > 0) await refresh();
      return worked;
    },
    async hurry(flow) {
      await env.store.transaction((tx) => tx.files.hurry(flow.id));
      await refresh();
    },
    busy: (flow) => open.some((file) => file.flow === flow && file.state === "running"),
    refresh,
    close: closeRuns,
  };
}

/** Who has the duty now goes on from the last checkpoint. */
function unlessLost(error: unknown): boolean {
  if (asHubError(error).code === "TL_LANE_LOST") return false;
  throw error;
}
