import { Button, SegmentedControl } from "@mantine/core";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { type Answer, call } from "../api/client.ts";
import { useApi } from "../api/use.ts";
import { counted } from "../part/counted.ts";
import { placeInWords } from "../part/fault.tsx";
import { Head } from "../part/head.tsx";
import { Lever } from "../part/lever.tsx";
import { Loaded } from "../part/loaded.tsx";
import { MappingLink } from "../part/mapping-link.tsx";
import { May } from "../part/may.tsx";
import { MuteDialog } from "../part/mute.tsx";
import { ReplayDialog, type Selection } from "../part/replay.tsx";
import { Spark } from "../part/spark.tsx";
import { Age, Time } from "../part/time.tsx";
import type { ErrorsSearch } from "../search-params.ts";

const route = getRouteApi("/errors");

type Groups = Answer<"GET /error-groups">;
type Group = Groups["items"][number];
type Shown = NonNullable<ErrorsSearch["state"]>;

const SHOWN: readonly { readonly value: Shown; readonly label: string; readonly none: string }[] = [
  { value: "parked", label: "Parked: wait for a person", none: "Nothing is parked that is not muted." },
  { value: "rejected", label: "Rejected rows", none: "No row was rejected that is not mended or muted." },
  { value: "muted", label: "Muted", none: "Nothing is muted." },
];

/** What failed, by cause: the largest first, each with what to do. */
export function Errors() {
  const { state = "parked", flow } = route.useSearch();
  const navigate = route.useNavigate();
  const [replay, setReplay] = useState<Group | null>(null);
  const [muting, setMuting] = useState<Group | null>(null);
  const query = useApi("GET /error-groups", {
    query: { ...(state === "muted" ? { muted: true } : { state }), ...(flow === undefined ? {} : { flow }) },
    live: replay === null && muting === null,
  });
  const others = state === "parked" ? {} : { state };
  return (
    <>
      <Head title="Errors" at={query.dataUpdatedAt}>
        {flow === undefined ? (
          <span className="faint">of all flows, by cause</span>
        ) : (
          <Link className="chip link" to="/errors" search={others}>
            {flow} ×
          </Link>
        )}
      </Head>
      <div className="filters">
        <SegmentedControl
          size="xs"
          aria-label="Which errors"
          data={SHOWN.map(({ value, label }) => ({ value, label }))}
          value={state}
          onChange={(value) => {
            const kept = flow === undefined ? {} : { flow };
            void navigate({ search: value === "parked" ? kept : { ...kept, state: value as Shown } });
          }}
        />
      </div>
      <div className="card">
        <Loaded query={query} lines={8}>
          {(found) =>
            found.items.length === 0 ? (
              <p className="empty">{SHOWN.find(({ value }) => value === state)?.none}</p>
            ) : (
              <GroupTable found={found} shown={state} onReplay={setReplay} onMute={setMuting} />
            )
          }
        </Loaded>
      </div>
      {replay === null ? null : (
        <ReplayDialog
          title={`Replay: ${replay.failure.title}`}
          selection={() => membersOf(replay)}
          onClose={() => setReplay(null)}
        />
      )}
      {muting === null ? null : <MuteDialog group={muting} onClose={() => setMuting(null)} />}
    </>
  );
}

function GroupTable({
  found,
  shown,
  onReplay,
  onMute,
}: {
  readonly found: Groups;
  readonly shown: Shown;
  readonly onReplay: (group: Group) => void;
  readonly onMute: (group: Group) => void;
}) {
  return (
    <>
      <table className="rows fold">
        <thead>
          <tr>
            <th>What failed and what to do</th>
            <th>Flow</th>
            <th className="number">Messages</th>
            <th className="number" title="Different keys of these messages">
              Keys
            </th>
            <th>Last 24 hours</th>
            <th className="number">First</th>
            <th className="number">Last</th>
            <th />
          </tr>
        </thead>
        {sections(found).map(({ name, groups }) => (
          <tbody key={name}>
            <tr>
              <th colSpan={8} scope="rowgroup">
                {name}
              </th>
            </tr>
            {groups.map((group) => (
              <GroupRow
                key={`${group.flow} ${group.fingerprint}`}
                group={group}
                onReplay={() => onReplay(group)}
                onMute={() => onMute(group)}
              />
            ))}
          </tbody>
        ))}
      </table>
      <div className="foot">
        {found.complete
          ? `all ${found.looked.toLocaleString("en")} ${shown} now`
          : `${found.looked.toLocaleString("en")} ${shown} now were counted; there are more`}
      </div>
    </>
  );
}

/** First what only came after the flow was changed, so that the change may be its cause. */
function sections({ items }: Groups) {
  const isNew = ({ inForceSince, oldest }: Group): boolean => inForceSince !== null && oldest >= inForceSince;
  return [
    { name: "New since the flow's last change", groups: items.filter(isNew) },
    { name: "Known before", groups: items.filter((group) => !isNew(group)) },
  ].filter(({ groups }) => groups.length > 0);
}

function GroupRow({
  group,
  onReplay,
  onMute,
}: {
  readonly group: Group;
  readonly onReplay: () => void;
  readonly onMute: () => void;
}) {
  const { fingerprint, flow, to, state, failure, count, more, keys, oldest, newest, perHour, sample } = group;
  const { title, code, message, place, cure } = failure;
  return (
    <tr data-fingerprint={fingerprint}>
      <td className="wide">
        <Link className="link" data-row to="/messages" search={{ flow, state, fingerprint }}>
          <strong>{title}</strong>
        </Link>{" "}
        <span className="faint mono">{code}</span>
        <div>
          {message}
          {place === undefined ? null : <span className="mono faint"> {placeInWords(place)}</span>}{" "}
          <MappingLink flow={flow} place={place} />
        </div>
        <div className="faint">
          {cure}{" "}
          <Link className="link" to="/messages/$id" params={{ id: sample }}>
            newest: {sample}
          </Link>
        </div>
        <Muted group={group} />
      </td>
      <td className="fit">
        {flow}
        {to === null ? null : <div className="faint">to {to}</div>}
      </td>
      <td className="number" data-name="messages">
        <Link className="link" to="/messages" search={{ flow, state, fingerprint }}>
          {counted(count, more)}
        </Link>
      </td>
      <td className="number" data-name="keys">
        {keys.toLocaleString("en")}
      </td>
      <td>
        <Spark values={perHour} label="Accepted in each of the last 24 hours" bad />
      </td>
      <td className="number" data-name="first">
        <Age at={oldest} />
      </td>
      <td className="number" data-name="last">
        <Age at={newest} />
      </td>
      <td className="fit">
        <May permission="operate">
          <Button size="compact-xs" onClick={onReplay}>
            Replay {count.toLocaleString("en")}…
          </Button>{" "}
          {group.muted === null ? (
            <Button size="compact-xs" variant="default" onClick={onMute}>
              Mute…
            </Button>
          ) : (
            <Lever
              name="Unmute"
              operation="POST /error-groups/{fingerprint}/unmute"
              path={{ fingerprint }}
              body={{ flow }}
            />
          )}
        </May>
      </td>
    </tr>
  );
}

function Muted({ group: { muted } }: { readonly group: Group }) {
  if (muted === null) return null;
  return (
    <div className="faint">
      muted by {muted.by} until {muted.until === null ? "the flow changes" : <Time at={muted.until} />}
    </div>
  );
}

/** A replay takes so many at once. */
const MOST = 10_000;

/** All messages of a group, found page by page. */
async function membersOf({ flow, state, fingerprint }: Group): Promise<Selection | null> {
  const messages: string[] = [];
  let cursor: number | null = null;
  do {
    const page: Answer<"GET /messages"> = await call("GET /messages", {
      query: { flow, state, fingerprint, limit: 500, ...(cursor === null ? {} : { cursor }) },
    });
    messages.push(...page.items.map((one) => one.id));
    cursor = page.next;
  } while (cursor !== null && messages.length < MOST);
  return messages.length === 0 ? null : { messages: messages.slice(0, MOST) };
}
