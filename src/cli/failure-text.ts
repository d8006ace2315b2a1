import { asHubError, ERRORS, HubError, type Issue } from "../errors.ts";
import { describePlace } from "../message/place.ts";
import { paint, printable, type Terminal } from "./terminal.ts";

/** An error as a person reads it: what, where, cure. No stack: it tells a person nothing they can act on. */
export function failureText(terminal: Terminal, thrown: unknown): string {
  const error = localError(thrown);
  const label = (name: string): string => paint(terminal, "dim", name.padEnd(6));
  const lines = [
    `${paint(terminal, "red", "✗")} ${paint(terminal, "bold", ERRORS[error.code].title)}  ${paint(terminal, "dim", error.code)}`,
    `  ${label("what")} ${printable(error.message)}`,
  ];
  if (error.place !== undefined) lines.push(`  ${label("where")} ${printable(describePlace(error.place))}`);
  for (const issue of error.issues) lines.push(`  ${label("")} ${issueText(issue)}`);
  lines.push(`  ${label("cure")} ${printable(error.cure)}`);
  return lines.join("\n");
}

/** One finding: `mappings/orders/flow.yaml:14:12  unknown setting "routs"`. */
export function issueText(issue: Issue): string {
  const where = issue.place === undefined ? "" : describePlace(issue.place);
  return printable(where === "" ? issue.message : `${where}  ${issue.message}`);
}

/** An error for `--json`. */
export function failureJson(thrown: unknown): object {
  const error = localError(thrown);
  return {
    error: {
      code: error.code,
      title: ERRORS[error.code].title,
      message: error.message,
      ...(error.place === undefined ? {} : { place: error.place }),
      ...(error.issues.length === 0 ? {} : { issues: error.issues }),
      cure: error.cure,
    },
  };
}

/** 2 where the command was written wrongly, else 1. */
export function exitCodeOf(thrown: unknown): number {
  return localError(thrown).code === "TL_USAGE" ? 2 : 1;
}

/** File errors happen on the caller's own machine, so that their text (a path and a reason) may be shown. */
function localError(thrown: unknown): HubError {
  if (thrown instanceof Error && "syscall" in thrown && "code" in thrown) {
    return new HubError("TL_USAGE", thrown.message, {
      cure: "Check the path and its permissions.",
      cause: thrown,
    });
  }
  return asHubError(thrown);
}
