import { Button, Title } from "@mantine/core";
import { getRouteApi, Link } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { useMay } from "../api/may.ts";
import { useApi } from "../api/use.ts";
import { type Act, ActDialog } from "../part/act.tsx";
import { FailureNotice } from "../part/fault.tsx";
import { Loaded } from "../part/loaded.tsx";
import { MappingLink } from "../part/mapping-link.tsx";
import { May } from "../part/may.tsx";
import { Outcomes, Pill } from "../part/pill.tsx";
import { ReplayDialog } from "../part/replay.tsx";
import { Age, Time, Updated } from "../part/time.tsx";
import { AddCase } from "./message-case.tsx";
import type { Detail } from "./message-detail.ts";
import { Panes } from "./message-panes.tsx";
import { Story } from "./message-story.tsx";

/** With its editor, which nobody needs who only looks. */
const EditedReplay = lazy(async () => ({ default: (await import("./message-edit.tsx")).EditedReplay }));

const route = getRouteApi("/messages/$id");

/** One message: what became of it and why, what it holds, and what can be done. */
export function Message() {
  const { id } = route.useParams();
  const query = useApi("GET /messages/{id}", { path: { id } });
  return (
    <>
      <div className="head">
        <Title order={1} className="mono">
          {id}
        </Title>
        {query.data?.id === id ? <Pill word={query.data.state} /> : null}
        <span className="end">
          <Updated at={query.dataUpdatedAt} />
        </span>
      </div>
      <Loaded query={query} lines={14}>
        {(message) => <Whole message={message} />}
      </Loaded>
    </>
  );
}

function Whole({ message }: { readonly message: Detail }) {
  return (
    <>
      <div className="columns story">
        <div className="card">
          <div className="body">
            <Facts message={message} />
          </div>
          {message.failure === null ? null : (
            <FailureNotice
              failure={message.failure}
              actions={<MappingLink flow={message.flow} place={message.failure.place} />}
            />
          )}
          <InTheWay message={message} />
          <Levers message={message} />
        </div>
        <Story message={message} />
      </div>
      <Panes message={message} />
    </>
  );
}

function Facts({ message }: { readonly message: Detail }) {
  const {
    flow,
    key,
    acceptedAt,
    attempts,
    replay,
    place,
    cause,
    version,
    event,
    outcomes,
    traceparent,
    edited,
  } = message;
  return (
    <dl className="facts">
      <Fact name="Flow">
        <Link className="link" to="/messages" search={{ flow }}>
          {flow}
        </Link>
      </Fact>
      <Fact name="Key">
        {key === null ? (
          "none"
        ) : (
          <Link className="link" to="/messages" search={{ key }}>
            {key}
          </Link>
        )}
      </Fact>
      <Fact name="Accepted">
        <Time at={acceptedAt} ms /> (<Age at={acceptedAt} /> ago)
      </Fact>
      <Fact name="From">
        {place === null ? message.system : `${message.system}, ${place.name ?? "file"} row ${place.row}`}
      </Fact>
      <Fact name="Attempts">{attempts}</Fact>
      {replay === 0 ? null : <Fact name="Replays">{replay}</Fact>}
      {Object.keys(outcomes).length === 0 ? null : (
        <Fact name="Outcome">
          <Outcomes of={outcomes} />
        </Fact>
      )}
      {version === null ? null : (
        <Fact name="Version">
          <span className="mono">{version.hash.slice(0, 8)}</span> of <Time at={version.deployedAt} />
        </Fact>
      )}
      {event === null ? null : <Fact name="Event">{event}</Fact>}
      {cause === null ? null : (
        <Fact name={edited ? "Edited copy of" : "Published by"}>
          <Link className="link mono" to="/messages/$id" params={{ id: cause }}>
            {cause}
          </Link>
        </Fact>
      )}
      {traceparent === null ? null : (
        <Fact name="Trace">
          <span className="mono">{traceparent.split("-")[1]}</span>
        </Fact>
      )}
    </dl>
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

/** Order per key: who waits for whom. */
function InTheWay({ message }: { readonly message: Detail }) {
  const { waitsBehind, blocks, blockedBy, key, state, flow } = message;
  if (state === "done" || key === null || (waitsBehind === 0 && blocks === 0)) return null;
  return (
    <p className="notice warn">
      {waitsBehind === 0 ? null : (
        <>
          Waits behind {some(waitsBehind)} of its key on this flow
          {blockedBy === null ? "" : ", held back by "}
          {blockedBy === null ? null : (
            <Link className="link mono" to="/messages/$id" params={{ id: blockedBy }}>
              {blockedBy}
            </Link>
          )}
          .{" "}
        </>
      )}
      {blocks === 0 ? null : (
        <>
          {some(blocks)} of its key {blocks === 1 ? "waits" : "wait"} behind it.{" "}
        </>
      )}
      <Link className="link" to="/messages" search={{ flow, key, state: "open" }}>
        All of this key that wait
      </Link>
    </p>
  );
}

/** Waiting ones are counted up to a thousand. */
function some(n: number): string {
  return n >= 1000 ? "1,000 or more" : String(n);
}

function Levers({ message }: { readonly message: Detail }) {
  const [replay, setReplay] = useState(false);
  const [act, setAct] = useState<Act | null>(null);
  const [copied, setCopied] = useState("");
  const [editing, setEditing] = useState(false);
  const [adding, setAdding] = useState(false);
  const payloads = useMay("payloads");
  const { id, state } = message;
  const copy = (what: string, text: string): void => {
    void navigator.clipboard.writeText(text).then(() => setCopied(what));
  };
  return (
    <div className="bulk">
      <May permission="operate">
        <Button
          data-key="r"
          variant={state === "parked" ? "filled" : "default"}
          onClick={() => setReplay(true)}
        >
          Replay…
        </Button>
        {payloads && message.place === null ? (
          <Button variant="default" onClick={() => setEditing(true)}>
            Replay edited…
          </Button>
        ) : null}
        {state === "done" || state === "parked" ? null : (
          <Button variant="default" onClick={() => setAct("park")}>
            Park…
          </Button>
        )}
        {state === "parked" ? (
          <Button variant="default" onClick={() => setAct("discard")}>
            Discard…
          </Button>
        ) : null}
      </May>
      {payloads ? (
        <Button variant="subtle" onClick={() => setAdding(true)}>
          Add as case…
        </Button>
      ) : null}
      <Button variant="subtle" onClick={() => copy("link", location.href)}>
        Copy link
      </Button>
      <Button variant="subtle" onClick={() => copy("curl", asCurl(message))}>
        Copy as curl
      </Button>
      <span role="status" className="faint">
        {copied === "" ? "" : `${copied} copied`}
      </span>
      {replay ? (
        <ReplayDialog
          title={`Replay ${id}`}
          selection={() => Promise.resolve({ messages: [id] })}
          onClose={() => setReplay(false)}
        />
      ) : null}
      {adding ? <AddCase id={id} onClose={() => setAdding(false)} /> : null}
      {editing ? (
        <Suspense>
          <EditedReplay id={id} onClose={() => setEditing(false)} />
        </Suspense>
      ) : null}
      {act === null ? null : <ActDialog act={act} messages={[id]} onClose={() => setAct(null)} />}
    </div>
  );
}

/** Fetches the bytes, with the token left to whoever runs it; quoted for a shell. */
function asCurl({ id, raw }: Detail): string {
  return `curl -H "Authorization: Bearer $TIELINE_TOKEN" '${location.origin}${raw}?all=true' -o '${id}.bin'`;
}
