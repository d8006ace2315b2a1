import type {
  Act,
  ChannelTest,
  Engine,
  Pausable,
  ReplayOptions,
  ReplayPlanReport,
  RunBegun,
  Selection,
} from "../control/engine.ts";
import { HubError } from "../errors.ts";
import { discardMessage, parkMessage } from "../flow/acts.ts";
import { insertEdited } from "../flow/edited-copy.ts";
import type { LiveFlow } from "../flow/live-flow.ts";
import type { FlowRegistry } from "../flow/registry.ts";
import { replay, reportReplay } from "../flow/replay.ts";
import { causeText } from "../message/cause.ts";
import { messageId, parseMessageId } from "../message/id.ts";
import type { FlowRow } from "../store/flow-table.ts";
import type { MessageSelection } from "../store/message-table.ts";
import type { Store, Tx } from "../store/store.ts";

/** No bulk act touches more than this at once; the rest is left for the next. */
const MOST_SELECTED = 100_000;

export interface CommandEnvironment {
  readonly store: Store;
  readonly flows: FlowRegistry;
  readonly now: () => number;
  /** Reads pauses and blocked keys anew and wakes the workers. */
  readonly changed: () => Promise<void>;
  readonly runNow: (flow: LiveFlow) => Promise<RunBegun>;
  /** `system.source` where that has a cursor. */
  readonly cursorSource: (flow: LiveFlow) => string | null;
  /** The cursor of the flow's source is another one now. */
  readonly cursorMoved: (flow: LiveFlow) => Promise<void>;
  readonly resumeRoute: (flow: LiveFlow, to: string) => Promise<void>;
  readonly refreshFiles: () => Promise<void>;
  readonly backup: (folder: string) => Promise<number>;
  readonly testAlerts: () => Promise<readonly ChannelTest[]>;
}

type Commands = Omit<
  Engine,
  "admit" | "status" | "planDeploy" | "deploy" | "publishMapping" | "addCase" | "changeAccess" | "note"
>;

/** What people do to a hub. Each act is in the audit log in the transaction that carries it out (invariant I6). */
export function commands(env: CommandEnvironment): Commands {
  function act<Result>(
    by: Act,
    verb: string,
    target: string,
    detail: object | null,
    work: (tx: Tx) => Promise<Result>,
  ): Promise<Result> {
    return actWith(by, verb, target, async (tx) => ({ result: await work(tx), detail }));
  }

  /** An act of which the audit log keeps what only carrying it out tells. */
  async function actWith<Result>(
    by: Act,
    verb: string,
    target: string,
    work: (tx: Tx) => Promise<{ readonly result: Result; readonly detail: object | null }>,
  ): Promise<Result> {
    const result = await env.store.transaction(async (tx) => {
      await tx.lanes.enter();
      const { result: done, detail } = await work(tx);
      await tx.lanes.tell();
      await tx.audit.add({
        at: env.now(),
        actor: by.actor,
        act: verb,
        target,
        detail: detail === null ? null : JSON.stringify(detail),
        reason: by.reason,
      });
      return done;
    });
    await env.changed();
    return result;
  }

  function flowNamed(name: string): LiveFlow {
    const flow = env.flows.byName(name);
    if (flow === undefined) throw new HubError("TL_NOT_FOUND", `there is no flow ${name} in force`);
    return flow;
  }

  async function setPaused(tx: Tx, flow: LiveFlow, what: Pausable, paused: boolean): Promise<void> {
    const row = (await tx.flows.all()).find((one) => one.id === flow.id);
    const accepting = what === "deliver" ? (row?.accepting ?? true) : !paused;
    const running = what === "accept" ? (row?.running ?? true) : !paused;
    await tx.flows.setPaused(flow.id, accepting, running);
  }

  /** Also one that is not in force. */
  async function storedFlow(tx: Tx, name: string): Promise<FlowRow> {
    const found = (await tx.flows.all()).find((one) => one.name === name);
    if (found === undefined) throw new HubError("TL_NOT_FOUND", "there is no flow of this name");
    return found;
  }

  function toSelection(selection: Selection): MessageSelection {
    const { messages, flow, ...rest } = selection;
    if (messages === undefined && flow === undefined && Object.keys(rest).length === 0) {
      throw new HubError("TL_USAGE", "a replay needs at least one condition");
    }
    return {
      ...rest,
      ...(messages === undefined ? {} : { places: messages.map(parseMessageId) }),
      ...(flow === undefined ? {} : { flow: flowNamed(flow).id }),
    };
  }

  return {
    pause: (by, flow, what) =>
      act(by, "pause", flow, { what }, (tx) => setPaused(tx, flowNamed(flow), what, true)),
    resume: (by, flow, what) =>
      act(by, "resume", flow, { what }, (tx) => setPaused(tx, flowNamed(flow), what, false)),
    async runNow(by, name) {
      const flow = flowNamed(name);
      await act(by, "run", name, null, async () => undefined);
      return await env.runNow(flow);
    },
    async moveCursor(by, name, cursor) {
      const flow = flowNamed(name);
      const from = env.cursorSource(flow);
      if (from === null) throw new HubError("TL_CONFLICT", `${name} reads from where there is no cursor`);
      const to = cursor === null ? null : { value: JSON.stringify(cursor), more: false, movedAt: env.now() };
      await act(by, "move-cursor", `${name} ${from}`, { to: cursor }, async (tx) => {
        const before = await tx.cursors.get(flow.id, from);
        await tx.cursors.move(flow.id, from, before?.value ?? null, to);
      });
      await env.cursorMoved(flow);
    },
    planReplay: (selection) =>
      env.store.transaction(async (tx) =>
        reportReplay(await tx.messages.select(toSelection(selection), MOST_SELECTED)),
      ),
    replay: (by: Act, selection: Selection, options: ReplayOptions): Promise<ReplayPlanReport> =>
      act(
        by,
        "replay",
        selection.messages?.join(" ") ?? selection.flow ?? "messages",
        { selection, options },
        async (tx) => {
          const selected = await tx.messages.select(toSelection(selection), MOST_SELECTED);
          return reportReplay(await replay(tx, selected, options, env.flows, env.now()));
        },
      ),
    replayEdited: (by, message, { body, allowStale }) =>
      actWith(by, "replay-edited", message, async (tx) => {
        const place = parseMessageId(message);
        const original = await tx.messages.get(place);
        const flow = await flowOf(tx, place);
        if (original === undefined) throw new HubError("TL_NOT_FOUND", "there is no message of this id");
        if (flow === undefined)
          throw new HubError("TL_CONFLICT", `the flow of ${message} is not in force`, {
            cure: "Put the flow's folder back, then replay.",
          });
        const edit = { body, allowStale, by: by.actor };
        const { copy, ...detail } = await insertEdited(tx, original, flow, edit, env.now());
        return { result: messageId(copy), detail: { copy: messageId(copy), ...detail, allowStale } };
      }),
    park: (by, message) =>
      act(by, "park", message, null, async (tx) => {
        const place = parseMessageId(message);
        await parkMessage(tx, place, await flowOf(tx, place), env.now());
      }),
    discard: (by, message) =>
      act(by, "discard", message, null, async (tx) => {
        const place = parseMessageId(message);
        await discardMessage(tx, place, await flowOf(tx, place), env.now());
      }),
    async resumeRoute(by, name, route) {
      const flow = flowNamed(name);
      await env.resumeRoute(flow, route);
      await act(by, "resume-route", `${name} ${route}`, null, async () => undefined);
    },
    async resumeFile(by, id) {
      await act(by, "resume-file", String(id), null, async (tx) => {
        const file = await tx.files.get(id);
        if (file === undefined) throw new HubError("TL_NOT_FOUND", `there is no file ${id}`);
        if (file.state !== "stopped")
          throw new HubError("TL_CONFLICT", `the file is ${file.state}; only a stopped one goes on`);
        await tx.files.resume(id);
      });
      await env.refreshFiles();
    },
    acknowledgeAlert: (by, id) =>
      act(by, "acknowledge", `alert ${id}`, null, async (tx) => {
        if (!(await tx.alerts.acknowledge(id, by.actor, env.now())))
          throw new HubError("TL_NOT_FOUND", `there is no alert ${id} that fires`);
      }),
    muteAlert: (by, id, until) =>
      act(by, "mute", `alert ${id}`, { until }, async (tx) => {
        if (!(await tx.alerts.mute(id, until))) throw new HubError("TL_NOT_FOUND", `there is no alert ${id}`);
      }),
    muteErrors: (by, group, until) =>
      act(by, "mute-errors", `${group.flow} ${causeText(group)}`, { until }, async (tx) => {
        const { id, version } = await storedFlow(tx, group.flow);
        if (until === null && version === null)
          throw new HubError("TL_CONFLICT", `no version of ${group.flow} is in force that could change`);
        const { route, fingerprint } = group;
        await tx.mutes.set({ flow: id, route, fingerprint, until, by: by.actor, at: env.now() });
      }),
    unmuteErrors: (by, group) =>
      act(by, "unmute-errors", `${group.flow} ${causeText(group)}`, null, async (tx) => {
        const { route, fingerprint } = group;
        const { id } = await storedFlow(tx, group.flow);
        if (!(await tx.mutes.clear({ flow: id, route, fingerprint })))
          throw new HubError("TL_NOT_FOUND", "this cause was not muted");
      }),
    async testAlerts(by) {
      await act(by, "test-alerts", "alerts", null, async () => undefined);
      return env.testAlerts();
    },
    async backup(by, folder) {
      const bytes = await env.backup(folder);
      await act(by, "backup", folder, { bytes }, async () => undefined);
      return { bytes };
    },
  };

  async function flowOf(tx: Tx, place: number): Promise<LiveFlow | undefined> {
    const message = await tx.messages.get(place);
    return message === undefined ? undefined : env.flows.current(message.flow);
  }
}
