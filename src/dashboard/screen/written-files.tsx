import { getRouteApi, Link } from "@tanstack/react-router";
import type { Item, Query } from "../api/client.ts";
import { useApi } from "../api/use.ts";
import { Pill } from "../part/pill.tsx";
import { Time } from "../part/time.tsx";
import { useZone } from "../part/zone.tsx";
import { FileList, fileQuery } from "./file-list.tsx";

const route = getRouteApi("/files/written");
const STATES = ["open", "fixed", "written", "done"];

type Written = Item<"GET /written-files">;

/** Files that routes with `collect` have written, or are to write; newest first. */
export function WrittenFiles() {
  const search = route.useSearch();
  const query = useApi("GET /written-files", {
    query: fileQuery<NonNullable<Query<"GET /written-files">["state"]>>(search),
    live: search.cursor === undefined,
  });
  return (
    <FileList
      {...{ kind: "written", states: STATES, search, query }}
      hint="that routes collect and write, newest first"
      empty="No route has collected anything yet. One does when its flow says collect."
    >
      {(items) => <WrittenTable items={items} />}
    </FileList>
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
            <td className="fit" data-name="slot">
              <Time at={slot} />
              {part === 1 && closes ? null : <span className="faint"> part {part}</span>}
            </td>
            <td className="fit" data-name="ended">
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
