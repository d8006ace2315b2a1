import { Title } from "@mantine/core";
import { Time } from "../part/time.tsx";
import type { Detail } from "./message-detail.ts";

type Entry = Detail["trail"][number];

/** What happened to the message, in the order it happened. */
export function Story({ message }: { readonly message: Detail }) {
  return (
    <section className="card">
      <header>
        <Title order={2}>Timeline</Title>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <ol className="story-line" tabIndex={0}>
        {message.trail.map((entry, index) => (
          <li key={`${entry.at} ${entry.step} ${entry.route} ${entry.detail}`} className={toneOf(entry)}>
            <strong>{entry.step}</strong>{" "}
            {entry.route === null ? null : <span className="chip">{entry.route}</span>}
            <br />
            <span className="faint">
              <Time at={entry.at} ms />
              {sinceBefore(message.trail[index - 1], entry)}
            </span>
            {entry.detail === null ? null : <div>{entry.detail}</div>}
          </li>
        ))}
      </ol>
    </section>
  );
}

function toneOf({ step }: Entry): string {
  if (/failed|parked|rejected|refused/.test(step)) return "bad";
  if (/next attempt|held|waits/.test(step)) return "warn";
  return /applied|answered|done|finished/.test(step) ? "good" : "";
}

function sinceBefore(before: Entry | undefined, entry: Entry): string {
  const ms = before === undefined ? 0 : Date.parse(entry.at) - Date.parse(before.at);
  if (ms <= 0) return "";
  return ms < 10_000 ? `, ${ms} ms later` : `, ${Math.round(ms / 1000)} s later`;
}
