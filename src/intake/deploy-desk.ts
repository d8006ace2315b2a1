import { hash } from "node:crypto";
import type { DeployMode } from "../config/hub-settings.ts";
import type { CaseDraft, DeployReport, DeployRequest, FlowChange, MappingDraft } from "../control/deploy.ts";
import type { Act } from "../control/engine.ts";
import { HubError } from "../errors.ts";
import type { FlowRegistry } from "../flow/registry.ts";
import type { Store, Tx } from "../store/store.ts";
import { changeOf, type Judged, judge, readInForce, removalOf } from "./deploy-plan.ts";
import type { DeployerEnvironment } from "./deployer.ts";
import { openMapping } from "./publish-mapping.ts";
import { writeCase } from "./write-case.ts";

export interface DeployDeskEnvironment extends Pick<DeployerEnvironment, "fromTexts" | "now"> {
  readonly store: Store;
  readonly flows: FlowRegistry;
  readonly mode: DeployMode;
  /** The project folder. */
  readonly dir: string;
  /** Takes up what the store says is in force. */
  readonly refresh: () => Promise<void>;
}

export interface DeployDesk {
  planDeploy(request: DeployRequest): Promise<DeployReport>;
  /**
   * All of it in one transaction with its lines in the audit log, besides what has to wait. Asked again it changes
   * nothing more.
   * @throws HubError TL_CONFIG_INVALID with every problem of every flow; then nothing has changed
   */
  deploy(act: Act, request: DeployRequest): Promise<DeployReport>;
  /** As `Engine.publishMapping`. */
  publishMapping(act: Act, draft: MappingDraft): Promise<string>;
  /** As `Engine.addCase`. */
  addCase(act: Act, draft: CaseDraft): Promise<string>;
}

/** Puts texts in force that somebody hands over, where the store alone says what is. */
export function deployDesk(env: DeployDeskEnvironment): DeployDesk {
  async function report(
    tx: Tx,
    judged: readonly Judged[],
    remove: readonly string[],
  ): Promise<readonly FlowChange[]> {
    const inForce = await readInForce(tx, (name) => env.flows.byName(name)?.definition);
    const changes: FlowChange[] = [];
    for (const flow of judged) changes.push(await changeOf(tx, flow, inForce, env.now()));
    for (const name of remove) changes.push(await removalOf(tx, name, inForce, env.now()));
    return changes;
  }

  return {
    async planDeploy(request) {
      const judged = judge(request, env);
      return {
        mode: env.mode,
        flows: await env.store.transaction((tx) => report(tx, judged, request.remove)),
      };
    },
    async deploy(act, request) {
      if (env.mode !== "manual") throw onSave();
      const flows = await putInForce(act, judgedWell(request, env), request.remove);
      await env.refresh();
      return { mode: env.mode, flows };
    },
    async publishMapping(act, { flow: name, text, before }) {
      const { definition, hash } = env.flows.byName(name) ?? { definition: null, hash: null };
      if (definition?.map == null) throw new HubError("TL_NOT_FOUND", "the flow has no mapping in force");
      const { map, texts } = definition;
      if (hash !== before) throw overtaken();
      const judged = judgedWell({ flows: [{ name, texts: { ...texts, [map]: text } }], remove: [] }, env);
      const file = env.mode === "manual" ? null : await openMapping(env.dir, map, texts[map] ?? "");
      try {
        const [change] = await putInForce(act, judged, []);
        if (change?.waits != null) throw new HubError("TL_CONFLICT", change.waits);
        await file?.write(text);
      } finally {
        await file?.close();
      }
      await env.refresh();
      return judged[0]?.hash ?? before;
    },
    async addCase(act, { flow, message, file, text }) {
      if (env.mode === "manual") throw notFollowed();
      const path = await writeCase(env.dir, flow, file, text);
      const detail = JSON.stringify({ message, sha256: hash("sha256", text, "hex") });
      const line = { at: env.now(), actor: act.actor, act: "add-case", target: path, detail };
      await env.store.transaction((tx) => tx.audit.add({ ...line, reason: act.reason }));
      return path;
    },
  };

  async function putInForce(
    act: Act,
    judged: readonly Judged[],
    remove: readonly string[],
  ): Promise<readonly FlowChange[]> {
    return env.store.transaction(async (tx) => {
      const changes = await report(tx, judged, remove);
      for (const change of changes)
        if (change.waits === null) await carryOut(tx, act, change, judged, env.now());
      return changes;
    });
  }
}

/** @throws HubError TL_CONFIG_INVALID with every problem */
function judgedWell(request: DeployRequest, env: DeployDeskEnvironment): readonly Judged[] {
  const judged = judge(request, env);
  const issues = judged.flatMap(({ problems }) => problems);
  if (issues.length > 0)
    throw new HubError("TL_CONFIG_INVALID", "these flows cannot come into force here", { issues });
  return judged;
}

function overtaken(): HubError {
  return new HubError("TL_CONFLICT", "another version of the flow has come into force since", {
    cure: "Copy your text, open the mapping again, and bring your change into what is there now.",
  });
}

async function carryOut(
  tx: Tx,
  act: Act,
  change: FlowChange,
  judged: readonly Judged[],
  at: number,
): Promise<void> {
  const { name, before, after } = change;
  if (change.change === "same") return;
  const definition = judged.find((flow) => flow.name === name)?.definition;
  if (after !== null && definition != null) {
    const routes = definition.routes.map(({ to }) => to);
    await tx.flows.deploy(name, after, definition.texts, routes, at);
  } else {
    const row = (await tx.flows.all()).find((one) => one.name === name);
    if (row !== undefined) await tx.flows.withdraw(row.id);
  }
  await tx.audit.add({
    at,
    actor: act.actor,
    act: "deploy",
    target: name,
    detail: JSON.stringify({ before, after }),
    reason: act.reason,
  });
}

function notFollowed(): HubError {
  return new HubError(
    "TL_CONFLICT",
    "this hub does not follow its project folder, flows are deployed to it",
    {
      cure: "Download the case, and bring it into the project that you deploy from.",
    },
  );
}

function onSave(): HubError {
  return new HubError(
    "TL_CONFLICT",
    "this hub puts its project folder in force by itself whenever it changes",
    {
      cure: "Change the folder, or write `deploy: manual` in the hub's tieline.yaml and start it again.",
    },
  );
}
