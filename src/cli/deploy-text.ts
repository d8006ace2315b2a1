import { plural, pluralUpTo } from "../message/units.ts";
import type { DeployChange } from "./deploy-shape.ts";
import { issueText } from "./failure-text.ts";
import { lineDiff } from "./line-diff.ts";
import { paint, printable, type Terminal } from "./terminal.ts";
import { showMoment } from "./units.ts";

/** One file of a flow between two versions. */
export interface FileDiff {
  readonly path: string;
  readonly change: "added" | "removed" | "changed";
  /** Lines of a unified diff, without its head. */
  readonly diff: readonly string[];
}

type Texts = Readonly<Record<string, string>>;

/** The files that differ, by path. */
export function fileDiffs(before: Texts, after: Texts): readonly FileDiff[] {
  const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return paths.flatMap((path): FileDiff[] => {
    const old = before[path];
    const now = after[path];
    if (old === now) return [];
    const change = old === undefined ? "added" : now === undefined ? "removed" : "changed";
    return [{ path, change, diff: lineDiff(old ?? "", now ?? "") }];
  });
}

/** A flow of a plan, or of one that was carried out, as a person reads it. */
export function changeText(terminal: Terminal, flow: DeployChange, files: readonly FileDiff[]): string {
  const hash = (text: string | null): string => text?.slice(0, 8) ?? "not in force";
  const head = `${paint(terminal, "bold", printable(flow.name))}  ${flow.change}`;
  if (flow.change === "same" && flow.problems.length === 0) return `${head}  ${hash(flow.before)}`;
  const lines = [`${head}  ${hash(flow.before)} → ${hash(flow.after)}`];
  for (const issue of flow.problems) lines.push(`  ${paint(terminal, "red", "✗")} ${issueText(issue)}`);
  if (flow.waits !== null) lines.push(`  ${paint(terminal, "yellow", "waits")}  ${printable(flow.waits)}`);
  const finishing = underWayText(flow);
  if (finishing !== null) lines.push(`  ${finishing}`);
  for (const [mark, names] of [
    ["+", flow.routes.added],
    ["-", flow.routes.removed],
  ] as const)
    for (const name of names) lines.push(`  route ${painted(terminal, `${mark} ${printable(name)}`)}`);
  if (flow.slots !== null) lines.push(...slotLines(flow.slots));
  for (const file of files) lines.push(...fileLines(terminal, file));
  return lines.join("\n");
}

function underWayText({ underWay: { messages, files } }: DeployChange): string | null {
  const parts = [
    ...(messages === 0 ? [] : [pluralUpTo(10_000, messages, "message")]),
    ...(files === 0 ? [] : [plural(files, "file")]),
  ];
  if (parts.length === 0) return null;
  const [wait, finish] = messages + files === 1 ? ["waits", "finishes"] : ["wait", "finish"];
  return `${parts.join(" and ")} ${wait} on the version in force and ${finish} on it`;
}

function slotLines(slots: NonNullable<DeployChange["slots"]>): readonly string[] {
  const show = (times: readonly string[]): string =>
    times.length === 0 ? "no planned run" : times.map((at) => showMoment(at)).join(", ");
  return [`  runs before  ${show(slots.before)}`, `  runs after   ${show(slots.after)}`];
}

function fileLines(terminal: Terminal, { path, change, diff }: FileDiff): readonly string[] {
  return [
    `  ${printable(path)}${change === "changed" ? "" : ` (${change})`}`,
    ...diff.map((line) => `    ${painted(terminal, printable(line))}`),
  ];
}

function painted(terminal: Terminal, line: string): string {
  if (line.startsWith("+")) return paint(terminal, "green", line);
  if (line.startsWith("-")) return paint(terminal, "red", line);
  return line.startsWith("@@") ? paint(terminal, "dim", line) : line;
}
