import { keepPreviousData, type UseQueryResult, useQuery } from "@tanstack/react-query";
import { type Answer, call, type Operation, type Problem, type Query } from "./client.ts";
import { LIVE } from "./live.ts";

interface Options<Name extends Operation> {
  readonly path?: Readonly<Record<string, string | number>>;
  readonly query?: Query<Name>;
  /** False while it must not change under the reader's hands. */
  readonly live?: boolean;
  readonly enabled?: boolean;
}

/** How often what is on the screen is read again when nothing was told; milliseconds. */
const POLL_MS = 15_000;

/** What an operation answers, kept fresh while it is on the screen. */
export function useApi<Name extends Operation>(
  name: Name,
  { path, query, live = true, enabled = true }: Options<Name> = {},
): UseQueryResult<Answer<Name>, Problem> {
  return useQuery<Answer<Name>, Problem>({
    queryKey: [name, path ?? null, query ?? null],
    queryFn: ({ signal }) =>
      call(name, {
        signal,
        ...(path === undefined ? {} : { path }),
        ...(query === undefined ? {} : { query }),
      }),
    enabled,
    placeholderData: keepPreviousData,
    ...(live ? { meta: LIVE, refetchInterval: POLL_MS } : {}),
  });
}
