import { SegmentedControl, Title } from "@mantine/core";
import { useState } from "react";
import { addressOf } from "../api/client.ts";
import { useMay } from "../api/may.ts";
import { useApi } from "../api/use.ts";
import { FailureNotice } from "../part/fault.tsx";
import { Loaded } from "../part/loaded.tsx";
import { bytesInWords, Payload } from "../part/payload.tsx";
import { Pill } from "../part/pill.tsx";
import { Time } from "../part/time.tsx";
import { Attempts } from "./message-attempts.tsx";
import type { Detail } from "./message-detail.ts";
import { type Mapped, MappedPane, type Pointed, Record } from "./message-mapped.tsx";

type Delivery = Detail["deliveries"][number];

/** As it came, as the mapping gives it, and what each target was sent and answered. */
export function Panes({ message }: { readonly message: Detail }) {
  const { id, deliveries, outcomes } = message;
  const [pointed, setPointed] = useState<Pointed | null>(null);
  const allowed = useMay("payloads");
  const query = useApi("GET /messages/{id}/mapped", { path: { id }, live: false, enabled: allowed });
  const inHub = Object.entries(outcomes).filter(([to]) => !deliveries.some((one) => one.to === to));
  return (
    <div className="columns panes">
      <Received message={message} mapped={query.data} pointed={pointed} onPoint={setPointed} />
      {allowed ? (
        query.data === undefined ? (
          <section className="card">
            <header>
              <Title order={2}>Mapped</Title>
            </header>
            <Loaded query={query}>{() => null}</Loaded>
          </section>
        ) : (
          <MappedPane found={query.data} pointed={pointed} onPoint={setPointed} />
        )
      ) : null}
      <div>
        {inHub.length === 0 ? null : <InHub of={inHub} />}
        {deliveries.map((delivery) => (
          <Sent key={delivery.id} message={id} delivery={delivery} />
        ))}
        {inHub.length === 0 && deliveries.length === 0 ? (
          <section className="card">
            <header>
              <Title order={2}>Answered</Title>
            </header>
            <p className="empty">Nothing has been sent to a target yet.</p>
          </section>
        ) : null}
      </div>
    </div>
  );
}

function InHub({ of }: { readonly of: readonly (readonly [string, string])[] }) {
  return (
    <section className="card">
      <header>
        <Title order={2}>In the hub</Title>
      </header>
      <div className="body">
        {of.map(([to, outcome]) => (
          <p key={to}>
            <span className="chip">{to}</span> <Pill word={outcome} />
          </p>
        ))}
        <p className="faint">Took effect in the same commit; the customer shows the values it brought.</p>
      </div>
    </section>
  );
}

type View = "decoded" | "raw" | "headers";

function Received({
  message: { id, headers, contentType, size },
  mapped,
  pointed,
  onPoint,
}: {
  readonly message: Detail;
  readonly mapped: Mapped | undefined;
  readonly pointed: Pointed | null;
  readonly onPoint: (pointed: Pointed | null) => void;
}) {
  const [chosen, setChosen] = useState<View | null>(null);
  const decoded = mapped !== undefined && mapped.record !== null;
  const view = chosen ?? (decoded ? "decoded" : "raw");
  return (
    <section className="card">
      <header>
        <Title order={2}>As received</Title>
        <span className="faint">
          {contentType ?? ""} {bytesInWords(size)}
        </span>
        <span className="end">
          <SegmentedControl
            size="xs"
            aria-label="How to show what was received"
            value={view}
            onChange={(next) => setChosen(next as View)}
            data={[
              ...(decoded ? [{ value: "decoded", label: "decoded" }] : []),
              { value: "raw", label: "raw" },
              ...(headers === null ? [] : [{ value: "headers", label: "headers" }]),
            ]}
          />
        </span>
      </header>
      {view === "headers" && headers !== null ? (
        <Headers of={headers} />
      ) : view === "decoded" && mapped !== undefined ? (
        <>
          <Record found={mapped} pointed={pointed} onPoint={onPoint} />
          <div className="foot">
            <span>
              <span className="unread">grey</span>: the flow never reads it
            </span>
            <a
              className="link"
              href={addressOf("GET /messages/{id}/raw", { path: { id }, query: { all: true } })}
              download
            >
              Download all
            </a>
          </div>
        </>
      ) : (
        <Payload name="GET /messages/{id}/raw" path={{ id }} />
      )}
    </section>
  );
}

function Headers({ of }: { readonly of: Readonly<Record<string, string>> }) {
  const all = Object.entries(of);
  if (all.length === 0) return <p className="empty">It came without headers.</p>;
  return (
    <dl className="facts body">
      {all.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className="mono">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Sent({ message, delivery }: { readonly message: string; readonly delivery: Delivery }) {
  const { to, state, outcome, failure, nextAt, sequence, answer } = delivery;
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
      <Attempts message={message} of={delivery} />
      {answer === null ? null : <p className="body">Answer: {answer}</p>}
      <p className="body faint mono">{delivery.id}</p>
    </section>
  );
}
