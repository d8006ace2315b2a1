import type { Coverage, CoveredField } from "../../flow/coverage.ts";
import type { Branch } from "../../mapping/branch-probe.ts";
import { describePlace } from "../../message/place.ts";
import { paint, printable, type Terminal } from "../terminal.ts";

/** More than a person reads in one line. */
const SHOWN = 8;

/** Coverage as lines for a person; what is missing is named. */
export function coverageText(terminal: Terminal, coverage: Coverage): readonly string[] {
  const { source, target, branches } = coverage;
  const read = source.filter(({ used }) => used);
  const set = target.filter(({ used }) => used);
  const untaken = branches.flatMap(untakenSides);
  const lines = [
    `coverage ${percent(coverage.share)}`,
    `  source   ${read.length}/${source.length} fields read, ${seen(read)} of them in a case`,
    ...list(
      "never read",
      source.filter(({ used }) => !used),
    ),
    ...list(
      "read, in no case",
      read.filter((field) => !field.seen),
    ),
    `  target   ${set.length}/${target.length} fields set, ${seen(set)} of them in a result`,
    ...list(
      "never set",
      target.filter(({ used }) => !used),
    ),
    ...list(
      "set, in no result",
      set.filter((field) => !field.seen),
    ),
    `  branches ${2 * branches.length - untaken.length}/${2 * branches.length} sides taken`,
    ...untaken.map((side) => `    ${side}`),
  ];
  return lines.map((line, index) => `  ${index === 0 ? line : paint(terminal, "dim", line)}`);
}

/** Rounded down: 100% is said only of all. */
export function percent(share: number): string {
  return `${Math.floor(share * 100)}%`;
}

function seen(fields: readonly CoveredField[]): number {
  return fields.filter((field) => field.seen).length;
}

function list(title: string, fields: readonly CoveredField[]): readonly string[] {
  if (fields.length === 0) return [];
  const more = fields.length > SHOWN ? ` and ${fields.length - SHOWN} more` : "";
  const names = fields.slice(0, SHOWN).map(({ path }) => printable(path));
  return [`    ${title}: ${names.join(", ")}${more}`];
}

const SIDES: Readonly<Record<Branch["kind"], readonly [string, string]>> = {
  condition: ["? is never taken", ": is never taken"],
  coalesce: ["?? always takes its right side", "?? never takes its right side"],
  default: ["?: always takes its right side", "?: never takes its right side"],
  filter: ["[…] never keeps an item", "[…] never drops an item"],
};

function untakenSides({ kind, place, yes, no }: Branch): readonly string[] {
  const [never, always] = SIDES[kind];
  return [...(yes === 0 ? [never] : []), ...(no === 0 ? [always] : [])].map(
    (text) => `${describePlace(place)}  ${text}`,
  );
}

export function coverageJson({ source, target, branches, share }: Coverage): object {
  return { share, source, target, branches };
}
