import { NativeSelect } from "@mantine/core";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { Item, Query } from "../api/client.ts";
import { useApi } from "../api/use.ts";
import { Head } from "../part/head.tsx";
import { Loaded } from "../part/loaded.tsx";
import { Pager } from "../part/pager.tsx";
import { Pill } from "../part/pill.tsx";
import { Time } from "../part/time.tsx";
import { useZone } from "../part/zone.tsx";
import type { FilesSearch } from "../search-params.ts";
import { FilesKind } from "./files.tsx";

const route = getRouteApi("/files/written");
const STATES = ["open", "fixed", "written", "done"];

type Written = Item<"GET /written-files">;

/** Files that routes with `collect` have written, or are to write; newest first. */
export function WrittenFiles() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { cursor, state, ...rest } = search;
  const query = useApi("GET /written-files", {
    query: {
      ...rest,
      ...(cursor === undefined ? {} : { cursor }),
      ...(state === undefined ? {} : { state: state as NonNullable<Query<"GET /written-files">["state"]> }),
    },
    live: cursor === undefined,
  });
  const change = (to: FilesSearch): void => void navigate({ search: to });
  return (
    <>
      <Head title="Files" at={query.dataUpdatedAt}>
        <span className="faint">that routes collect and write, newest first</span>
        {search.flow === undefined ? null : (
          <Link className="chip link" to="/files/written">
            {search.flow} ×
          </Link>
        )}
      </Head>
      <div className="filters">
        <FilesKind kind="written" flow={search.flow} />
        <NativeSelect
          label="State"
          value={state ?? ""}
          data={[{ value: "", label: "any" }, ...STATES]}
          onChange={(event) => change({ ...rest, state: event.currentTarget.value })}
        />
      </div>
      <div className="card">
        <Loaded query={query}>
          {({ items, next }) => (
            <>
              {items.length === 0 ? (
                <p className="empty">
                  {Object.keys(search).length === 0
                    ? "No route has collected anything yet. One does when its flow says collect."
                    : "No file matches."}
                </p>
              ) : (
                <WrittenTable items={items} />
              )}
              <Pager
                shown={items.length}
                cursor={cursor}
                next={next}
                onCursor={(to) => {
                  const { cursor: _, ...filter } = search;
                  change(to === undefined ? filter : { ...filter, cursor: to });
                }}
              />
            </>
          )}
        </Loaded>
      </div>
    </>
  );
}

function WrittenTable({ items }: { readonly items: readonly Written[] }) {
  const { zone } = useZone();
  return (
    <table className="rows fold">
      <thead>
        <tr>
          <th>File</th>
          <th>Flow</th>
          <th>To</th>
          <th>State</th>
          <th className="number">Rows</th>
          <th>Slot ({zone})</th>
          <th>Ended ({zone})</th>
        </tr>
      </thead>
      <tbody>
        {items.map(({ id, answer, failure, flow, to, state, rows, slot, part, closes, finishedAt }) => (
          <tr key={id} data-written={id}>
            <td className="wide">
              {answer ?? <span className="faint">not written yet</span>}
              {failure === null ? null : (
                <div>
                  <strong>{failure.title}</strong> {failure.message}{" "}
                  <span className="faint">{failure.cure}</span>
                </div>
              )}
            </td>
            <td className="fit">
              <Link className="link" data-row to="/flows/$name" params={{ name: flow }}>
                {flow}
              </Link>
            </td>
            <td className="fit">{to}</td>
            <td className="fit">
              <StatePill state={state} failed={failure !== null} />
            </td>
            <td className="number" data-name="rows">
              {rows.toLocaleString("en")}
            </td>
            <td className="fit">
              <Time at={slot} />
              {part === 1 && closes ? null : <span className="faint"> part {part}</span>}
            </td>
            <td className="fit">
              <Time at={finishedAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What keeps a file from being written is shown by its failure; that it is open or fixed is no fault. */
function StatePill({ state, failed }: { readonly state: Written["state"]; readonly failed: boolean }) {
  return (
    <Pill word={state} tone={state === "done" ? "good" : failed ? "warn" : "calm"} meaning={MEANING[state]} />
  );
}

const MEANING: Readonly<Record<Written["state"], string>> = {
  open: "It is gathered until its slot",
  fixed: "Its rows stand for good; it is to be written",
  written: "The target has it; its rows are being marked",
  done: "The target has it, and so say its rows",
};
