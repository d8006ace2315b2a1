import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { type Bytes, callBytes, type Problem } from "../api/client.ts";
import { Loaded } from "./loaded.tsx";
import { Needs } from "./needs.tsx";
import { Source } from "./source.tsx";

type Name = Parameters<typeof callBytes>[0];

interface Place {
  readonly name: Name;
  readonly path: Readonly<Record<string, string | number>>;
  /** Address of all of it, as a download. */
  readonly whole?: string;
}

/** The first 64 KB of what was received or sent, laid out when it is JSON, else as it is. Shown as text, never run. */
export function Payload(place: Place) {
  return (
    <Needs permission="payloads">
      <Asked {...place} />
    </Needs>
  );
}

function Asked({ name, path, whole }: Place) {
  const query = useQuery<Bytes, Problem>({
    queryKey: [name, path],
    queryFn: ({ signal }) => callBytes(name, { path, signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <Loaded query={query} lines={5}>
      {(found) => <Shown found={found} {...(whole === undefined ? {} : { whole })} />}
    </Loaded>
  );
}

function Shown({ found, whole }: { readonly found: Bytes; readonly whole?: string }) {
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
        {whole === undefined ? null : (
          <a className="link" href={whole} download>
            Download all
          </a>
        )}
      </div>
    </>
  );
}

function layOut({ bytes, size }: Bytes): { readonly text: string; readonly laidOut: string } {
  const text = asText(bytes);
  if (bytes.length < size) return { text, laidOut: text };
  try {
    const value: unknown = JSON.parse(text);
    return { text, laidOut: typeof value === "object" ? JSON.stringify(value, null, 2) : text };
  } catch {
    return { text, laidOut: text };
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
