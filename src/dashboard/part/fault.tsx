import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import type { Problem } from "../api/client.ts";

export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly title: string;
  readonly cure: string;
  readonly place?: PlaceOf;
  readonly issues?: readonly { readonly message: string; readonly place?: PlaceOf }[];
}

export interface PlaceOf {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly record?: number;
  readonly field?: string;
}

/** `customer.jsonata:14:12, field /name` */
export function placeInWords({ file, line, column, record, field }: PlaceOf): string {
  const at = [file, line, column].filter((one) => one !== undefined).join(":");
  const parts = [
    at,
    record === undefined ? "" : `record ${record}`,
    field === undefined ? "" : `field ${field}`,
  ];
  return parts.filter((one) => one !== "").join(", ");
}

/** The first of them; several may say the same. */
function numbered<Issue extends object>(
  issues: readonly Issue[],
): readonly (Issue & { readonly at: number })[] {
  return issues.slice(0, 20).map((issue, at) => ({ ...issue, at }));
}

/** What went wrong with a message, in words, with the place and what to do. */
export function FailureNotice({
  failure,
  actions,
}: {
  readonly failure: Failure;
  readonly actions?: ReactNode;
}) {
  const { code, title, message, cure, place, issues = [] } = failure;
  return (
    <div className="notice bad">
      <strong>{title}</strong> <span className="faint mono">{code}</span>
      <p>
        {message}
        {place === undefined ? null : <span className="mono"> — {placeInWords(place)}</span>}
      </p>
      {issues.length === 0 ? null : (
        <ul>
          {numbered(issues).map(({ at, ...issue }) => (
            <li key={at}>
              <span className="mono">{issue.place === undefined ? "" : `${placeInWords(issue.place)} `}</span>
              {issue.message}
            </li>
          ))}
        </ul>
      )}
      <p>
        <strong>What to do:</strong> {cure}
      </p>
      {actions}
    </div>
  );
}

/** What went wrong with a request of the page itself. */
export function ProblemNotice({
  problem,
  retry,
}: {
  readonly problem: Problem;
  readonly retry?: () => void;
}) {
  return (
    <div className="notice bad" role="alert">
      <strong>{problem.title}</strong> <span className="faint mono">{problem.code}</span>
      <p>{problem.message}</p>
      {problem.issues.length === 0 ? null : (
        <ul>
          {numbered(problem.issues).map(({ at, ...issue }) => (
            <li key={at}>
              {issue.message} <span className="mono faint">{placeInWords(issue.place ?? {})}</span>
            </li>
          ))}
        </ul>
      )}
      <p>
        <strong>What to do:</strong> {problem.cure}
      </p>
      {retry === undefined ? null : (
        <Button mt={6} variant="default" onClick={retry}>
          Try again
        </Button>
      )}
    </div>
  );
}

/** What is here, but not for who is signed in: nothing went wrong, and trying again does not help. */
export function NotAllowed({ problem }: { readonly problem: Problem }) {
  return (
    <div className="notice" role="status">
      <strong>This is not shown to you.</strong>
      <p>{problem.message}.</p>
      <p>{problem.cure}</p>
    </div>
  );
}
