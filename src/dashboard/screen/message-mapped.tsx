import { SegmentedControl, Title } from "@mantine/core";
import { useState } from "react";
import type { Answer } from "../api/client.ts";
import { DiffLines } from "../part/diff-lines.tsx";
import { FailureNotice } from "../part/fault.tsx";
import { isAt, nearest, type Steps, type ValueLine } from "./field-path.ts";
import { ValueTree } from "./value-tree.tsx";

export type Mapped = Answer<"GET /messages/{id}/mapped">;

/** A field that is pointed at, in the record or in the result. */
export interface Pointed {
  readonly side: "record" | "mapped";
  readonly steps: Steps;
}

interface Props {
  readonly found: Mapped;
  readonly pointed: Pointed | null;
  readonly onPoint: (pointed: Pointed | null) => void;
}

/** The record as its flow decodes it: what nothing reads is grey, and where a field of the result is from stands out. */
export function Record({ found, pointed, onPoint }: Props) {
  const { read, fields, record } = found;
  const sources =
    pointed?.side === "mapped" ? nearest(fields, pointed.steps).flatMap((field) => field.sources) : [];
  const look = ({ steps, part }: ValueLine): string => {
    if (part === "end") return "";
    if (sources.some(({ path }) => isAt(path, steps))) return "from";
    return part === "whole" && !read.some((path) => isAt(path, steps)) ? "unread" : "";
  };
  return (
    <ValueTree
      name="Record, as decoded"
      value={record}
      look={look}
      onPoint={(steps) => onPoint(steps === null ? null : { side: "record", steps })}
    />
  );
}

/** What the mapping gives, by the version of the message; a field that is pointed at says where it comes from. */
export function MappedPane({ found, pointed, onPoint }: Props) {
  const [view, setView] = useState<"fields" | "diff">("fields");
  const { mapping, version, routes, failure, mapped, record, lookUps, fields, milliseconds } = found;
  return (
    <section className="card">
      <header>
        <Title order={2}>Mapped</Title>
        <span className="faint">
          <span className="mono">{version.hash.slice(0, 8)}</span>
          {version.inForce ? ", in force" : ", not in force any more"}
        </span>
        <span className="end">
          <SegmentedControl
            size="xs"
            aria-label="How to show it"
            value={view}
            onChange={(next) => setView(next === "diff" ? "diff" : "fields")}
            data={[
              { value: "fields", label: "fields" },
              { value: "diff", label: "diff input → output" },
            ]}
          />
        </span>
      </header>
      {failure === null ? (
        <>
          <p className="body routes">
            {routes.length === 0 ? "No route takes it." : "Goes to "}
            {routes.map((to) => (
              <span key={to} className="chip">
                {to}
              </span>
            ))}
          </p>
          {lookUps === 0 ? null : (
            <p className="notice">
              The mapping looks {lookUps === 1 ? "something" : `${lookUps} things`} up in the hub. Here
              look-ups find nobody, so what was sent may say more.
            </p>
          )}
          {view === "diff" ? (
            <DiffLines before={JSON.stringify(record, null, 2)} after={JSON.stringify(mapped, null, 2)} />
          ) : (
            <ValueTree
              name="Result of the mapping"
              value={mapped}
              look={(line) => lookOf(line, fields, pointed)}
              onPoint={(steps) => onPoint(steps === null ? null : { side: "mapped", steps })}
            />
          )}
        </>
      ) : (
        <FailureNotice failure={failure} />
      )}
      <Origin mapping={mapping} fields={fields} pointed={pointed} />
      {failure === null ? (
        <div className="foot">
          <span>
            mapped again just now, in {milliseconds < 0.1 ? "less than 0.1" : milliseconds.toFixed(1)} ms
          </span>
        </div>
      ) : null}
    </section>
  );
}

/** Fields of the result that what is pointed at in the record goes into stand out. */
function lookOf({ steps, part }: ValueLine, fields: Mapped["fields"], pointed: Pointed | null): string {
  if (part === "end" || pointed?.side !== "record") return "";
  const into = nearest(fields, steps).some(({ sources }) =>
    sources.some(({ path }) => isAt(path, pointed.steps)),
  );
  return into ? "from" : "";
}

/** The line of the mapping that sets a field, and what it reads. */
function Origin({ mapping, fields, pointed }: Pick<Mapped, "mapping" | "fields"> & Pick<Props, "pointed">) {
  const all = pointed?.side === "mapped" ? nearest(fields, pointed.steps) : [];
  return (
    <div className="origin" role="status" aria-label="Where the field comes from">
      {all.length === 0 ? (
        <div className="faint">
          {pointed?.side === "mapped"
            ? "No single line of the mapping sets this."
            : "Point at a field, or step through with the arrow keys, to see where it comes from."}
        </div>
      ) : (
        all.slice(0, 4).map(({ path, line, column, text, sources }) => (
          <div key={`${path} ${line} ${column}`}>
            <div className="mono faint">
              {mapping === null ? "handed over as it came" : `${mapping}:${line ?? ""}:${column ?? ""}`}
            </div>
            {text === null ? null : <code>{text.trim()}</code>}
            <div>
              {sources.length === 0 ? "from no field: a value of the mapping itself" : "from "}
              {sources.map(({ path: source, role }) => (
                <span key={`${source} ${role}`} className="chip mono">
                  {source === "" ? "/" : source}
                  {role === "decides" ? " (decides)" : ""}
                </span>
              ))}
            </div>
          </div>
        ))
      )}
    </div>
  );
}
