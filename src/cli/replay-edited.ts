import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Failure } from "../errors.ts";
import { HubError } from "../errors.ts";
import type { Json } from "../message/json.ts";
import { describePlace } from "../message/place.ts";
import { showBytes } from "../message/units.ts";
import { hubOf, print, type RemoteOptions, reasonOf, type Session } from "./session.ts";
import { facts } from "./table.ts";
import { paint, printable, type Terminal } from "./terminal.ts";

export interface EditedOptions extends RemoteOptions {
  readonly edited?: string;
  readonly apply?: true;
  readonly allowStale?: true;
  readonly reason?: string;
}

/** What would come of an edited copy. */
interface EditPlan {
  readonly bytes: number;
  readonly before: string | null;
  readonly after: string;
  readonly key: string | null;
  readonly keyBefore: string | null;
  readonly routes: readonly string[];
  readonly mapped: Json | null;
  readonly failure: Failure | null;
  readonly newer: string | null;
  readonly heldBack: boolean;
}

/** Replays one message with another body, as a new message; without `--apply` it says what would come of it. */
export async function replayEdited(
  session: Session,
  ids: readonly string[],
  file: string,
  options: EditedOptions,
): Promise<void> {
  const { terminal } = session;
  const [id] = ids;
  if (id === undefined || ids.length !== 1)
    throw new HubError("TL_USAGE", "an edited copy is of one message", { cure: "Give exactly one id." });
  const base64 = (await readFile(resolve(terminal.cwd, file))).toString("base64");
  const hub = await hubOf(session, options);
  const path = `/messages/${encodeURIComponent(id)}/edited`;
  if (options.apply !== true) {
    const plan = await hub.post<EditPlan>(`${path}/plan`, { base64 });
    print(session, options, plan, () => planText(terminal, plan));
    return;
  }
  const done = await hub.post<{ readonly id: string }>(path, {
    ...{ base64, allowStale: options.allowStale === true },
    ...reasonOf(options),
  });
  print(
    session,
    options,
    done,
    () => `${paint(terminal, "green", "✓")} replayed as ${printable(done.id)}; ${printable(id)} is as it was`,
  );
}

function planText(terminal: Terminal, plan: EditPlan): string {
  const { failure, key, keyBefore, newer } = plan;
  const lines = [
    facts([
      ["body", `${showBytes(plan.bytes)}, sha256 ${plan.after.slice(0, 12)}`],
      ["before", plan.before === null ? null : `sha256 ${plan.before.slice(0, 12)}`],
      ["key", key === null ? "none" : printable(key)],
      ["routes", failure === null ? plan.routes.map(printable).join(" ") || "none" : null],
    ]),
  ];
  if (plan.before === plan.after) lines.push("The body is as it was received.");
  if (failure !== null) {
    const place = failure.place === undefined ? "" : ` at ${describePlace(failure.place)}`;
    lines.push(paint(terminal, "red", `${failure.code}${printable(place)}: ${printable(failure.message)}`));
  } else lines.push(JSON.stringify(plan.mapped, null, 2));
  if (key !== keyBefore)
    lines.push(`Its key is another one: it was ${keyBefore === null ? "none" : printable(keyBefore)}.`);
  if (newer !== null)
    lines.push(`${newer}, newer of this key, has been applied: --allow-stale overwrites what it brought.`);
  if (plan.heldBack) lines.push("The original is parked: discard it, so that it does not hold back its key.");
  lines.push(failure === null ? "run again with --apply" : "mend the file before it is applied");
  return lines.join("\n");
}
