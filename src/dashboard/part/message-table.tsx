import { Checkbox } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Item } from "../api/client.ts";
import { Outcomes, Pill } from "./pill.tsx";
import { Age, Time } from "./time.tsx";
import { useZone } from "./zone.tsx";

export type MessageRow = Item<"GET /messages">;

/** Messages, one a line, with the last error in words. On a phone each line folds into a card. */
export function MessageTable({
  messages,
  chosen,
  onChoose,
}: {
  readonly messages: readonly MessageRow[];
  readonly chosen: ReadonlySet<string>;
  readonly onChoose: (ids: readonly string[], on: boolean) => void;
}) {
  const { zone } = useZone();
  const ids = messages.map((one) => one.id);
  const all = ids.length > 0 && ids.every((id) => chosen.has(id));
  return (
    <table className="rows fold">
      <thead>
        <tr>
          <th className="fit">
            <Checkbox
              aria-label="Choose all of this page"
              checked={all}
              indeterminate={!all && ids.some((id) => chosen.has(id))}
              onChange={() => onChoose(ids, !all)}
            />
          </th>
          <th>Message</th>
          <th>Flow</th>
          <th>Key</th>
          <th>State</th>
          <th>What happened</th>
          <th className="number">Attempts</th>
          <th>Accepted ({zone})</th>
          <th className="number">Age</th>
        </tr>
      </thead>
      <tbody>
        {messages.map((message) => (
          <Row
            key={message.id}
            message={message}
            chosen={chosen.has(message.id)}
            onChoose={(on) => onChoose([message.id], on)}
          />
        ))}
      </tbody>
    </table>
  );
}

function Row({
  message,
  chosen,
  onChoose,
}: {
  readonly message: MessageRow;
  readonly chosen: boolean;
  readonly onChoose: (on: boolean) => void;
}) {
  const { id, flow, key, state, failure, attempts, acceptedAt, outcomes, file, row } = message;
  return (
    <tr className={chosen ? "picked" : ""} data-id={id}>
      <td className="fit">
        <Checkbox
          aria-label={`Choose ${id}`}
          checked={chosen}
          onChange={(event) => onChoose(event.currentTarget.checked)}
        />
      </td>
      <td className="fit">
        <Link className="link mono" data-row to="/messages/$id" params={{ id }}>
          {id}
        </Link>
      </td>
      <td className="fit">{flow}</td>
      <td className="key">
        {key === null ? (
          <span className="faint">none</span>
        ) : (
          <Link className="chip link" to="/messages" search={{ key }}>
            {key}
          </Link>
        )}
        {file === null ? null : <span className="faint"> row {row}</span>}
      </td>
      <td className="fit">
        <Pill word={state} />
      </td>
      <td className="wide">
        {failure === null ? (
          <Outcomes of={outcomes} />
        ) : (
          <span title={failure.cure}>
            <strong>{failure.title}</strong> <span className="faint">{failure.message}</span>
          </span>
        )}
      </td>
      <td className="number" data-name="attempts">
        {attempts}
      </td>
      <td className="fit">
        <Time at={acceptedAt} />
      </td>
      <td className="number" data-name="age">
        <Age at={acceptedAt} />
      </td>
    </tr>
  );
}
