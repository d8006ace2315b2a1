import { Title } from "@mantine/core";
import { Loaded } from "../part/loaded.tsx";
import { useDraft, useSettled } from "./mapping-draft.ts";

/** The flow's cases with the draft, run again when the typing pauses. */
export function Cases({
  name,
  text,
  unreadable,
}: {
  readonly name: string;
  readonly text: string;
  readonly unreadable: boolean;
}) {
  const settled = useSettled(text, 300);
  const query = useDraft("POST /flows/{name}/mapping/cases", name, { text: settled }, !unreadable);
  return (
    <section className="card">
      <header>
        <Title order={2}>Cases</Title>
        {query.data === undefined || query.data.items.length === 0 ? null : (
          <span
            className={query.data.items.every((one) => one.passed) ? "pill good" : "pill bad"}
            role="status"
          >
            {query.data.items.filter((one) => one.passed).length} of {query.data.items.length} pass
          </span>
        )}
        <span className="faint">run when the typing pauses</span>
      </header>
      {unreadable ? (
        <p className="empty">The mapping cannot be read yet; the cases wait.</p>
      ) : (
        <Loaded query={query} lines={3}>
          {({ items }) =>
            items.length === 0 ? (
              <p className="empty">
                The flow has no cases. Each is a file in <code>mappings/{name}/cases</code>: a record, and
                what comes of it.
              </p>
            ) : (
              <ul className="cases">
                {items.map(({ name: title, file, passed, problem, differences }) => (
                  <li key={`${file} ${title}`} className={passed ? "good" : "bad"}>
                    <span className={passed ? "pill good" : "pill bad"}>{passed ? "pass" : "fail"}</span>{" "}
                    {title} <span className="faint mono">{file}</span>
                    {problem === null ? null : <pre className="payload">{problem}</pre>}
                    {differences.length === 0 ? null : (
                      <pre className="payload">{differences.join("\n")}</pre>
                    )}
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
      )}
    </section>
  );
}
