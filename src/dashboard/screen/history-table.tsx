import type { Answer } from "../api/client.ts";
import { Time } from "../part/time.tsx";
import { OriginLink } from "./customer-golden.tsx";

type Entry = Answer<"GET /unassigned">["items"][number];

/** Contacts, invoices, orders and payments, each with all of its values. */
export function HistoryTable({ items }: { readonly items: readonly Entry[] }) {
  return (
    <table className="rows fold">
      <thead>
        <tr>
          <th>When</th>
          <th>What</th>
          <th>Content</th>
          <th>Brought by</th>
        </tr>
      </thead>
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

/** A payment is known by what came and from whom, a contact by its kind, with whom it was and what about. */
function headline({ amount, currency, name, kind, contact, subject }: Entry["values"]): string | null {
  const paid = typeof amount === "string" && typeof currency === "string";
  const { phone = null, email = null } = (contact ?? {}) as Entry["values"];
  const said = paid ? [`${amount} ${currency}`, name] : [kind, phone, email, subject];
  const words = said.filter((word) => typeof word === "string" && word !== "");
  return words.length === 0 ? null : words.join(", ");
}
