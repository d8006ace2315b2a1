import { Title } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import { useApi } from "../api/use.ts";
import { Loaded } from "../part/loaded.tsx";
import { Pager } from "../part/pager.tsx";
import { Time, Updated } from "../part/time.tsx";
import { useZone } from "../part/zone.tsx";

const route = getRouteApi("/audit");

/** What people and tokens did, newest first. */
export function Audit() {
  const { cursor } = route.useSearch();
  const navigate = route.useNavigate();
  const { zone } = useZone();
  const query = useApi("GET /audit", {
    query: cursor === undefined ? {} : { cursor },
    live: cursor === undefined,
  });
  return (
    <>
      <div className="head">
        <Title order={1}>Audit log</Title>
        <span className="faint">newest first</span>
        <span className="end">
          <Updated at={query.dataUpdatedAt} />
        </span>
      </div>
      <div className="card">
        <Loaded query={query}>
          {({ items, next }) => (
            <>
              {items.length === 0 ? (
                <p className="empty">Nobody has done anything yet.</p>
              ) : (
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
                        <td>{target}</td>
                        <td className="wide">{detail}</td>
                        <td>{reason}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              )}
              <Pager
                shown={items.length}
                cursor={cursor}
                next={next}
                onCursor={(to) => void navigate({ search: to === undefined ? {} : { cursor: to } })}
              />
            </>
          )}
        </Loaded>
      </div>
    </>
  );
}
