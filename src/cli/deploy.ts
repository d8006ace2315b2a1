import { setTimeout as pause } from "node:timers/promises";
import { type Command, Option } from "commander";
import { parseDuration } from "../config/duration.ts";
import type { DeployRequest } from "../control/deploy.ts";
import { HubError } from "../errors.ts";
import type { Json } from "../message/json.ts";
import { plural } from "../message/units.ts";
import type { FlowState, Items } from "./api-shape.ts";
import type { HubClient } from "./client.ts";
import type { DeployAnswer, DeployChange } from "./deploy-shape.ts";
import { changeText, type FileDiff, fileDiffs } from "./deploy-text.ts";
import { flowsOf, inspect } from "./project-files.ts";
import {
  addRemote,
  hubOf,
  print,
  projectFolder,
  type RemoteOptions,
  reasonOf,
  type Session,
} from "./session.ts";
import { paint } from "./terminal.ts";

interface DeployOptions extends RemoteOptions {
  readonly plan?: true;
  readonly apply?: true;
  readonly revert?: string;
  readonly to?: string;
  readonly wait?: string;
  readonly reason?: string;
}

/** Between two tries to put in force what has to wait; milliseconds. */
const RETRY_MS = 1_000;

export function addDeploy(program: Command, session: Session): void {
  addRemote(
    program,
    "deploy [flows...]",
    "Put the flows of this folder in force on a running hub; what it has accepted finishes on the version it came with",
    [
      "tieline deploy                        # what would change: texts, planned runs, what is under way",
      "tieline deploy --apply --reason 'new tax code'",
      "tieline deploy erp-customers --apply --wait 10m",
      "tieline deploy --revert erp-customers --apply",
    ],
  )
    .addOption(new Option("--plan", "tell what would change; nothing changes (default)").conflicts("apply"))
    .option("--apply", "do it")
    .option("--revert <flow>", "instead of this folder's texts, those that the flow had before")
    .option("--to <hash>", "with --revert: this version, by the first letters of its hash")
    .option("--wait <time>", "with --apply: try again so long, where a change has to wait (30s, 10m)")
    .option("--reason <text>", "why, for the audit log")
    .action(async (names: string[], options: DeployOptions) => {
      const hub = await hubOf(session, options);
      const request =
        options.revert === undefined
          ? await ofFolder(session, hub, names, options)
          : await ofStore(hub, options.revert, options.to, names);
      if (options.apply === true) await apply(session, hub, request, options);
      else await plan(session, hub, request, options);
    });
}

/** @throws HubError TL_CONFIG_INVALID with the problems of every file */
async function ofFolder(
  session: Session,
  hub: HubClient,
  names: readonly string[],
  options: DeployOptions,
): Promise<DeployRequest> {
  const inspection = await inspect(projectFolder(session, options), session.terminal.env);
  const flows = flowsOf(inspection, names).map(({ name, texts }) => ({ name, texts }));
  if (names.length > 0) return { flows, remove: [] };
  // The whole folder: what it does not have any more goes.
  const { items } = await hub.get<Items<FlowState>>("/flows");
  const remove = items.filter(({ name, hash }) => hash !== null && !inspection.folders.includes(name));
  return { flows, remove: remove.map(({ name }) => name) };
}

async function ofStore(
  hub: HubClient,
  flow: string,
  to: string | undefined,
  names: readonly string[],
): Promise<DeployRequest> {
  if (names.length > 0)
    throw new HubError("TL_USAGE", "--revert takes the texts of its flow from the hub alone");
  const path = `/flows/${encodeURIComponent(flow)}/versions`;
  const { items } = await hub.get<Items<{ readonly hash: string; readonly inForce: boolean }>>(path);
  const now = items.findIndex(({ inForce }) => inForce);
  const found =
    to === undefined ? items[now + 1] : items.find(({ hash }) => hash.startsWith(to.toLowerCase()));
  if (found === undefined) {
    throw new HubError(
      "TL_NOT_FOUND",
      to === undefined ? "the flow has no earlier version" : "there is no such version",
      {
        cure: `Stored are, newest first: ${items.map(({ hash }) => hash.slice(0, 8)).join(", ")}.`,
      },
    );
  }
  return { flows: [{ name: flow, texts: await textsOf(hub, flow, found.hash) }], remove: [] };
}

async function textsOf(
  hub: HubClient,
  flow: string,
  hash: string | null,
): Promise<Readonly<Record<string, string>>> {
  if (hash === null) return {};
  const path = `/flows/${encodeURIComponent(flow)}/versions/${hash}`;
  return (await hub.get<{ readonly texts: Readonly<Record<string, string>> }>(path)).texts;
}

async function plan(
  session: Session,
  hub: HubClient,
  request: DeployRequest,
  options: DeployOptions,
): Promise<void> {
  const answer = await hub.post<DeployAnswer>("/deploy/plan", bodyOf(request));
  const diffs = await diffsOf(hub, request, answer);
  const broken = answer.flows.filter(({ problems }) => problems.length > 0).length;
  if (broken > 0) session.exitCode = 1;
  const flows = answer.flows.map((flow) => ({ ...flow, files: diffs.get(flow.name) ?? [] }));
  print(session, options, { mode: answer.mode, flows }, () =>
    [...flows.map((flow) => changeText(session.terminal, flow, flow.files)), planEnd(answer, broken)].join(
      "\n",
    ),
  );
}

function planEnd({ mode, flows }: DeployAnswer, broken: number): string {
  if (broken > 0) return `${plural(broken, "flow")} cannot come into force on this hub`;
  if (flows.every(({ change }) => change === "same")) return "All of it is in force already.";
  if (mode === "on-save")
    return "This hub puts its own folder in force by itself: `deploy: manual` leaves it to this command.";
  return "run again with --apply";
}

/** What differs between the texts in force and those of the request, by flow. */
async function diffsOf(
  hub: HubClient,
  request: DeployRequest,
  { flows }: DeployAnswer,
): Promise<ReadonlyMap<string, readonly FileDiff[]>> {
  const diffs = new Map<string, readonly FileDiff[]>();
  for (const { name, change, before } of flows) {
    if (change === "same") continue;
    const texts = request.flows.find((flow) => flow.name === name)?.texts ?? {};
    // Of a flow that comes or goes as a whole nobody reads every line.
    diffs.set(name, change === "changed" ? fileDiffs(await textsOf(hub, name, before), texts) : []);
  }
  return diffs;
}

async function apply(
  session: Session,
  hub: HubClient,
  request: DeployRequest,
  options: DeployOptions,
): Promise<void> {
  const { terminal } = session;
  const until = terminal.now() + waitOf(options.wait);
  const done = new Map<string, DeployChange>();
  let answer: DeployAnswer;
  for (;;) {
    answer = await hub.post<DeployAnswer>("/deploy", {
      ...(bodyOf(request) as Record<string, Json>),
      ...reasonOf(options),
    });
    for (const flow of answer.flows) if (done.get(flow.name)?.waits !== null) done.set(flow.name, flow);
    if (answer.flows.every(({ waits }) => waits === null) || terminal.now() >= until || terminal.stop.aborted)
      break;
    await pause(RETRY_MS);
  }
  const waits = answer.flows.filter((flow) => flow.waits !== null).length;
  if (waits > 0) session.exitCode = 3;
  const flows = [...done.values()];
  print(session, options, { mode: answer.mode, flows }, () =>
    [...flows.map((flow) => changeText(terminal, flow, [])), applyEnd(session, flows, waits)].join("\n"),
  );
}

function applyEnd(session: Session, flows: readonly DeployChange[], waits: number): string {
  const changed = flows.filter(({ change, waits: reason }) => change !== "same" && reason === null).length;
  const said = changed === 0 ? "Nothing had to change." : `${plural(changed, "flow")} changed`;
  return waits === 0
    ? `${paint(session.terminal, "green", "✓")} ${said}`
    : `${paint(session.terminal, "yellow", "…")} ${said}; ${plural(waits, "flow")} must wait: run it again later, or with --wait`;
}

function waitOf(text: string | undefined): number {
  if (text === undefined) return 0;
  const wait = parseDuration(text);
  if (wait !== undefined) return wait;
  throw new HubError("TL_USAGE", "--wait is no length of time", { cure: "Write 30s, 10m or 2h." });
}

function bodyOf({ flows, remove }: DeployRequest): Json {
  return { flows: flows.map(({ name, texts }) => ({ name, texts })), remove: [...remove] };
}
