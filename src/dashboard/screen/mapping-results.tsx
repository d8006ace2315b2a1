import { Link } from "@tanstack/react-router";
import type { Answer } from "../api/client.ts";
import { FailureNotice } from "../part/fault.tsx";
import { Loaded } from "../part/loaded.tsx";
import { Source } from "../part/source.tsx";
import { useDraft, useSettled } from "./mapping-draft.ts";

type Evaluation = Answer<"POST /flows/{name}/mapping/evaluate">;
type Comparison = Answer<"POST /flows/{name}/mapping/compare">;

/** What the mapping gives for the sample. */
export function Output({ found }: { readonly found: Evaluation }) {
  const { result, milliseconds } = found;
  return (
    <>
      {result === null ? (
        <p className="empty">It gives nothing.</p>
      ) : (
        <Source>{JSON.stringify(result, null, 2)}</Source>
      )}
      <div className="foot">
        <span>evaluated in {milliseconds < 0.1 ? "less than 0.1" : milliseconds.toFixed(1)} ms</span>
      </div>
    </>
  );
}

/** Mistakes with their places, each with what to do. */
export function Findings({
  problems,
  empty = false,
}: {
  readonly problems: Evaluation["problems"];
  readonly empty?: boolean;
}) {
  if (problems.length === 0)
    return empty ? <p className="empty">Sample and result are as their schemas say.</p> : null;
  return (
    <ul className="findings">
      {problems.map(({ in: where, severity, message, cure, line, column, field }) => (
        <li key={`${where} ${line} ${column} ${field} ${message}`}>
          <span className={`pill ${severity === "error" ? "bad" : "warn"}`}>{severity}</span>{" "}
          <span className="mono faint">
            {where === "sample" ? "sample " : ""}
            {line === null ? "" : `${line}:${column ?? 1} `}
            {field ?? ""}
          </span>{" "}
          {message}
          {cure === null ? null : <div className="faint">{cure}</div>}
        </li>
      ))}
    </ul>
  );
}

/** What is read and set, and what of it the sample has. */
export function Coverage({ found }: { readonly found: Evaluation }) {
  const { coverage } = found;
  if (coverage === null) return <p className="empty">The mapping cannot be read yet.</p>;
  return (
    <div className="body">
      <p>
        <strong>{Math.round(coverage.share * 100)} %</strong>{" "}
        <span className="faint">of what the mapping reads, sets and decides is tried by this sample</span>
      </p>
      <Fields title="Source fields" fields={coverage.source} unused="never read" />
      <Fields title="Target fields" fields={coverage.target} unused="never set" />
    </div>
  );
}

type Field = NonNullable<Evaluation["coverage"]>["source"][number];

function Fields({
  title,
  fields,
  unused,
}: {
  readonly title: string;
  readonly fields: readonly Field[];
  readonly unused: string;
}) {
  const used = fields.filter((one) => one.used).length;
  return (
    <>
      <h3>
        {title}{" "}
        <span className="faint">
          {used} of {fields.length}
        </span>
      </h3>
      <ul className="fields">
        {fields.map((one) => (
          <li key={one.path} className={one.used ? "mono" : "mono faint"}>
            {one.path} {one.used ? null : <span className="pill warn">{unused}</span>}
            {one.used && !one.seen ? <span className="pill">not in this sample</span> : null}
          </li>
        ))}
      </ul>
    </>
  );
}

/** What the draft would change for the newest messages. */
export function Changes({
  name,
  text,
  unreadable,
}: {
  readonly name: string;
  readonly text: string;
  readonly unreadable: boolean;
}) {
  const settled = useSettled(text, 600);
  const query = useDraft("POST /flows/{name}/mapping/compare", name, { text: settled }, !unreadable);
  if (unreadable) return <p className="empty">The mapping cannot be read yet.</p>;
  return <Loaded query={query}>{(found) => <Compared found={found} />}</Loaded>;
}

function Compared({ found }: { readonly found: Comparison }) {
  const { looked, changed, failing, mended, unreadable, complete, items } = found;
  if (looked === 0) return <p className="empty">No message of the flow is stored yet.</p>;
  return (
    <div className="body">
      <p className={failing > 0 ? "notice bad" : changed + mended > 0 ? "notice warn" : "notice good"}>
        Of the newest {looked} messages {changed} change
        {failing === 0 ? "" : `, ${failing} fail that did not`}
        {mended === 0 ? "" : `, ${mended} work that failed`}
        {unreadable === 0 ? "" : `, ${unreadable} cannot be read`}.
        {complete ? "" : " There was no time for more."}
      </p>
      {items.map(({ id, key, kind, differences, failure }) => (
        <details key={id} open={items.length < 4}>
          <summary>
            <Link className="link mono" to="/messages/$id" params={{ id }}>
              {id}
            </Link>{" "}
            {key === null ? null : <span className="chip">{key}</span>}{" "}
            <span className={`pill ${kind === "fails" ? "bad" : kind === "works" ? "good" : "warn"}`}>
              {kind}
            </span>
          </summary>
          {failure === null ? null : <FailureNotice failure={failure} />}
          {differences.map(({ pointer, before, after }) => (
            <div key={pointer} className="difference mono">
              <span>{pointer === "" ? "/" : pointer}</span>
              <del>{before ?? "(missing)"}</del>
              <ins>{after ?? "(missing)"}</ins>
            </div>
          ))}
        </details>
      ))}
      <p className="faint">Look-ups find nobody here, on both sides.</p>
    </div>
  );
}
