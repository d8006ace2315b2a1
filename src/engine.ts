import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { openDispatcher, openStore, readsOf } from "./backends.ts";
import type { HubSettings } from "./config/hub-settings.ts";
import { partOf, type Role } from "./config/role.ts";
import type { System } from "./connector/contract.ts";
import type { Gate } from "./connector/gate.ts";
import type { Engine, EngineStatus } from "./control/engine.ts";
import { engineAlerts } from "./engine-alerts.ts";
import { HubError } from "./errors.ts";
import { blockedKeys } from "./flow/blocked-keys.ts";
import { fence } from "./flow/fence.ts";
import type { LiveFlow } from "./flow/live-flow.ts";
import type { Settled, SettleEnvironment } from "./flow/settlement.ts";
import type { Shadow } from "./flow/shadow.ts";
import { accessDesk } from "./intake/access-desk.ts";
import { admitAhead } from "./intake/admit-ahead.ts";
import { backUp } from "./intake/back-up.ts";
import { commands } from "./intake/commands.ts";
import { deployDesk } from "./intake/deploy-desk.ts";
import { type DeployerEnvironment, deployer } from "./intake/deployer.ts";
import { freeBytes } from "./intake/disk.ts";
import { every } from "./intake/every.ts";
import { fileIntake } from "./intake/file-intake.ts";
import { gathering } from "./intake/gathering.ts";
import { laneKeeper } from "./intake/lane-keeper.ts";
import { looks } from "./intake/looks.ts";
import { mapAhead } from "./intake/map-ahead.ts";
import type { MapperDoor } from "./intake/mapper.ts";
import { pauses } from "./intake/pauses.ts";
import { recordReader } from "./intake/read-record.ts";
import type { ReaderDoor } from "./intake/reader.ts";
import { retention } from "./intake/retention.ts";
import { runs } from "./intake/runs.ts";
import { scheduler } from "./intake/scheduler.ts";
import { senders } from "./intake/senders.ts";
import { sources } from "./intake/sources.ts";
import { statusReader } from "./intake/status.ts";
import { sumDays } from "./intake/sweep.ts";
import { engineTraces } from "./intake/trace.ts";
import { transformer } from "./intake/transformer.ts";
import { waysOf } from "./intake/ways.ts";
import { workLoop } from "./intake/work-loop.ts";
import { enableLinearRegex } from "./mapping/regex-guard.ts";
import { countAdmitted } from "./observe/count.ts";
import type { Counters } from "./observe/counter.ts";
import { dispatchNews } from "./observe/dispatch-news.ts";
import { engineNews } from "./observe/engine-news.ts";
import type { Logger } from "./observe/logger.ts";
import type { Tracing } from "./observe/tracing.ts";
import { DUTY } from "./store/lane-table.ts";

const POLL_MS = 1_000;
const LOOK_MS = 1_000;
const HOUSEKEEPING_MS = 60_000;

export interface EngineOptions {
  readonly settings: HubSettings;
  readonly role: Role;
  readonly systems: Readonly<Record<string, System>>;
  /** Of the systems that have limits; without it none has. */
  readonly gates?: ReadonlyMap<string, Gate>;
  /** Reads the flow folders and stored versions; see Deployer. */
  readonly project: Pick<DeployerEnvironment, "read" | "fromTexts">;
  /** Whether something in the project folder changed since the last call. */
  readonly projectChanged: () => Promise<boolean>;
  readonly logger: Logger;
  readonly counters: Counters;
  /** Who is told of spans; nobody unless given. */
  readonly tracing: Tracing | null;
  /** Readers for files; without it the engine reads them itself. */
  readonly openReader?: ReaderDoor;
  /** Mappers for messages; without it the engine maps them itself. */
  readonly openMapper?: MapperDoor;
  /** Called when flows came into force or went. */
  readonly onFlows: (flows: readonly LiveFlow[]) => void;
  /** Called when the engine can never work again: the others of its store have given it up. */
  readonly lost: (error: HubError) => void;
  /** Called once when the store's server is not there; the engine waits for it. */
  readonly waiting: (error: HubError) => void;
}

export interface RunningEngine extends Engine {
  /** There was no store before. */
  readonly fresh: boolean;
  readonly flows: () => readonly LiveFlow[];
  /** Stops in the order the data flows: intake, transform, delivery, store. */
  stop(): Promise<void>;
}

/**
 * The engine: the one writer of the store, with everything that works on messages. Composition only; `backends.ts` picks
 * the technology.
 * @throws HubError TL_CONFLICT when another hub has the store
 */
export async function startEngine(options: EngineOptions): Promise<RunningEngine> {
  const { settings, logger, counters } = options;
  enableLinearRegex();
  mkdirSync(settings.data, { recursive: true, mode: 0o700 });
  const now = (): number => Date.now();
  const clock = (): number => performance.now();
  const news = engineNews(logger, counters);
  // Before the store, which nobody need have taken over when a setting is refused.
  const dispatcher = await openDispatcher(
    settings.dispatch,
    now,
    news.workFailed,
    dispatchNews(logger, counters),
  );
  const { store, fresh } = await openStore(settings.storage, options.role, options.lost, options.waiting);
  const ways = waysOf(options.systems);
  const paused = pauses();
  const { running, accepting } = paused;
  const blocked = blockedKeys();
  const guard = fence(blocked);
  let stopping = false;

  const shadow: Shadow = { every: settings.mapping.shadow, report: news.shadowed };
  const deploys = deployer({
    store,
    now,
    mode: settings.deploy,
    ...options.project,
    deployed: news.deployed,
    broken: news.broken,
    shadow,
  });
  const flows = deploys.flows;

  const settleEnvironment = (): SettleEnvironment => ({
    now: now(),
    random: Math.random,
    blocked,
    subscribers: (topic) => flows.subscribers(topic),
    isOwn: ways.isOwn,
  });
  const settled = (result: Settled): void => {
    if (result.wakeAt !== null) loop.dueAt(result.wakeAt);
    if (result.passedOn) wakeAll();
  };

  const traces = options.tracing === null ? null : engineTraces(options.tracing, store);
  const routes = senders({
    traces,
    store,
    flows,
    now,
    random: Math.random,
    blocked,
    fence: guard,
    sink: ways.sink,
    running,
    wakeAt: (at) => loop.dueAt(at),
    tried: news.tried,
    note: news.attempted,
  });
  const arriving = gathering(clock);
  // Where others work on the store too, whose turn it is shows only when messages are claimed; and a span is begun then.
  const mapsAhead = store.seat.alone() && options.tracing === null;
  const ahead = mapAhead({
    open: (mapsAhead ? options.openMapper : undefined) ?? (() => undefined),
    compiled: join(settings.data, "compiled"),
    shadow,
    flow: (id) => flows.current(id),
    running,
    known: () => guard.known(),
    clock,
    ready: () => dispatcher.wake(),
    gone: news.mapperGone,
  });
  const transforms = transformer({
    traces,
    store,
    flows,
    fence: guard,
    read: recordReader(store, settings.data),
    settle: settleEnvironment,
    running,
    settled: (flow, result) => {
      settled(result);
      news.transformed(flow, result);
    },
    clock,
    busy: () => performance.eventLoopUtilization().active,
    storeApart: settings.storage.kind !== "sqlite",
    ahead,
    failed: news.transformFailed,
  });
  const files = fileIntake({
    store,
    fence: guard,
    data: settings.data,
    settle: settleEnvironment,
    settled: (flow, result) => {
      settled(result);
      news.rowsSettled(flow, result);
    },
    now,
    clock,
    shadow,
    openReader: options.openReader ?? (() => undefined),
    flows,
    source: ways.files,
    running,
    accepting,
    problem: news.fileProblem,
    finished: news.fileFinished,
  });
  const folders = looks({
    flows,
    clock,
    random: Math.random,
    source: ways.files,
    take: (flow) => files.take(flow),
    taken: () => dispatcher.wake(),
    failed: news.sourceFailed,
  });
  const state = statusReader({
    store,
    flows,
    now,
    clock,
    paused: (flow) => ({ accepting: accepting(flow), running: running(flow) }),
    problems: (name) => deploys.problems(name),
    route: (route) => routes.state(route),
    nextSlot: (flow) => slots.next(flow),
    source: (flow) => collects.status(flow),
    held: () => {
      const held = store.seat.held();
      return { lanes: held.lanes.length, duty: held.lease(DUTY) !== undefined };
    },
    free: () => freeBytes(settings.data),
    limits: settings.limits,
    counters,
  });
  const collects = sources({
    store,
    flows,
    now,
    clock,
    random: Math.random,
    source: ways.source,
    // One hub alone reads them: another ends its connections when it has lost that duty.
    accepting: (flow) => accepting(flow) && store.seat.held().lease(DUTY) !== undefined,
    hasRoom: async () => {
      const { diskLow, backlogFull } = await state.read();
      return !diskLow && !backlogFull;
    },
    collected: (flow, receipts) => {
      news.collected(flow, receipts);
      dispatcher.wake();
    },
    failed: news.sourceFailed,
  });
  const begun = runs({ store, files, collects, wake: () => dispatcher.wake() });
  const slots = scheduler({
    store,
    flows,
    now,
    run: (flow) => begun.planned(flow),
    runAsked: (flow) => begun.hurried(flow),
    failed: news.slotFailed,
    ended: news.slotEnded,
  });

  async function reloadPaused(): Promise<void> {
    const rows = await store.transaction(async (tx) => {
      await guard.learn(tx);
      return tx.flows.all();
    });
    paused.learn(rows);
    state.forget();
  }

  /** A person has done something to another process that this one must know. */
  async function heard(told: number): Promise<void> {
    if (told === guard.known()) return;
    await reloadPaused();
    await files.refresh();
    wakeAll();
  }

  function wakeAll(): void {
    dispatcher.wake();
    routes.pump();
  }

  let undeployed = true;

  async function deployAll(): Promise<void> {
    undeployed = true;
    await deploys.deploy();
    await routes.refresh();
    await reloadPaused();
    options.onFlows(flows.all());
    undeployed = false;
  }

  const loop = workLoop({
    ...{ store, now, clock, arriving, heard, poll: POLL_MS },
    transform: transforms,
    read: () => files.turn(),
    deliver: () => routes.pump(),
    wakeAt: (at) => dispatcher.wakeAt(at),
    stopping: () => stopping,
    works: news.works,
  });

  /** What other processes have changed is seen soon, told or not. */
  async function follow(): Promise<void> {
    if (await deploys.follow()) {
      await routes.refresh();
      options.onFlows(flows.all());
      wakeAll();
    }
    await routes.follow();
  }

  /** Sources without a schedule are asked all the time. */
  async function look(): Promise<void> {
    // A change is told once; one that could not be taken up is tried again.
    if ((await options.projectChanged()) || undeployed || (await deploys.isBehind())) await deployAll();
    if (!store.seat.alone()) await follow();
    await collects.tick();
    folders.tick();
  }

  await options.projectChanged();
  await deployAll();
  await deploys.follow();
  const part = partOf(options.role);
  // Who works on nothing wakes others, and is not woken.
  if (part.lanes || part.duty) dispatcher.onWake(loop.work, POLL_MS);
  const looking = every(LOOK_MS, look, news.lookFailed);
  const keeping = laneKeeper({
    store,
    told: heard,
    gained: async (lanes) => {
      await store.transaction((tx) => guard.relearn(tx));
      await routes.recover(lanes);
    },
    begin: wakeAll,
    idle: (lanes) => routes.idle(lanes),
    failed: news.leaseFailed,
  });
  const housekeeping = every(
    HOUSEKEEPING_MS,
    () => sumDays(store, now()),
    () => undefined,
  );

  const forgetting = retention({
    ...{ store, settings: settings.retention, data: settings.data, now, clock },
    forgotten: (kind, n) => counters.add("forgotten", { kind }, n),
  });
  const sweeping = every(HOUSEKEEPING_MS, () => forgetting.tick(), news.sweepFailed);

  const alerts = engineAlerts({
    ...{ store, now, settings: settings.alerts, status, failed: news.alertFailed },
    queries: async () => (await readsOf(settings.storage))().queries,
    sink: ways.sink,
  });

  const acts = commands({
    store,
    flows,
    now,
    changed: async () => {
      await reloadPaused();
      wakeAll();
    },
    runNow: (flow) => begun.asked(flow),
    cursorSource: (flow) => collects.status(flow)?.name ?? null,
    cursorMoved: (flow) => collects.moved(flow),
    resumeRoute: (flow, to) => routes.resume(flow, to),
    refreshFiles: async () => {
      await files.refresh();
      dispatcher.wake();
    },
    backup: (folder) => backUp(settings.data, store.backup, folder),
    testAlerts: () => alerts.test(),
  });

  async function status(): Promise<EngineStatus> {
    const gates = Object.fromEntries([...(options.gates ?? [])].map(([name, gate]) => [name, gate.state()]));
    return { ...(await state.read()), gates, stopping };
  }

  const desk = deployDesk({
    ...{ store, flows, now, mode: settings.deploy, refresh: deployAll, dir: settings.dir },
    fromTexts: options.project.fromTexts,
  });

  return {
    ...acts,
    ...desk,
    ...accessDesk(store, now),
    fresh,
    flows: () => flows.all(),
    async admit(items) {
      if (stopping) throw new HubError("TL_STOPPING", "the hub is stopping");
      const { receipts, inTurn } = await admitAhead(
        store,
        ahead,
        items,
        (flow) => flows.current(flow),
        now(),
      );
      countAdmitted(counters, items, receipts, (flow) => flows.current(flow)?.name ?? "");
      if (inTurn > 0) {
        arriving.came(inTurn);
        dispatcher.wake();
      }
      return receipts;
    },
    status,
    async stop() {
      stopping = true;
      looking.stop();
      housekeeping.stop();
      sweeping.stop();
      keeping.stop();
      await forgetting.close();
      await alerts.stop();
      await folders.close();
      await slots.stop();
      await collects.close();
      await dispatcher.close();
      await ahead.close();
      await files.close();
      await routes.close();
      for (const system of Object.values(options.systems)) await system.close();
      await store.close();
      await options.tracing?.close();
    },
  };
}
