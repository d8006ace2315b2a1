import { Button, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type Answer, call, type Item, type Problem } from "../api/client.ts";
import { ProblemNotice } from "../part/fault.tsx";
import { Pill } from "../part/pill.tsx";
import { Time } from "../part/time.tsx";

const LEVELS = {
  ok: ["good", "fine", "As it should be"],
  warn: ["warn", "look", "Works, and is probably not meant"],
  bad: ["bad", "bad", "Needs a person"],
} as const;

/** Looks at all the hub depends on when asked to: it calls every system. */
export function Doctor() {
  const examine = useMutation<Answer<"GET /doctor">, Problem>({ mutationFn: () => call("GET /doctor", {}) });
  return (
    <section className="card">
      <header>
        <Title order={2}>Doctor</Title>
        <span className="faint">
          the hub's machine, disk, store, flows and systems, as the process that answers sees them; changes
          nothing
        </span>
      </header>
      <div className="body">
        <Button loading={examine.isPending} onClick={() => examine.mutate()}>
          Examine
        </Button>
        {examine.error === null ? null : (
          <ProblemNotice problem={examine.error} retry={() => examine.mutate()} />
        )}
        <div role="status">
          {examine.data === undefined ? (
            <p className="faint">Each system is called once. Nothing has been looked at yet.</p>
          ) : (
            <p className={`notice ${examine.data.ok ? "good" : "bad"}`}>
              {verdict(examine.data.items)}, at <Time at={examine.data.at} />.
            </p>
          )}
        </div>
      </div>
      {examine.data === undefined ? null : <Findings items={examine.data.items} />}
    </section>
  );
}

function verdict(items: readonly Item<"GET /doctor">[]): string {
  const bad = items.filter(({ level }) => level === "bad").length;
  const warn = items.filter(({ level }) => level === "warn").length;
  if (bad + warn === 0) return `All ${items.length} findings are fine`;
  return `Of ${items.length} findings ${bad} are bad, and ${warn} are worth a look`;
}

/** What needs a person first. */
function Findings({ items }: { readonly items: readonly Item<"GET /doctor">[] }) {
  const order = ["bad", "warn", "ok"];
  const sorted = items.toSorted((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
  return (
    <table className="rows fold">
      <thead>
        <tr>
          <th>State</th>
          <th>What</th>
          <th>Found</th>
        </tr>
      </thead>
      <tbody>
        {sorted.map(({ level, what, found, cure }) => {
          const [tone, word, meaning] = LEVELS[level];
          return (
            <tr key={`${what} ${found}`}>
              <td className="fit">
                <Pill word={word} tone={tone} meaning={meaning} />
              </td>
              <td className="fit">{what}</td>
              <td className="wide">
                {found}
                {cure === null ? null : <div className="faint">{cure}</div>}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
