import { NativeSelect, SegmentedControl } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Problem } from "../api/client.ts";
import { Head } from "../part/head.tsx";
import { Listed } from "../part/listed.tsx";
import { Time } from "../part/time.tsx";
import { type FilesSearch, sinceOf } from "../search-params.ts";

const ADDRESSES = { taken: "/files", written: "/files/written" } as const;
const KINDS = [
  { value: "taken", label: "Taken in" },
  { value: "written", label: "Written" },
] as const;

/** What is asked of the hub. Words that it does not know are told by its answer, which says which there are. */
export function fileQuery<State extends string>({ state, since: _, ...rest }: FilesSearch) {
  return { ...rest, ...(state === undefined ? {} : { state: state as State }) };
}

/** When files must have begun, as the hub is asked for it. */
export function begunSince({ since }: FilesSearch): { readonly since?: number } {
  const from = sinceOf(since, Date.now());
  return from === undefined ? {} : { since: from };
}

/** One of the two lists of files, newest first: which it is, what it is narrowed to, and a page of it. */
export function FileList<One>({
  kind,
  hint,
  states,
  search,
  query,
  empty,
  children,
}: {
  readonly kind: keyof typeof ADDRESSES;
  readonly hint: string;
  readonly states: readonly string[];
  readonly search: FilesSearch;
  readonly query: UseQueryResult<{ readonly items: readonly One[]; readonly next: number | null }, Problem>;
  /** What is said where there are none at all. */
  readonly empty: string;
  readonly children: (items: readonly One[]) => ReactNode;
}) {
  const navigate = useNavigate();
  const to = ADDRESSES[kind];
  const { cursor, ...filter } = search;
  const { state: _, ...others } = filter;
  const { since, ...always } = filter;
  const begun = sinceOf(since, Date.now());
  return (
    <>
      <Head title="Files" at={query.dataUpdatedAt}>
        <span className="faint">{hint}</span>
        {search.flow === undefined ? null : (
          <Link className="chip link" to={to}>
            {search.flow} ×
          </Link>
        )}
        {begun === undefined ? null : (
          <Link className="chip link" to={to} search={always}>
            begun since <Time at={new Date(begun).toISOString()} /> ×
          </Link>
        )}
      </Head>
      <div className="filters">
        <SegmentedControl
          size="xs"
          aria-label="Which files"
          data={[...KINDS]}
          value={kind}
          // A flow that was chosen stays chosen.
          onChange={(other) =>
            void navigate({
              to: other === "written" ? ADDRESSES.written : ADDRESSES.taken,
              search: search.flow === undefined ? {} : { flow: search.flow },
            })
          }
        />
        <NativeSelect
          label="State"
          value={search.state ?? ""}
          data={[{ value: "", label: "any" }, ...states]}
          onChange={(event) => void navigate({ to, search: { ...others, state: event.currentTarget.value } })}
        />
      </div>
      <div className="card">
        <Listed
          query={query}
          cursor={cursor}
          empty={Object.keys(search).length === 0 ? empty : "No file matches."}
          onCursor={(next) =>
            void navigate({ to, search: next === undefined ? filter : { ...filter, cursor: next } })
          }
        >
          {children}
        </Listed>
      </div>
    </>
  );
}
