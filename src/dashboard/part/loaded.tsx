import { Skeleton } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Problem } from "../api/client.ts";
import { NotAllowed, ProblemNotice } from "./fault.tsx";

/** What a query gives, or why there is nothing yet. What was read before stays, below the reason why it is old. */
export function Loaded<Data>({
  query,
  lines = 6,
  children,
}: {
  readonly query: UseQueryResult<Data, Problem>;
  /** How much space it will take. */
  readonly lines?: number;
  readonly children: (data: Data) => ReactNode;
}) {
  const { data, error, refetch } = query;
  return (
    <>
      {error === null ? null : error.status === 403 ? (
        <NotAllowed problem={error} />
      ) : (
        <ProblemNotice problem={error} retry={() => void refetch()} />
      )}
      {data !== undefined ? children(data) : error === null ? <Waiting lines={lines} /> : null}
    </>
  );
}

function Waiting({ lines }: { readonly lines: number }) {
  return (
    <div className="body" aria-busy="true">
      <span className="skip">Loading</span>
      {Array.from({ length: lines }, (_, index) => `line ${index}`).map((line) => (
        <Skeleton key={line} height={16} my={10} />
      ))}
    </div>
  );
}
