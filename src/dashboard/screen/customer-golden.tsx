import { Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Answer } from "../api/client.ts";
import { Age } from "../part/time.tsx";

type Detail = Answer<"GET /customers/{id}">;
type Origin = Detail["externalIds"][number]["origin"];
type ValueOrigin = Origin & { readonly system: string; readonly id: string };

/** The values of the golden record, each with the record it came from. */
export function Golden({ customer }: { readonly customer: Detail }) {
  const { golden, provenance } = customer;
  return (
    <section className="card">
      <header>
        <Title order={2}>Golden record</Title>
        <span className="faint">each value with where it came from</span>
      </header>
      <table className="rows fold">
        <tbody>
          {Object.entries(golden).map(([field, value]) => (
            <tr key={field}>
              <td className="fit faint">{field}</td>
              <td className="wide">
                <Value of={value} />
              </td>
              <td>
                {originsOf(provenance[field]).map((origin) => (
                  <div key={`${origin.system} ${origin.id} ${origin.at}`}>
                    <span className="chip">
                      {origin.system} {origin.id}
                    </span>{" "}
                    <OriginLink origin={origin} />
                  </div>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Value({ of }: { readonly of: unknown }) {
  if (of === null || of === undefined) return <span className="faint">–</span>;
  if (typeof of !== "object") return String(of);
  const entries = Array.isArray(of) ? of : [of];
  return entries.map((entry) => <div key={inLine(entry)}>{inLine(entry)}</div>);
}

/** `type work, number +49…` */
function inLine(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value)
    .filter(([, one]) => one !== null && one !== "")
    .map(([name, one]) => `${name} ${inLine(one)}`)
    .join(", ");
}

/** A list has an origin for each of its entries; alike ones are told once. */
function originsOf(given: unknown): readonly ValueOrigin[] {
  const origins = (Array.isArray(given) ? given : [given]) as readonly (ValueOrigin | undefined)[];
  const seen = new Set<string>();
  return origins.flatMap((origin) => {
    if (origin === undefined) return [];
    const name = `${origin.system} ${origin.id} ${origin.at}`;
    if (seen.has(name)) return [];
    seen.add(name);
    return [origin];
  });
}

/** The message or the row of a file that brought it. */
export function OriginLink({ origin }: { readonly origin: Origin }) {
  const { message, file, row, at } = origin;
  return (
    <span className="faint whole">
      {message !== null ? (
        <Link className="link mono" to="/messages/$id" params={{ id: message }}>
          {message}
        </Link>
      ) : file !== null ? (
        <Link className="link" to="/files/$id" params={{ id: String(file) }}>
          file {file} row {row}
        </Link>
      ) : null}{" "}
      <Age at={at} /> ago
    </span>
  );
}
