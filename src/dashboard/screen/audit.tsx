import { getRouteApi } from "@tanstack/react-router";
import { useMay } from "../api/may.ts";
import { useApi } from "../api/use.ts";
import { Head } from "../part/head.tsx";
import { Listed } from "../part/listed.tsx";
import { Needs } from "../part/needs.tsx";
import { Time } from "../part/time.tsx";
import { useZone } from "../part/zone.tsx";
import { type Pair, pairsOf } from "./audit-detail.ts";

const route = getRouteApi("/audit");

/** What people and tokens did, newest first. */
export function Audit() {
  return useMay("administer") ? (
    <Log />
  ) : (
    <>
      <Head title="Audit log" at={0} />
      <Needs permission="administer" />
    </>
  );
}

function Log() {
  const { cursor } = route.useSearch();
  const navigate = route.useNavigate();
  const { zone } = useZone();
  const query = useApi("GET /audit", {
    query: cursor === undefined ? {} : { cursor },
    live: cursor === undefined,
  });
  return (
    <>
      <Head title="Audit log" at={query.dataUpdatedAt}>
        <span className="faint">newest first</span>
      </Head>
      <div className="card">
        <Listed
          query={query}
          cursor={cursor}
          empty="Nobody has done anything yet."
          onCursor={(to) => void navigate({ search: to === undefined ? {} : { cursor: to } })}
        >
          {(items) => (
            <table className="rows fold">
              <thead>
                <tr>
                  <th>When ({zone})</th>
                  <th>Who</th>
                  <th>Act</th>
                  <th>On</th>
                  <th>Detail</th>
                  <th>Reason</th>
                </tr>
              </thead>
              <tbody>
                {items.map(({ id, at, actor, act, target, detail, reason }) => (
                  <tr key={id}>
                    <td className="fit">
                      <Time at={at} />
                    </td>
                    <td className="fit">{actor}</td>
                    <td className="fit">{act}</td>
                    <td className="wide key">{target}</td>
                    <td className="wide">
                      {detail === null
                        ? null
                        : pairsOf(detail).map((pair) => <Said key={pair.id} of={pair} />)}
                    </td>
                    <td className="wide">{reason}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </Listed>
      </div>
    </>
  );
}

function Said({ of: { name, value, kind } }: { readonly of: Pair }) {
  return (
    <>
      <span className="pair">
        {name === "" ? null : <span className="faint">{name}: </span>}
        {kind === "moment" ? (
          <Time at={value} />
        ) : kind === "hash" ? (
          <span className="mono" title={value}>
            {value.slice(0, 8)}
          </span>
        ) : (
          value
        )}
      </span>{" "}
    </>
  );
}
