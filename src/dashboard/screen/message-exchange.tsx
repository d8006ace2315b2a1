import { Button } from "@mantine/core";
import { useState } from "react";
import type { Answer } from "../api/client.ts";
import { useApi } from "../api/use.ts";
import { Loaded } from "../part/loaded.tsx";
import { Needs } from "../part/needs.tsx";
import { bytesInWords, indented } from "../part/payload.tsx";
import { Source } from "../part/source.tsx";

const EXCHANGE = "GET /messages/{id}/deliveries/{delivery}/attempts/{attempt}";

type Found = Answer<typeof EXCHANGE>;
type Said = Found["sent"];

interface Place {
  readonly message: string;
  /** Sequence of the delivery. */
  readonly delivery: number;
  readonly of: { readonly attempt: number; readonly startedAt: string };
}

/** What one attempt sent, and what came back; secrets were never kept. */
export function Exchange(place: Place) {
  return (
    <Needs permission="payloads">
      <Asked {...place} />
    </Needs>
  );
}

function Asked({ message, delivery, of: { attempt, startedAt } }: Place) {
  const path = { id: message, delivery, attempt };
  const query = useApi(EXCHANGE, { path, query: { startedAt }, live: false });
  return <Loaded query={query}>{(found) => <Shown found={found} />}</Loaded>;
}

function Shown({ found: { sent, answered, curl } }: { readonly found: Found }) {
  const [copied, setCopied] = useState(false);
  return (
    <>
      <Side name="Sent" said={sent} />
      {curl === null ? null : (
        <div className="foot">
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => void navigator.clipboard.writeText(curl).then(() => setCopied(true))}
          >
            Copy request as curl
          </Button>
          <span role="status">{copied ? "copied; secrets are variables of the shell" : ""}</span>
        </div>
      )}
      {answered === null ? (
        <p className="body faint">No answer came.</p>
      ) : (
        <Side name="Answered" said={answered} />
      )}
    </>
  );
}

function Side({ name, said: { line, fields, body } }: { readonly name: string; readonly said: Said }) {
  return (
    <section aria-label={name}>
      <p className="body">
        <strong>{name}</strong> <span className="mono">{line}</span>
      </p>
      {Object.keys(fields).length === 0 ? null : (
        <dl className="facts body">
          {Object.entries(fields).map(([field, value]) => (
            <div key={field}>
              <dt>{field}</dt>
              <dd className="mono">{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {body === null ? null : (
        <>
          <Source>{indented(body.text)}</Source>
          <p className="body faint">{howMuch(body)}</p>
        </>
      )}
    </section>
  );
}

function howMuch({ text, size }: NonNullable<Said["body"]>): string {
  const shown = new TextEncoder().encode(text).length;
  if (size === null) return `${bytesInWords(shown)}; it broke off, or there was more`;
  return shown < size ? `first ${bytesInWords(shown)} of ${bytesInWords(size)}` : bytesInWords(size);
}
