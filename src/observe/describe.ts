import { asHubError, type Issue } from "../errors.ts";

/** Code and text of a failure; of an unknown one the stack without its first line, which may quote data. */
export function describeError(thrown: unknown): { code: string; text: string; stack?: string } {
  const error = asHubError(thrown);
  const cause = error.cause instanceof Error ? error.cause.stack?.split("\n").slice(1).join("\n") : undefined;
  return { code: error.code, text: error.message, ...(cause === undefined ? {} : { stack: cause }) };
}

/** Where it is and what. */
export function describeIssue(issue: Issue): string {
  const place = issue.place;
  return `${place?.file ?? ""}:${place?.line ?? ""}:${place?.column ?? ""} ${issue.message}`;
}
