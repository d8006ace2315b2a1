import { Progress } from "@mantine/core";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { Item, Query } from "../api/client.ts";
import { useApi } from "../api/use.ts";
import { bytesInWords } from "../part/payload.tsx";
import { Pill } from "../part/pill.tsx";
import { Time } from "../part/time.tsx";
import { useZone } from "../part/zone.tsx";
import { begunSince, FileList, fileQuery } from "./file-list.tsx";

const route = getRouteApi("/files");
const STATES = ["running", "stopped", "done", "rejected", "duplicate"];

export type FileItem = Item<"GET /files">;

/** Files, newest first, with how far they came and their books. */
export function Files() {
  const search = route.useSearch();
  const query = useApi("GET /files", {
    query: { ...fileQuery<NonNullable<Query<"GET /files">["state"]>>(search), ...begunSince(search) },
    live: search.cursor === undefined,
  });
  return (
    <FileList
      {...{ kind: "taken", hint: "newest first", states: STATES, search, query }}
      empty="No file has come yet. They come when a flow reads files of a system and one is dropped there."
    >
      {(items) => <FilesTable items={items} />}
    </FileList>
  );
}

function FilesTable({ items }: { readonly items: readonly FileItem[] }) {
  const { zone } = useZone();
  return (
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
      <td className="fit" data-name="begun">
        <Time at={startedAt} />
      </td>
    </tr>
  );
}

/** Rows by route and outcome. Those that were rejected are messages, which the number leads to; most others left none. */
export function Books({ of, file }: { readonly of: FileItem["books"]; readonly file: number }) {
  return Object.entries(of).map(([to, counts]) => (
    <div key={to}>
      <span className="faint route">{to}</span>{" "}
      {Object.entries(counts)
        .filter(([, n]) => n !== 0)
        .map(([outcome, n]) => (
          <span key={outcome} className="whole">
            {outcome === "rejected" ? (
              <Link className="link" to="/messages" search={{ file, to, outcome }}>
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
