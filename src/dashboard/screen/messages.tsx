import { Button } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import type { Query } from "../api/client.ts";
import { useApi } from "../api/use.ts";
import { Bulk } from "../part/bulk.tsx";
import { Head } from "../part/head.tsx";
import { Loaded } from "../part/loaded.tsx";
import { MessageTable } from "../part/message-table.tsx";
import { Pager } from "../part/pager.tsx";
import { SavedViews } from "../part/saved-views.tsx";
import { type MessagesSearch, sinceOf } from "../search-params.ts";
import { MessageFilters } from "./message-filters.tsx";

const route = getRouteApi("/messages");

/** Messages, newest first, by whatever the address says. */
export function Messages() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const held = chosen.size > 0;
  const query = useApi("GET /messages", {
    query: queryOf(search),
    live: !held && search.cursor === undefined,
  });
  const change = (to: MessagesSearch): void => {
    setChosen(new Set());
    void navigate({ search: to });
  };
  const choose = (ids: readonly string[], on: boolean): void => {
    const next = new Set(chosen);
    for (const id of ids) on ? next.add(id) : next.delete(id);
    setChosen(next);
  };
  const { cursor: _, ...filter } = search;
  return (
    <>
      <Head title="Messages" at={query.dataUpdatedAt} held={held}>
        <span className="faint">newest first</span>
        <SavedViews search={search} />
      </Head>
      <MessageFilters search={search} onChange={change} />
      <div className="card">
        <Loaded query={query} lines={12}>
          {({ items, next }) => (
            <>
              {items.length === 0 ? (
                <NoMessages
                  filtered={Object.keys(filter).length > 0}
                  more={next !== null}
                  onClear={() => change({})}
                />
              ) : (
                <MessageTable messages={items} chosen={chosen} onChoose={choose} />
              )}
              <Bulk
                chosen={[...chosen]}
                shown={items.length}
                filter={search}
                onDone={() => setChosen(new Set())}
              />
              <Pager
                shown={items.length}
                cursor={search.cursor}
                next={next}
                onCursor={(cursor) => change(cursor === undefined ? filter : { ...filter, cursor })}
              />
            </>
          )}
        </Loaded>
      </div>
    </>
  );
}

function queryOf({
  since,
  until,
  endedSince,
  state,
  outcome,
  ...rest
}: MessagesSearch): Query<"GET /messages"> {
  const now = Date.now();
  const [from, to, ended] = [since, until, endedSince].map((text) => sinceOf(text, now));
  return {
    ...rest,
    // Words that the hub does not know are told by its answer, which says which there are.
    ...(state === undefined ? {} : { state: state as NonNullable<Query<"GET /messages">["state"]> }),
    ...(outcome === undefined ? {} : { outcome: outcome as NonNullable<Query<"GET /messages">["outcome"]> }),
    ...(from === undefined ? {} : { since: from }),
    ...(to === undefined ? {} : { until: to }),
    ...(ended === undefined ? {} : { endedSince: ended }),
  };
}

function NoMessages({
  filtered,
  more,
  onClear,
}: {
  readonly filtered: boolean;
  readonly more: boolean;
  readonly onClear: () => void;
}) {
  if (more)
    return <p className="empty">None among those looked at so far. There are older ones: go on below.</p>;
  if (!filtered)
    return (
      <p className="empty">
        No message has been stored yet. They come when a system posts, drops a file, or is asked.
      </p>
    );
  return (
    <div className="empty">
      <p>No message matches all of these.</p>
      <Button variant="default" onClick={onClear}>
        Show all
      </Button>
    </div>
  );
}
