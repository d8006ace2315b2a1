import { NativeSelect, Progress, SegmentedControl } from "@mantine/core";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import type { Item, Query } from "../api/client.ts";
import { useApi } from "../api/use.ts";
import { Head } from "../part/head.tsx";
import { Loaded } from "../part/loaded.tsx";
import { Pager } from "../part/pager.tsx";
import { bytesInWords } from "../part/payload.tsx";
import { Pill } from "../part/pill.tsx";
import { Time } from "../part/time.tsx";
import { useZone } from "../part/zone.tsx";
import type { FilesSearch } from "../search-params.ts";

const route = getRouteApi("/files");
const STATES = ["running", "stopped", "done", "rejected", "duplicate"];

export type FileItem = Item<"GET /files">;

/** Files, newest first, with how far they came and their books. */
export function Files() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { zone } = useZone();
  const { cursor, state, ...rest } = search;
  const query = useApi("GET /files", {
    query: {
      ...rest,
      ...(cursor === undefined ? {} : { cursor }),
      ...(state === undefined ? {} : { state: state as NonNullable<Query<"GET /files">["state"]> }),
    },
    live: cursor === undefined,
  });
  const change = (to: FilesSearch): void => void navigate({ search: to });
  return (
    <>
      <Head title="Files" at={query.dataUpdatedAt}>
        <span className="faint">newest first</span>
        {search.flow === undefined ? null : (
          <Link className="chip link" to="/files">
            {search.flow} ×
          </Link>
        )}
      </Head>
      <div className="filters">
        <FilesKind kind="taken" flow={search.flow} />
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
                  No file {Object.keys(search).length === 0 ? "has come yet." : "matches."}
                </p>
              ) : (
                <table className="rows fold">
                  <thead>
                    <tr>
                      <th>File</th>
                      <th>Flow</th>
                      <th>State</th>
                      <th>Committed</th>
                      <th className="number">Rows</th>
                      <th>Books</th>
                      <th className="number">Size</th>
                      <th>Begun ({zone})</th>
                    </tr>
                  </thead>
                  <tbody>
                    {items.map((file) => (
                      <FileRow key={file.id} file={file} />
                    ))}
                  </tbody>
                </table>
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

const KINDS = [
  { value: "taken", label: "Taken in" },
  { value: "written", label: "Written" },
];

/** Which of the two lists of files is shown; a flow that was chosen stays chosen. */
export function FilesKind({
  kind,
  flow,
}: {
  readonly kind: "taken" | "written";
  readonly flow: string | undefined;
}) {
  const navigate = useNavigate();
  return (
    <SegmentedControl
      size="xs"
      aria-label="Which files"
      data={KINDS}
      value={kind}
      onChange={(to) =>
        void navigate({
          to: to === "written" ? "/files/written" : "/files",
          search: flow === undefined ? {} : { flow },
        })
      }
    />
  );
}

function FileRow({ file }: { readonly file: FileItem }) {
  const { id, name, flow, state, progress, rows, books, size, startedAt, failure } = file;
  return (
    <tr>
      <td className="wide">
        <Link className="link" data-row to="/files/$id" params={{ id: String(id) }}>
          {name}
        </Link>
        {failure === null ? null : <div>{failure.title}</div>}
      </td>
      <td className="fit">{flow}</td>
      <td className="fit">
        <Pill word={state} />
      </td>
      <td>
        <Progress
          value={progress * 100}
          w={90}
          mt={6}
          aria-label={`${Math.round(progress * 100)} % committed`}
        />
      </td>
      <td className="number" data-name="rows">
        {rows.toLocaleString("en")}
      </td>
      <td>
        <Books of={books} file={id} />
      </td>
      <td className="number">{bytesInWords(size)}</td>
      <td className="fit">
        <Time at={startedAt} />
      </td>
    </tr>
  );
}

/** Rows by route and outcome. Those that were rejected are messages, which the number leads to; the others left none. */
export function Books({ of, file }: { readonly of: FileItem["books"]; readonly file: number }) {
  return Object.entries(of).map(([to, counts]) => (
    <div key={to}>
      <span className="faint">{to}</span>{" "}
      {Object.entries(counts)
        .filter(([, n]) => n !== 0)
        .map(([outcome, n]) => (
          <span key={outcome} className="whole">
            {outcome === "rejected" ? (
              <Link className="link" to="/messages" search={{ file, outcome }}>
                {n.toLocaleString("en")}
              </Link>
            ) : (
              n.toLocaleString("en")
            )}{" "}
            <Pill word={outcome} />{" "}
          </span>
        ))}
    </div>
  ));
}
