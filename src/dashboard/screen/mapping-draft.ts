import { keepPreviousData, type UseQueryResult, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { type Answer, call, type Operation, type Problem } from "../api/client.ts";
import type { Operations } from "../api/operations.ts";

/** A value once it has not changed for so long; milliseconds. */
export function useSettled<Value>(value: Value, after: number): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), after);
    return () => clearTimeout(timer);
  }, [value, after]);
  return settled;
}

/** What the hub makes of a draft; what it made of the one before stays until then. */
export function useDraft<Name extends Operation & `POST /flows/{name}/mapping/${string}`>(
  operation: Name,
  name: string,
  body: Operations[Name]["body"],
  enabled = true,
): UseQueryResult<Answer<Name>, Problem> {
  return useQuery<Answer<Name>, Problem>({
    queryKey: [operation, name, body],
    queryFn: ({ signal }) => call(operation, { path: { name }, body, signal }),
    enabled,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 30_000,
  });
}
