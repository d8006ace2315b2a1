import { Title } from "@mantine/core";
import { addressOf } from "../api/client.ts";
import { FailureNotice } from "../part/fault.tsx";
import { Payload } from "../part/payload.tsx";
import { Pill } from "../part/pill.tsx";
import { Time } from "../part/time.tsx";
import type { Detail } from "./message-detail.ts";

type Delivery = Detail["deliveries"][number];

/** As it came, as it was mapped for each route, and what the other system answered. */
export function Panes({ message }: { readonly message: Detail }) {
  const { id, headers, deliveries, outcomes, contentType } = message;
  const inHub = Object.entries(outcomes).filter(([to]) => !deliveries.some((one) => one.to === to));
  return (
    <div>
      <div className="columns panes">
        <section className="card">
          <header>
            <Title order={2}>As received</Title>
            <span className="faint">{contentType ?? ""}</span>
          </header>
          {headers === null ? null : <Headers of={headers} />}
          <Payload
            name="GET /messages/{id}/raw"
            path={{ id }}
            whole={addressOf("GET /messages/{id}/raw", { path: { id }, query: { all: true } })}
          />
        </section>
        {inHub.length === 0 ? null : (
          <section className="card">
            <header>
              <Title order={2}>In the hub</Title>
            </header>
            <div className="body">
              {inHub.map(([to, outcome]) => (
                <p key={to}>
                  <span className="chip">{to}</span> <Pill word={outcome} />
                </p>
              ))}
              <p className="faint">
                Took effect in the same commit; the customer shows the values it brought.
              </p>
            </div>
          </section>
        )}
        {deliveries.map((delivery) => (
          <Sent key={delivery.id} message={id} delivery={delivery} />
        ))}
      </div>
    </div>
  );
}

function Headers({ of }: { readonly of: Readonly<Record<string, string>> }) {
  return (
    <details className="body">
      <summary>
        {Object.keys(of).length} {Object.keys(of).length === 1 ? "header" : "headers"}
      </summary>
      <dl className="facts">
        {Object.entries(of).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="mono">{value}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function Sent({ message, delivery }: { readonly message: string; readonly delivery: Delivery }) {
  const { to, state, outcome, failure, tries, nextAt, sequence, answer } = delivery;
  return (
    <section className="card">
      <header>
        <Title order={2}>Sent to {to}</Title>
        <Pill word={outcome ?? state} />
        {nextAt === null || state !== "waiting" ? null : (
          <span className="faint">
            next attempt <Time at={nextAt} />
          </span>
        )}
      </header>
      {failure === null ? null : <FailureNotice failure={failure} />}
      <Payload
        name="GET /messages/{id}/deliveries/{delivery}/body"
        path={{ id: message, delivery: sequence }}
      />
      <Tries tries={tries} />
      {answer === null ? null : <p className="body">Answer: {answer}</p>}
      <p className="body faint mono">{delivery.id}</p>
    </section>
  );
}

function Tries({ tries }: Pick<Delivery, "tries">) {
  if (tries.length === 0) return <p className="body faint">No attempt has been made yet.</p>;
  return (
    <table className="rows fold">
      <thead>
        <tr>
          <th className="number">Attempt</th>
          <th>Begun</th>
          <th className="number">Took</th>
          <th>Answer</th>
        </tr>
      </thead>
      <tbody>
        {tries.map((one) => (
          <tr key={`${one.attempt} ${one.startedAt}`}>
            <td className="number" data-name="attempt">
              {one.attempt}
            </td>
            <td>
              <Time at={one.startedAt} ms />
            </td>
            <td className="number" data-name="took">
              {one.endedAt === null
                ? "in doubt"
                : `${Date.parse(one.endedAt) - Date.parse(one.startedAt)} ms`}
            </td>
            <td className="wide">
              {one.code === null ? null : <span className="mono">{one.code} </span>}
              {one.answer ?? (one.code === null ? "taken" : "")}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
