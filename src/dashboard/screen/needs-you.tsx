import { Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { counted } from "../part/counted.ts";
import { ProblemNotice } from "../part/fault.tsx";
import { Limited } from "../part/limited.tsx";
import { Loaded } from "../part/loaded.tsx";
import type { FoundNeeds } from "./use-needs.tsx";

/** Lines that are shown unless all are asked for. */
const SHOWN = 10;

/** What goes on only when a person acts, the worst first. */
export function NeedsYou({ found: { needs, flows, lost, known, more } }: { readonly found: FoundNeeds }) {
  return (
    <section className="card">
      <header>
        <Title order={2}>Needs you</Title>
        {needs.length === 0 ? null : (
          <span className="faint">{counted(needs.length, more.alerts || more.stopped)}</span>
        )}
      </header>
      {lost?.error ? <ProblemNotice problem={lost.error} retry={() => void lost.refetch()} /> : null}
      <Loaded query={flows} lines={3}>
        {() =>
          needs.length === 0 ? (
            <Nothing known={known} />
          ) : (
            <Limited items={needs} most={SHOWN} order="the worst first">
              {(shown) => (
                <table className="rows fold">
                  <tbody>
                    {shown.map(({ id, tone, text, act }) => (
                      <tr key={id}>
                        <td className="wide">
                          <span className={`pill ${tone}`}>{tone === "bad" ? "act" : "look"}</span> {text}
                        </td>
                        <td className="fit number">{act}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              )}
            </Limited>
          )
        }
      </Loaded>
      <More of={more} />
    </section>
  );
}

function Nothing({ known }: Pick<FoundNeeds, "known">) {
  return known ? <p className="empty">Nothing. All that waits goes on by itself.</p> : null;
}

function More({ of: { alerts, stopped } }: { readonly of: FoundNeeds["more"] }) {
  if (!alerts && !stopped) return null;
  return (
    <div className="foot">
      {alerts ? (
        <Link className="link" to="/alerts" search={{ state: "firing" }}>
          More alerts fire
        </Link>
      ) : null}
      {stopped ? (
        <Link className="link" to="/files" search={{ state: "stopped" }}>
          More files are stopped
        </Link>
      ) : null}
    </div>
  );
}
