import { Button } from "@mantine/core";
import { useState } from "react";
import { useMay } from "../api/may.ts";
import { type MessagesSearch, sinceOf } from "../search-params.ts";
import { type Act, ActDialog } from "./act.tsx";
import { ReplayDialog, type Selection } from "./replay.tsx";

/** What a replay by filter can be narrowed by; by anything else rows are chosen one by one. */
const BY_FILTER = ["flow", "state", "code", "key", "file", "since", "until"];
const STATES = ["parked", "rejected", "done"] as const;

/** What can be done with the rows that are chosen, or with all that the filter matches. */
export function Bulk({
  chosen,
  shown,
  filter,
  onDone,
}: {
  readonly chosen: readonly string[];
  readonly shown: number;
  readonly filter: MessagesSearch;
  readonly onDone: () => void;
}) {
  const [replay, setReplay] = useState<{ readonly title: string; readonly selection: Selection } | null>(
    null,
  );
  const [act, setAct] = useState<Act | null>(null);
  const may = useMay("operate");
  const all = byFilter(filter);
  if (!may) return null;
  if (chosen.length === 0 && (all === null || shown === 0) && replay === null && act === null) return null;
  return (
    <div className="bulk">
      {chosen.length > 0 ? (
        <>
          <strong>{chosen.length} chosen</strong>
          <Button
            data-key="r"
            onClick={() =>
              setReplay({ title: `Replay ${chosen.length} chosen`, selection: { messages: chosen } })
            }
          >
            Replay…
          </Button>
          <Button variant="default" onClick={() => setAct("park")}>
            Park…
          </Button>
          <Button variant="default" onClick={() => setAct("discard")}>
            Discard…
          </Button>
          <Button variant="subtle" onClick={onDone}>
            Choose none
          </Button>
        </>
      ) : all === null ? null : (
        <Button
          variant="default"
          onClick={() => setReplay({ title: "Replay all that match the filter", selection: all })}
        >
          Replay all that match…
        </Button>
      )}
      {replay === null ? null : (
        <ReplayDialog
          title={replay.title}
          selection={() => Promise.resolve(replay.selection)}
          onClose={() => {
            setReplay(null);
            onDone();
          }}
        />
      )}
      {act === null ? null : (
        <ActDialog
          act={act}
          messages={chosen}
          onClose={() => {
            setAct(null);
            onDone();
          }}
        />
      )}
    </div>
  );
}

/** The filter as the selection of a replay; null where it says what a replay does not know, or nothing. */
function byFilter({ cursor: _, since, until, state, ...rest }: MessagesSearch): Selection | null {
  const known = STATES.find((one) => one === state);
  if (known === undefined || Object.keys(rest).some((name) => !BY_FILTER.includes(name))) return null;
  const now = Date.now();
  const [from, to] = [sinceOf(since, now), sinceOf(until, now)];
  return {
    ...rest,
    state: known,
    ...(from === undefined ? {} : { since: from }),
    ...(to === undefined ? {} : { until: to }),
  };
}
