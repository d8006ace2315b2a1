import type { Answer } from "../api/client.ts";
import { Time } from "../part/time.tsx";
import { OriginLink } from "./customer-golden.tsx";

type Entry = Answer<"GET /unassigned">["items"][number];

/** Contacts, invoices, orders and payments, each with all of its values. */
export function HistoryTable({ items }: { readonly items: readonly Entry[] }) {
  return (
    <table className="rows fold">
      <tbody>
        {items.map(({ entity, system, id, at, possible, values, origin }) => (
          <tr key={`${system} ${entity} ${id}`} data-history={`${system} ${entity} ${id}`}>
            <td className="fit">
              <Time at={at} />
            </td>
            <td className="fit">
              {entity} {possible ? <span className="pill warn">maybe</span> : null}
            </td>
            <td className="wide">
              <details>
                <summary>{headline(values) ?? `${system} ${id}`}</summary>
                <pre className="payload">{JSON.stringify(values, null, 2)}</pre>
              </details>
            </td>
            <td className="fit">
              <OriginLink origin={origin} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A payment is known by what came and from whom. */
function headline({ amount, currency, name }: Entry["values"]): string | null {
  if (typeof amount !== "string" || typeof currency !== "string") return null;
  return typeof name === "string" ? `${amount} ${currency}, ${name}` : `${amount} ${currency}`;
}
