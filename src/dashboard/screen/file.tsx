import { Progress, Title } from "@mantine/core";
import { getRouteApi, Link } from "@tanstack/react-router";
import { type Answer, addressOf } from "../api/client.ts";
import { useApi } from "../api/use.ts";
import { FailureNotice, placeInWords } from "../part/fault.tsx";
import { Lever } from "../part/lever.tsx";
import { Loaded } from "../part/loaded.tsx";
import { MappingLink } from "../part/mapping-link.tsx";
import { May } from "../part/may.tsx";
import { bytesInWords } from "../part/payload.tsx";
import { Pill } from "../part/pill.tsx";
import { Time, Updated } from "../part/time.tsx";
import { Books } from "./files.tsx";

const route = getRouteApi("/files/$id");

/** Bad rows that are shown; the reject file has all. */
const SHOWN = 100;

/** One file: how far it came, its books, its bad rows. */
export function File() {
  const { id } = route.useParams();
  const query = useApi("GET /files/{id}", { path: { id } });
  return (
    <>
      <div className="head">
        <Title order={1}>{query.data?.name ?? `File ${id}`}</Title>
        {query.data === undefined ? null : <Pill word={query.data.state} />}
        <span className="end">
          <Updated at={query.dataUpdatedAt} />
        </span>
      </div>
      <Loaded query={query}>
        {(file) => (
          <>
            <Whole file={file} />
            <BadRows file={file} />
          </>
        )}
      </Loaded>
    </>
  );
}

function Whole({ file }: { readonly file: Answer<"GET /files/{id}"> }) {
  const {
    id,
    flow,
    size,
    rows,
    sha256,
    progress,
    startedAt,
    finishedAt,
    failure,
    state,
    duplicateOf,
    books,
  } = file;
  return (
    <section className="card">
      <div className="body">
        <dl className="facts">
          <Fact name="Flow">
            <Link className="link" to="/flows/$name" params={{ name: flow }}>
              {flow}
            </Link>
          </Fact>
          <Fact name="Rows committed">{rows.toLocaleString("en")}</Fact>
          <Fact name="Size">{bytesInWords(size)}</Fact>
          <Fact name="Begun">
            <Time at={startedAt} />
          </Fact>
          <Fact name="Ended">
            <Time at={finishedAt} />
          </Fact>
          <Fact name="SHA-256">
            <span className="mono">{sha256.slice(0, 16)}…</span>
          </Fact>
          {duplicateOf === null ? null : (
            <Fact name="The same as">
              <Link className="link" to="/files/$id" params={{ id: String(duplicateOf) }}>
                file {duplicateOf}
              </Link>
            </Fact>
          )}
        </dl>
        <Progress value={progress * 100} my={10} aria-label={`${Math.round(progress * 100)} % committed`} />
        <Books of={books} file={id} />
      </div>
      {failure === null ? null : <FailureNotice failure={failure} />}
      {state === "stopped" ? (
        <div className="bulk">
          <Lever name="Resume from the checkpoint" operation="POST /files/{id}/resume" path={{ id }} />
        </div>
      ) : null}
    </section>
  );
}

function BadRows({ file }: { readonly file: Answer<"GET /files/{id}"> }) {
  const query = useApi("GET /files/{id}/rejected-rows", { path: { id: file.id }, query: { limit: SHOWN } });
  const rejects = addressOf("GET /files/{id}/rejects", { path: { id: file.id } });
  return (
    <section className="card">
      <header>
        <Title order={2}>Bad rows</Title>
        <span className="faint">the first {SHOWN} that are not mended</span>
        {query.data === undefined || query.data.items.length === 0 ? null : (
          <May permission="payloads">
            <a className="link end" href={rejects} download>
              Download rejects, to mend and drop again
            </a>
          </May>
        )}
      </header>
      <Loaded query={query} lines={4}>
        {({ items, next }) =>
          items.length === 0 ? (
            <p className="empty">None.</p>
          ) : (
            <>
              <table className="rows fold">
                <thead>
                  <tr>
                    <th className="number">Line</th>
                    <th className="number">Row</th>
                    <th>Message</th>
                    <th>Key</th>
                    <th>What is wrong</th>
                  </tr>
                </thead>
                <tbody>
                  {items.map(({ message, line, row, key, failure }) => (
                    <tr key={message}>
                      <td className="number" data-name="line">
                        {line}
                      </td>
                      <td className="number" data-name="row">
                        {row}
                      </td>
                      <td className="fit">
                        <Link className="link mono" data-row to="/messages/$id" params={{ id: message }}>
                          {message}
                        </Link>
                      </td>
                      <td>{key}</td>
                      <td className="wide">
                        <strong>{failure.title}</strong> {failure.message}{" "}
                        <span className="mono faint">{placeInWords(failure.place ?? {})}</span>{" "}
                        <MappingLink flow={file.flow} place={failure.place} />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
              {next === null ? null : <div className="foot">There are more; the download has all.</div>}
            </>
          )
        }
      </Loaded>
    </section>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
