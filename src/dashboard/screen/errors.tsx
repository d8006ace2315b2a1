import { Button, SegmentedControl } from "@mantine/core";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { type Answer, call } from "../api/client.ts";
import { useApi } from "../api/use.ts";
import { placeInWords } from "../part/fault.tsx";
import { Head } from "../part/head.tsx";
import { Loaded } from "../part/loaded.tsx";
import { May } from "../part/may.tsx";
import { ReplayDialog, type Selection } from "../part/replay.tsx";
import { Spark } from "../part/spark.tsx";
import { Age } from "../part/time.tsx";

const route = getRouteApi("/errors");

type Groups = Answer<"GET /error-groups">;
type Group = Groups["items"][number];
type State = "parked" | "rejected";

const STATES = [
  { value: "parked", label: "Parked: wait for a person" },
  { value: "rejected", label: "Rejected rows" },
];

/** What failed, by cause: the largest first, each with what to do. */
export function Errors() {
  const { state = "parked", flow } = route.useSearch();
  const navigate = route.useNavigate();
  const [replay, setReplay] = useState<Group | null>(null);
  const query = useApi("GET /error-groups", {
    query: { state, ...(flow === undefined ? {} : { flow }) },
    live: replay === null,
  });
  return (
    <>
      <Head title="Errors" at={query.dataUpdatedAt}>
        {flow === undefined ? (
          <span className="faint">of all flows, by cause</span>
        ) : (
          <Link className="chip link" to="/errors" search={state === "rejected" ? { state } : {}}>
            {flow} ×
          </Link>
        )}
      </Head>
      <div className="filters">
        <SegmentedControl
          size="xs"
          aria-label="Which errors"
          data={STATES}
          value={state}
          onChange={(value) => {
            const kept = flow === undefined ? {} : { flow };
            void navigate({ search: value === "rejected" ? { ...kept, state: "rejected" } : kept });
          }}
        />
      </div>
      <div className="card">
        <Loaded query={query} lines={8}>
          {(found) =>
            found.items.length === 0 ? (
              <p className="empty">
                {state === "parked" ? "Nothing is parked." : "No row was rejected that is not mended."}
              </p>
            ) : (
              <GroupTable found={found} state={state} onReplay={setReplay} />
            )
          }
        </Loaded>
      </div>
      {replay === null ? null : (
        <ReplayDialog
          title={`Replay: ${replay.failure.title}`}
          selection={() => membersOf(replay, state)}
          onClose={() => setReplay(null)}
        />
      )}
    </>
  );
}

function GroupTable({
  found,
  state,
  onReplay,
}: {
  readonly found: Groups;
  readonly state: State;
  readonly onReplay: (group: Group) => void;
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
                state={state}
                onReplay={() => onReplay(group)}
              />
            ))}
          </tbody>
        ))}
      </table>
      <div className="foot">
        {found.complete
          ? `all ${found.looked.toLocaleString("en")} ${state} now`
          : `${found.looked.toLocaleString("en")} ${state} now were counted; there are more`}
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
  state,
  onReplay,
}: {
  readonly group: Group;
  readonly state: State;
  readonly onReplay: () => void;
}) {
  const { fingerprint, flow, to, failure, count, more, keys, oldest, newest, perHour, sample } = group;
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
          {place?.file?.endsWith(".jsonata") === true ? (
            <Link className="link" to="/flows/$name/mapping" params={{ name: flow }}>
              Open the mapping{place.line === undefined ? "" : `, line ${place.line}`}
            </Link>
          ) : null}
        </div>
        <div className="faint">
          {cure}{" "}
          <Link className="link" to="/messages/$id" params={{ id: sample }}>
            newest: {sample}
          </Link>
        </div>
      </td>
      <td className="fit">
        {flow}
        {to === null ? null : <div className="faint">to {to}</div>}
      </td>
      <td className="number" data-name="messages">
        <Link className="link" to="/messages" search={{ flow, state, fingerprint }}>
          {count.toLocaleString("en")}
          {more ? "+" : ""}
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
          </Button>
        </May>
      </td>
    </tr>
  );
}

/** A replay takes so many at once. */
const MOST = 10_000;

/** All messages of a group, found page by page. */
async function membersOf({ flow, fingerprint }: Group, state: State): Promise<Selection | null> {
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
