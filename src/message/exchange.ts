/** What was sent in one attempt and what came back, as people are shown it. */
export interface Exchange {
  readonly sent: Said;
  /** Missing: no answer came. */
  readonly answered?: Said;
}

/** One side of an exchange, in terms that HTTP, mail, queues, files and databases share. */
export interface Said {
  /** In one line: `POST https://billing.example.com/customers`, `SEND /queue/customers`, `503`, `250 2.0.0 Ok: queued`. */
  readonly line: string;
  /** Headers, properties or arguments, by name. */
  readonly fields?: Readonly<Record<string, string>>;
  /** `delivery`: the delivery's own body as JSON, which is stored anyway. */
  readonly body?: "delivery" | SaidBody;
}

export interface SaidBody {
  /** The beginning at least. */
  readonly text: string;
  /** Bytes of the whole; null: it broke off, or was not read to its end. */
  readonly size: number | null;
}

/** Stands where a secret was. */
export const HIDDEN = "•••";

/** Bytes of a body that are kept, and shown: its beginning. */
export const MOST_KEPT = 64 * 1024;

/** The beginning of a text: so many bytes of it in UTF-8, or a few less, since no character is cut. */
export function beginningOf(text: string, bytes: number): string {
  if (text.length <= bytes / 3 || Buffer.byteLength(text) <= bytes) return text;
  return new TextDecoder().decode(Buffer.from(text).subarray(0, bytes), { stream: true });
}
