import { Title } from "@mantine/core";
import type { Answer } from "../api/client.ts";
import { useApi } from "../api/use.ts";
import { Loaded } from "../part/loaded.tsx";
import { span, Time } from "../part/time.tsx";

type Report = Answer<"GET /retention">;

const KINDS = [
  ["messages", "Messages", "with payloads, deliveries and history, once they are done on all routes"],
  ["files", "Files taken over", "with their archived copy, once no message refers to them"],
  ["bundles", "Written files", "which deliveries they were made of"],
  ["alerts", "Alerts", "that are resolved"],
] as const;

/** How long what is finished is kept, and how much is gone. */
export function Retention() {
  const query = useApi("GET /retention");
  return (
    <section className="card">
      <header>
        <Title order={2}>Retention</Title>
        <span className="faint">
          how long what is finished is kept; what still waits is never forgotten, nor customers, books and the
          audit log
        </span>
      </header>
      <Loaded query={query} lines={5}>
        {(report) => (
          <>
            <Rules report={report} />
            <Flows report={report} />
            <p className="body faint">
              {report.sweptAt === null ? (
                "No sweep has ended yet. "
              ) : (
                <>
                  Last sweep <Time at={report.sweptAt} />, the next from <Time at={report.nextAt} /> on.{" "}
                </>
              )}
              The rules stand under <span className="mono">retention</span> in{" "}
              <span className="mono">tieline.yaml</span>.
            </p>
          </>
        )}
      </Loaded>
    </section>
  );
}

function Rules({ report: { rules, forgotten } }: { readonly report: Report }) {
  return (
    <table className="rows fold">
      <thead>
        <tr>
          <th>What</th>
          <th>Kept for</th>
          <th className="number">So far</th>
        </tr>
      </thead>
      <tbody>
        {KINDS.map(([kind, name, what]) => (
          <tr key={kind}>
            <td>
              {name} <span className="faint">{what}</span>
            </td>
            <td className="fit" data-name="kept for">
              {kept(rules[kind])}
            </td>
            <td className="fit number" data-name="so far">
              {forgotten[kind].toLocaleString("en")} forgotten
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Flows({ report: { flows } }: { readonly report: Report }) {
  if (flows.length === 0) return <p className="empty">There are no flows.</p>;
  return (
    <table className="rows fold apart">
      <thead>
        <tr>
          <th>Flow</th>
          <th>Its messages are kept for</th>
          <th>The next to go</th>
        </tr>
      </thead>
      <tbody>
        {flows.map(({ flow, keep, own, oldest }) => (
          <tr key={flow}>
            <td>{flow}</td>
            <td className="fit" data-name="kept for">
              {kept(keep)} {own ? <span className="faint">its own rule</span> : null}
            </td>
            <td className="fit" data-name="next to go">
              {oldest === null ? (
                <span className="faint">none is kept</span>
              ) : (
                <>
                  finished <Time at={oldest} />
                </>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function kept(milliseconds: number | null): string {
  return milliseconds === null ? "ever" : span(milliseconds);
}
