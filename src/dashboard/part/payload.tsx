import { Button } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { addressOf, type Bytes, callBytes, type Problem } from "../api/client.ts";
import { Loaded } from "./loaded.tsx";
import { Needs } from "./needs.tsx";
import { Source } from "./source.tsx";

type Name = Parameters<typeof callBytes>[0];

/** Longer ones are downloaded: a page that lays them out would stand still. */
const MOST_SHOWN = 5 * 1024 * 1024;

interface Place {
  readonly name: Name;
  readonly path: Readonly<Record<string, string | number>>;
}

/**
 * What was received or sent, laid out when it is JSON, else as it is: the first 64 KB, and all of it when asked for.
 * Shown as text, never run.
 */
export function Payload(place: Place) {
  return (
    <Needs permission="payloads">
      <Asked {...place} />
    </Needs>
  );
}

function Asked({ name, path }: Place) {
  const [all, setAll] = useState(false);
  const query = useQuery<Bytes, Problem>({
    queryKey: [name, path, all],
    queryFn: ({ signal }) => callBytes(name, { path, signal, ...(all ? { query: { all } } : {}) }),
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  });
  return (
    <Loaded query={query} lines={5}>
      {(found) => (
        <Shown
          found={found}
          whole={addressOf(name, { path, query: { all: true } })}
          loading={query.isFetching}
          onLoadAll={() => setAll(true)}
        />
      )}
    </Loaded>
  );
}

function Shown({
  found,
  whole,
  loading,
  onLoadAll,
}: {
  readonly found: Bytes;
  readonly whole: string;
  readonly loading: boolean;
  readonly onLoadAll: () => void;
}) {
  const [plain, setPlain] = useState(false);
  const { text, laidOut } = useMemo(() => layOut(found), [found]);
  const cut = found.bytes.length < found.size;
  return (
    <>
      <Source>{plain ? text : laidOut}</Source>
      <div className="foot">
        <span>
          {cut ? `first ${bytesInWords(found.bytes.length)} of ` : ""}
          {bytesInWords(found.size)}
        </span>
        {cut && found.size <= MOST_SHOWN ? (
          <Button size="compact-xs" variant="default" loading={loading} onClick={onLoadAll}>
            Load all
          </Button>
        ) : null}
        {laidOut === text ? null : (
          <Button size="compact-xs" variant="default" onClick={() => setPlain(!plain)}>
            {plain ? "Lay out" : "As it is"}
          </Button>
        )}
        <Button
          size="compact-xs"
          variant="default"
          onClick={() => void navigator.clipboard.writeText(plain ? text : laidOut)}
        >
          Copy
        </Button>
        <a className="link" href={whole} download>
          Download all
        </a>
      </div>
    </>
  );
}

function layOut({ bytes, size }: Bytes): { readonly text: string; readonly laidOut: string } {
  const text = asText(bytes);
  return { text, laidOut: bytes.length < size ? text : indented(text) };
}

/** A text with its fields below each other when it is JSON, else as it is. */
export function indented(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" ? JSON.stringify(value, null, 2) : text;
  } catch {
    return text;
  }
}

/** UTF-8 where it is that, else each byte as the letter of Windows-1252, as old systems write. */
function asText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

export function bytesInWords(n: number): string {
  if (n < 10_000) return `${n.toLocaleString("en")} B`;
  if (n < 10_000_000) return `${Math.round(n / 1024).toLocaleString("en")} KB`;
  return `${Math.round(n / 1024 / 1024).toLocaleString("en")} MB`;
}
