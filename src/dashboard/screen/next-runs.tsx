import { Title } from "@mantine/core";
import { useApi } from "../api/use.ts";
import { Loaded } from "../part/loaded.tsx";
import { slotInWords, span, useNow } from "../part/time.tsx";

/** Planned runs to come, of all flows. */
const SHOWN = 6;

export function NextRuns() {
  const query = useApi("GET /schedules", { query: { count: 3 } });
  const now = useNow(10_000);
  return (
    <section className="card">
      <header>
        <Title order={2}>Next runs</Title>
      </header>
      <Loaded query={query} lines={4}>
        {({ items }) => {
          const runs = items
            .flatMap(({ flow, zone, upcoming }) => upcoming.map(({ at }) => ({ flow, zone, at })))
            .sort((a, b) => (a.at < b.at ? -1 : 1))
            .slice(0, SHOWN);
          if (runs.length === 0) return <p className="empty">No flow has a schedule.</p>;
          return (
            <table className="rows">
              <tbody>
                {runs.map(({ flow, zone, at }) => (
                  <tr key={`${flow} ${at}`}>
                    <td>
                      {flow}
                      <br />
                      <span className="faint">{slotInWords(at, zone)}</span>
                    </td>
                    <td className="number">in {span(Date.parse(at) - now)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          );
        }}
      </Loaded>
    </section>
  );
}
