import { type ApiDeps, DEFAULT_LIMITS, type FlowEntry } from "./api/deps.ts";
import type { createServer } from "./api/server.ts";
import { loadOrCreateToken } from "./api/token.ts";
import { type Reads, readsOf } from "./backends.ts";
import type { HubStart, RunningHub } from "./cli/ports.ts";
import { describeDispatch } from "./config/dispatch.ts";
import type { DispatchSettings, StorageSettings } from "./config/hub-settings.ts";
import { describeStorage } from "./config/storage.ts";
import type { EngineStatus } from "./control/engine.ts";
import type { RemoteEngine } from "./control/rpc.ts";
import type { EngineThread } from "./engine-host.ts";
import { HubError } from "./errors.ts";
import { openFormat } from "./format/open.ts";
import { type LogLevel, openLogger } from "./observe/logger.ts";
import { openTracing } from "./observe/open-tracing.ts";
import { openProject } from "./project.ts";
import type { FlowInForce, ProjectPlace } from "./thread.ts";

type FastifyServer = Awaited<ReturnType<typeof createServer>>;

/**
 * The front on this thread, on top of an engine that is starting. Composition only; `backends.ts` picks the
 * technology.
 * @throws HubError when the project, the data folder or the address cannot be used
 */
export async function openFront(
  options: HubStart,
  place: ProjectPlace,
  logLevel: LogLevel,
  thread: EngineThread,
): Promise<RunningHub> {
  const { engine } = thread;
  const project = await openProject(place);
  const { settings } = project;
  const { token, created } = loadOrCreateToken(settings.data);
  let reads: Reads | null = null;
  const opened = (): Reads => {
    if (reads === null) throw new HubError("TL_STOPPING", "the engine has not started yet");
    return reads;
  };
  // Its code is loaded while the engine starts.
  const openReads = await readsOf(settings.storage);
  const { createServer } = await import("./api/server.ts");
  const logger = openLogger(logLevel);
  const tracing = await openTracing(logger);
  const watched = Object.values(project.systems).some(({ telephone }) => telephone !== undefined);
  const desk = watched
    ? await (await import("./hub-desk.ts")).openHubDesk(project.systems, settings.dir, () => deps)
    : undefined;
  const deps: ApiDeps = {
    engine,
    status: presentStatus(thread),
    flows: flowEntries(thread),
    source: (system, name) => {
      const source = project.systems[system]?.sources[name];
      return source?.kind === "push" ? source : undefined;
    },
    readFlow: project.fromTexts,
    openFormat: (definition) =>
      openFormat("topic" in definition.source ? { json: {} } : definition.source.format),
    get queries() {
      return opened().queries;
    },
    get crm() {
      return opened().crm;
    },
    systems: () =>
      Object.entries(settings.systems).map(([name, system]) => ({
        name,
        connector: system.connector,
        written: system.written,
        check: async () => project.systems[name]?.check(),
      })),
    settings,
    token,
    logger,
    tracing,
    now: () => Date.now(),
    version: options.version,
    limits: DEFAULT_LIMITS,
    ...(desk === undefined ? {} : { desk }),
  };
  const server = await createServer(deps);
  const { fresh } = await thread.ready;
  reads = openReads();
  const { queries } = reads;
  const url = await listen(server, settings.listen);
  desk?.begin();
  say(options, {
    url,
    token: created ? token : null,
    data: settings.data,
    storage: settings.storage,
    dispatch: settings.dispatch,
    flows: thread.flows(),
  });
  if (fresh && !options.empty) {
    const { runExamples } = await import("./examples.ts");
    await runExamples({
      url,
      dir: settings.dir,
      flows: thread.flows(),
      systems: project.systems,
      queries,
      engine,
      print: options.print,
    });
  }

  let stopped: Promise<void> | null = null;
  const stop = async (): Promise<void> => {
    // In the order the data flows: the door first, then the engine; reads last.
    thread.markStopping();
    await desk?.close();
    await closeInTime(server);
    await tracing?.close();
    await thread.stop();
    await queries.close();
    for (const system of Object.values(project.systems)) await system.close();
  };
  return {
    url,
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
    done: thread.done,
  };
}

/** How long requests under way may take when the hub stops; milliseconds. */
const REQUESTS_MS = 4_000;

async function closeInTime(server: FastifyServer): Promise<void> {
  const late = setTimeout(() => server.server.closeAllConnections(), REQUESTS_MS);
  await server.close();
  clearTimeout(late);
}

async function listen(
  server: FastifyServer,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<string> {
  try {
    return await server.listen({ host, port });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    throw new HubError("TL_CONFIG_INVALID", `cannot listen on ${host}:${port} (${code})`, {
      cure: "Stop what listens there, or choose another address with --listen or TIELINE_LISTEN.",
    });
  }
}

function latest(engine: RemoteEngine): EngineStatus {
  const status = engine.latest();
  if (status === null) throw new HubError("TL_STOPPING", "the engine has not started yet");
  return status;
}

/** The status as last pushed, with this thread's own word on stopping; the same object until the next push. */
function presentStatus(thread: EngineThread): () => EngineStatus {
  return () => {
    const status = latest(thread.engine);
    return thread.stopping() && !status.stopping ? { ...status, stopping: true } : status;
  };
}

/** Flows with their state; the same array as long as no definition changes. */
function flowEntries(thread: EngineThread): () => readonly FlowEntry[] {
  let seen: { readonly flows: readonly FlowInForce[]; readonly status: EngineStatus } | null = null;
  let versions = "";
  let entries: readonly FlowEntry[] = [];
  return () => {
    const flows = thread.flows();
    const status = latest(thread.engine);
    if (seen?.flows === flows && seen.status === status) return entries;
    const now = status.flows.map((flow) => `${flow.name} ${flow.version}`).join();
    if (seen?.flows !== flows || now !== versions) {
      const definitions = new Map(flows.map((flow) => [flow.id, flow.definition]));
      entries = status.flows.map((flow) => ({ definition: definitions.get(flow.id) ?? null, status: flow }));
      versions = now;
    }
    seen = { flows, status };
    return entries;
  };
}

function say(
  options: HubStart,
  hub: {
    readonly url: string;
    readonly token: string | null;
    readonly data: string;
    readonly storage: StorageSettings;
    readonly dispatch: DispatchSettings;
    readonly flows: readonly FlowInForce[];
  },
): void {
  const { print } = options;
  print(`Tieline ${options.version} listens on ${hub.url}`);
  print(`  data    ${hub.data}`);
  if (hub.storage.kind !== "sqlite") print(`  store   ${describeStorage(hub.storage)}`);
  if (hub.dispatch.kind !== "in-process") print(`  wakes   ${describeDispatch(hub.dispatch)}`);
  print(
    `  flows   ${hub.flows.length === 0 ? "none yet: tieline new flow <name>" : hub.flows.map((flow) => flow.definition.name).join(", ")}`,
  );
  if (hub.token !== null) {
    print(`  token   ${hub.token}`);
    print("          shown this once; it is kept in the data folder, file api-token, and opens the API");
  }
}
