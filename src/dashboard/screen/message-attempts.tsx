import { Button } from "@mantine/core";
import { Fragment, useState } from "react";
import { useApi } from "../api/use.ts";
import { ProblemNotice } from "../part/fault.tsx";
import { Pager } from "../part/pager.tsx";
import { Time } from "../part/time.tsx";
import type { Detail } from "./message-detail.ts";
import { Exchange } from "./message-exchange.tsx";

type Delivery = Detail["deliveries"][number];
type Try = Delivery["tries"]["items"][number];

/**
 * The attempts of a delivery, newest first. The first page comes with the message, the others are asked for. Which one
 * is shown is not in the address, since a message may have several deliveries.
 */
export function Attempts({
  message,
  of: { id, sequence, tries },
}: {
  readonly message: string;
  readonly of: Delivery;
}) {
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const cursor = cursors.at(-1);
  const older = useApi("GET /messages/{id}/deliveries/{delivery}/attempts", {
    path: { id: message, delivery: sequence },
    ...(cursor === undefined ? {} : { query: { cursor } }),
    live: false,
    enabled: cursor !== undefined,
  });
  if (tries.items.length === 0) return <p className="body faint">No attempt has been made yet.</p>;
  // Until the first page that is asked for is there, what was shown before stays.
  const { items, next } = cursor === undefined ? tries : (older.data ?? tries);
  return (
    <>
      {older.error === null ? null : (
        <ProblemNotice problem={older.error} retry={() => void older.refetch()} />
      )}
      <Rows message={message} delivery={sequence} tries={items} />
      {cursor === undefined && next === null ? null : (
        <Pager
          name={`Attempts of ${id}`}
          shown={items.length}
          cursor={cursor}
          next={next}
          onCursor={(to) => setCursors(to === undefined ? [] : [...cursors, to])}
          onBack={() => setCursors(cursors.slice(0, -1))}
        />
      )}
    </>
  );
}

/** Each opens to what was sent and what came back. */
function Rows({
  message,
  delivery,
  tries,
}: {
  readonly message: string;
  /** Its sequence. */
  readonly delivery: number;
  readonly tries: readonly Try[];
}) {
  const [open, setOpen] = useState<string | null>(null);
  return (
    <table className="rows fold">
      <thead>
        <tr>
          <th className="number" title="Attempt">
            No.
          </th>
          <th>Begun</th>
          <th>Answer</th>
        </tr>
      </thead>
      <tbody>
        {tries.map((one) => {
          const name = `${one.attempt} ${one.startedAt}`;
          const isOpen = open === name;
          return (
            <Fragment key={name}>
              <Row of={one} isOpen={isOpen} onToggle={() => setOpen(isOpen ? null : name)} />
              {isOpen ? (
                <tr>
                  <td className="wide" colSpan={3}>
                    <Exchange message={message} delivery={delivery} of={one} />
                  </td>
                </tr>
              ) : null}
            </Fragment>
          );
        })}
      </tbody>
    </table>
  );
}

function Row({
  of: { attempt, startedAt, endedAt, code, answer, exchanged },
  isOpen,
  onToggle,
}: {
  readonly of: Try;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}) {
  return (
    <tr>
      <td className="number" data-name="attempt">
        {/* Where j and k step to; there is nothing to do here, so Tab passes it by. */}
        <span data-row tabIndex={-1}>
          {attempt}
        </span>
      </td>
      <td data-name="begun">
        <Time at={startedAt} ms />{" "}
        <div>{endedAt === null ? "in doubt" : `took ${Date.parse(endedAt) - Date.parse(startedAt)} ms`}</div>
      </td>
      <td className="wide">
        {code === null ? null : <span className="mono whole">{code} </span>}
        {answer ?? (code === null && endedAt !== null ? "taken" : "")}{" "}
        {exchanged ? (
          <Button size="compact-xs" variant="default" aria-expanded={isOpen} onClick={onToggle}>
            {isOpen ? "Hide" : "Show"}
            <span className="skip"> what attempt {attempt} sent</span>
          </Button>
        ) : (
          <span className="faint">not kept</span>
        )}
      </td>
    </tr>
  );
}
