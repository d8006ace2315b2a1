import { Title } from "@mantine/core";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { Answer } from "../api/client.ts";
import { useApi } from "../api/use.ts";
import { counted } from "../part/counted.ts";
import { placeInWords } from "../part/fault.tsx";
import { Lever } from "../part/lever.tsx";
import { Loaded } from "../part/loaded.tsx";
import { Pill } from "../part/pill.tsx";
import { Source } from "../part/source.tsx";
import { Time, Updated } from "../part/time.tsx";
import { FlowLevers, flowStates } from "./flow-levers.tsx";
import { Versions } from "./flow-versions.tsx";
import { GraphCard } from "./graph-card.tsx";

const route = getRouteApi("/flows/$name");

type Detail = Answer<"GET /flows/{name}">;

/** One flow: its routes, the books of today, its versions. */
export function Flow() {
  const { name } = route.useParams();
  const query = useApi("GET /flows/{name}", { path: { name } });
  return (
    <>
      <div className="head">
        <Title order={1}>{name}</Title>
        {query.data === undefined
          ? null
          : flowStates(query.data).map((state) => <Pill key={state} word={state} />)}
        <span className="end">
          <Updated at={query.dataUpdatedAt} />
        </span>
      </div>
      <Loaded query={query}>
        {(flow) => (
          <>
            <GraphCard name={name} />
            <Routes flow={flow} />
            <Books name={name} />
            <Versions name={name} />
            {flow.definition === null ? null : (
              <section className="card">
                <header>
                  <Title order={2}>Definition</Title>
                  <span className="faint">in force, with every default filled in</span>
                </header>
                <Source>{JSON.stringify(flow.definition, null, 2)}</Source>
              </section>
            )}
          </>
        )}
      </Loaded>
    </>
  );
}

function hasMapping({ definition }: Detail): boolean {
  return definition !== null && typeof definition["map"] === "string";
}

function Routes({ flow }: { readonly flow: Detail }) {
  const { name, description, problems, routes, source } = flow;
  return (
    <section className="card">
      <div className="body">
        <p>{description}</p>
        <FlowLevers flow={flow} />
        {hasMapping(flow) ? (
          <p>
            <Link className="link" to="/flows/$name/mapping" params={{ name }}>
              Open the mapping in the workbench
            </Link>
          </p>
        ) : null}
      </div>
      {problems.length === 0 ? null : (
        <div className="notice bad">
          <strong>The newest text is not in force</strong>
          <ul>
            {problems.map((one) => (
              <li key={one.message}>
                <span className="mono">{placeInWords(one.place ?? {})}</span> {one.message}
              </li>
            ))}
          </ul>
        </div>
      )}
      {source === null ? null : (
        <p className="body">
          {source.name} <Pill word={source.state} /> {source.collected.toLocaleString("en")} items since the
          hub started{source.failure === null ? "" : `; ${source.failure.title}: ${source.failure.message}`}
        </p>
      )}
      <table className="rows fold">
        <thead>
          <tr>
            <th>Route</th>
            <th className="number" title="Messages with a delivery there that is not done, now">
              Queued
            </th>
            <th>State</th>
            <th />
          </tr>
        </thead>
        <tbody>
          {routes.map(({ to, queued, stopped, waitingUntil }) => (
            <tr key={to}>
              <td className="wide">{to}</td>
              <td className="number" data-name="queued">
                <Link className="link" to="/messages" search={{ flow: name, to, state: "open" }}>
                  {counted(queued)}
                </Link>
              </td>
              <td className="wide">
                {stopped !== null ? (
                  <>
                    <Pill word="stopped" /> {stopped}
                  </>
                ) : waitingUntil !== null ? (
                  <>
                    <Pill word="waiting" /> the system does not answer; next attempt{" "}
                    <Time at={waitingUntil} />
                  </>
                ) : (
                  <Pill word="running" />
                )}
              </td>
              <td className="fit">
                {stopped === null ? null : (
                  <Lever
                    name="Resume"
                    operation="POST /flows/{name}/routes/{to}/resume"
                    path={{ name, to }}
                  />
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className="foot">
        <Link className="link" to="/messages" search={{ flow: name }}>
          Messages
        </Link>
        <Link className="link" to="/errors" search={{ flow: name }}>
          Errors
        </Link>
        <Link className="link" to="/files" search={{ flow: name }}>
          Files
        </Link>
      </div>
    </section>
  );
}

type DayBooks = Answer<"GET /flows/{name}/books">;

/** opening + in = outcomes + closing, or something is wrong; the page shows the sum as it is. */
function Books({ name }: { readonly name: string }) {
  const query = useApi("GET /flows/{name}/books", { path: { name } });
  return (
    <section className="card">
      <header>
        <Title order={2}>Books</Title>
        {query.data === undefined ? null : <Came books={query.data} />}
      </header>
      <Loaded query={query} lines={2}>
        {(books) => (
          <table className="rows fold">
            <thead>
              <tr>
                <th>Route</th>
                <th className="number" title="Not ended there when the day began">
                  Opening
                </th>
                <th className="number" title="Accepted on that day, again when replayed after a good end">
                  In
                </th>
                <th title="How they ended there on that day; of what was replayed or mended since, less">
                  Outcomes
                </th>
                <th className="number" title="Not ended there now">
                  Closing
                </th>
              </tr>
            </thead>
            <tbody>
              {books.routes.map((one) => (
                <tr key={one.to}>
                  <td className="wide key">{one.to}</td>
                  <td className="number" data-name="opening">
                    {one.opening.toLocaleString("en")}
                  </td>
                  <td className="number" data-name="in">
                    {one.in.toLocaleString("en")}
                  </td>
                  <td>
                    {Object.entries(one.outcomes).map(([outcome, n]) => (
                      <span key={outcome} className="whole">
                        <Ended books={books} to={one.to} outcome={outcome} n={n} /> <Pill
                          word={outcome}
                        />{" "}
                      </span>
                    ))}
                  </td>
                  <td className="number" data-name="closing">
                    {one.closing.toLocaleString("en")}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Loaded>
    </section>
  );
}

/** What came again or was refused is no message, and rows that end well are none either: there is no list of them. */
function Came({
  books: { flow, day, zone, from, files, accepted, duplicate, refused },
}: {
  readonly books: DayBooks;
}) {
  const n = accepted.toLocaleString("en");
  return (
    <span className="faint">
      {day} in {zone}:{" "}
      {files ? (
        `${n} rows`
      ) : (
        <Link className="link" to="/messages" search={{ flow, since: from }}>
          {n}
        </Link>
      )}{" "}
      accepted, {duplicate.toLocaleString("en")} duplicate, {refused.toLocaleString("en")} refused
    </span>
  );
}

/** What is parked has not ended, and is in the list of what waits. */
function Ended({
  books: { flow, from, files },
  to,
  outcome,
  n,
}: {
  readonly books: DayBooks;
  readonly to: string;
  readonly outcome: string;
  readonly n: number;
}) {
  const text = n.toLocaleString("en");
  if (files || outcome === "parked") return text;
  return (
    <Link className="link" to="/messages" search={{ flow, to, outcome, endedSince: from }}>
      {text}
    </Link>
  );
}
