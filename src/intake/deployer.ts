import type { FlowDefinition } from "../config/flow-definition.ts";
import type { DeployMode } from "../config/hub-settings.ts";
import { asHubError, type Issue } from "../errors.ts";
import { compileFlow } from "../flow/compile.ts";
import { type LiveFlow, liveFlow } from "../flow/live-flow.ts";
import { type FlowRegistry, flowRegistry } from "../flow/registry.ts";
import type { Shadow } from "../flow/shadow.ts";
import { versionHash } from "../flow/version-hash.ts";
import type { FlowRow } from "../store/flow-table.ts";
import type { Store } from "../store/store.ts";

/** A flow folder as it lies on disk now: a definition, or what is wrong with it. */
export interface FolderState {
  readonly name: string;
  readonly definition: FlowDefinition | null;
  readonly issues: readonly Issue[];
}

export interface DeployerEnvironment {
  readonly store: Store;
  readonly now: () => number;
  /** manual: what the store says is in force is taken up, and the folders are not looked at. */
  readonly mode: DeployMode;
  /** Reads every flow folder. */
  readonly read: () => Promise<readonly FolderState[]>;
  /** A definition from the texts of a stored version. @throws HubError when this program cannot read them */
  readonly fromTexts: (name: string, texts: Readonly<Record<string, string>>) => FlowDefinition;
  readonly deployed: (flow: LiveFlow, before: LiveFlow | undefined) => void;
  readonly broken: (name: string, issues: readonly Issue[]) => void;
  /** Who compares mappings with the reference library. */
  readonly shadow: Shadow;
}

/** Puts flow folders in force: each text set is a version named by its hash, and stays in the store. */
export interface Deployer {
  readonly flows: FlowRegistry;
  /** Takes up what changed on disk or in the store. What is broken leaves its old version running and says why. */
  deploy(): Promise<void>;
  /** Whether there is something to take up that needs no change of a file: a version in the store, a wait that ended. */
  isBehind(): Promise<boolean>;
  /**
   * Takes up what other processes have put in force from their folders since it was called last; true when there was
   * anything.
   */
  follow(): Promise<boolean>;
  /** What is wrong with the newest text of a flow; empty when it is in force. */
  problems(name: string): readonly Issue[];
}

export function deployer(env: DeployerEnvironment): Deployer {
  const problems = new Map<string, readonly Issue[]>();
  /** Flows whose change waits for what is under way. */
  const waiting = new Set<string>();
  /** By flow, the version in the store that could not be taken up. */
  const unreadable = new Map<string, number>();
  /** Version in force by flow, as the store had it last; null before the first look. */
  let stored: ReadonlyMap<number, number> | null = null;
  const flows = flowRegistry(loadVersion);

  async function loadVersion(id: number): Promise<LiveFlow> {
    const { version, name, routes } = await env.store.transaction(async (tx) => {
      const found = await tx.flows.version(id);
      const row = (await tx.flows.all()).find((flow) => flow.id === found?.flow);
      return { version: found, name: row?.name, routes: await tx.flows.routes() };
    });
    if (version === undefined || name === undefined)
      throw new Error(`flow version ${id} is not in the store`);
    return liveFlow(version, compileFlow(env.fromTexts(name, version.texts), env.shadow), routes);
  }

  async function takeUp(folder: FolderState): Promise<void> {
    waiting.delete(folder.name);
    if (folder.definition === null) return refuse(folder.name, folder.issues);
    const definition = folder.definition;
    const hash = versionHash(definition.texts);
    const before = flows.byName(folder.name);
    if (before?.hash === hash) {
      if (problems.delete(folder.name))
        await env.store.transaction((tx) => tx.flows.setProblem(folder.name, null));
      return;
    }
    try {
      if (before === undefined && !env.store.seat.alone() && (await isFormer(folder.name, hash)))
        return await keepOld(folder.name);
      const compiled = compileFlow(definition, env.shadow);
      if (before !== undefined && before.definition.key !== definition.key && (await underWay(before))) {
        waiting.add(folder.name);
        const message = "the change of `key` waits until what is under way with the old key has ended";
        return await refuse(folder.name, [{ message, place: { file: definition.file } }]);
      }
      const routes = definition.routes.map((route) => route.to);
      const flow = await env.store.transaction(async (tx) => {
        const version = await tx.flows.deploy(folder.name, hash, definition.texts, routes, env.now());
        return liveFlow(version, compiled, await tx.flows.routes());
      });
      problems.delete(folder.name);
      flows.put(flow);
      env.deployed(flow, before);
    } catch (thrown) {
      const error = asHubError(thrown);
      // Not the folder's fault; it is taken up when the hub can do it again.
      if (error.fault === "hub") throw error;
      await refuse(folder.name, [
        { message: error.describe(), ...(error.place === undefined ? {} : { place: error.place }) },
      ]);
    }
  }

  async function refuse(name: string, issues: readonly Issue[]): Promise<void> {
    const text = issues.map((issue) => issue.message).join("\n");
    const known = problems
      .get(name)
      ?.map((issue) => issue.message)
      .join("\n");
    if (known === text) return;
    problems.set(name, issues);
    await env.store.transaction((tx) => tx.flows.setProblem(name, text));
    env.broken(name, issues);
    await keepOld(name);
  }

  /** After a restart the version in force is known from the store alone. */
  async function keepOld(name: string): Promise<void> {
    if (flows.byName(name) !== undefined) return;
    const row = (await env.store.transaction((tx) => tx.flows.all())).find((flow) => flow.name === name);
    if (row?.version == null) return;
    try {
      const old = await flows.version(row.version);
      flows.put(old);
      env.deployed(old, undefined);
    } catch (error) {
      env.broken(name, [{ message: asHubError(error).describe() }]);
    }
  }

  /**
   * Whether the folder is older than what is in force. While other processes run on what is newer, a process that starts
   * on an old folder does as they do, and does not put the old text in force again.
   */
  function isFormer(name: string, hash: string): Promise<boolean> {
    return env.store.transaction((tx) => tx.flows.isFormer(name, hash));
  }

  async function follow(): Promise<boolean> {
    const rows = await env.store.transaction((tx) => tx.flows.all());
    const before = stored;
    stored = new Map(rows.flatMap(({ id, version }) => (version === null ? [] : [[id, version] as const])));
    if (before === null || env.mode === "manual") return false;
    let any = false;
    for (const { id, name, version } of rows) {
      const mine = flows.current(id);
      if (version === null || before.get(id) === version || mine?.version === version) continue;
      try {
        const flow = await flows.version(version);
        flows.put(flow);
        env.deployed(flow, mine);
        any = true;
      } catch (error) {
        env.broken(name, [{ message: asHubError(error).describe() }]);
      }
    }
    return any;
  }

  async function underWay(flow: LiveFlow): Promise<boolean> {
    return env.store.transaction((tx) => tx.messages.openOnVersion(flow.version));
  }

  /** Flows in the store whose version in force is not the one that runs here. */
  async function notTakenUp(): Promise<readonly FlowRow[]> {
    const rows = await env.store.transaction((tx) => tx.flows.all());
    return rows.filter(
      ({ name, version }) =>
        (flows.byName(name)?.version ?? null) !== version && unreadable.get(name) !== (version ?? undefined),
    );
  }

  async function takeUpStored({ id, name, version }: FlowRow): Promise<void> {
    if (version === null) return flows.remove(id);
    try {
      const before = flows.byName(name);
      const flow = await flows.version(version);
      flows.put(flow);
      unreadable.delete(name);
      problems.delete(name);
      env.deployed(flow, before);
    } catch (thrown) {
      const error = asHubError(thrown);
      if (error.fault === "hub") throw error;
      unreadable.set(name, version);
      const issues = error.issues.length > 0 ? error.issues : [{ message: error.describe() }];
      problems.set(name, issues);
      await env.store.transaction((tx) => tx.flows.setProblem(name, error.describe()));
      env.broken(name, issues);
    }
  }

  return {
    flows,
    isBehind: async () => (env.mode === "manual" ? (await notTakenUp()).length > 0 : waiting.size > 0),
    async deploy() {
      if (env.mode === "manual") {
        for (const row of await notTakenUp()) await takeUpStored(row);
        return;
      }
      const folders = await env.read();
      for (const folder of folders) await takeUp(folder);
      const names = new Set(folders.map((folder) => folder.name));
      for (const flow of flows.all()) if (!names.has(flow.name)) flows.remove(flow.id);
    },
    follow,
    problems: (name) => problems.get(name) ?? [],
  };
}
