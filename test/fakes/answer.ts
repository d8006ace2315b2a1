import type { ServerResponse } from "node:http";

/** What the fake target does with one request. */
export interface FakeAnswer {
  /** HTTP status; default 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default a small JSON object. */
  readonly body?: string;
  /** Milliseconds before the answer. */
  readonly delay?: number;
  /**
   * - `hang`       the request is read and never answered
   * - `cut`        the request is read, then the connection is cut without an answer
   * - `cut-body`   the head and half of the body are sent, then the connection is cut
   * - `hang-body`  the head and half of the body are sent, then nothing
   * - `malformed`  bytes that are not HTTP are sent
   * - `endless`    the body never ends
   */
  readonly fault?: "hang" | "cut" | "cut-body" | "hang-body" | "malformed" | "endless";
  /** Whether the request has its effect although the answer says otherwise; default true for a status below 300. */
  readonly effect?: boolean;
  /** Kept for the next request that is no repetition of one that had its effect. */
  readonly fresh?: boolean;
}

const OK_BODY = JSON.stringify({ result: "ok" });

export function statusOf(answer: FakeAnswer): number {
  return answer.fault === "hang" || answer.fault === "cut" || answer.fault === "malformed"
    ? 0
    : (answer.status ?? 200);
}

/** Writes the answer, or breaks it as asked. */
export function writeAnswer(response: ServerResponse, answer: FakeAnswer): void {
  const body = answer.body ?? OK_BODY;
  const status = answer.status ?? 200;
  const headers = { "content-type": "application/json", ...answer.headers };
  const half = body.slice(0, Math.ceil(body.length / 2));
  switch (answer.fault) {
    case undefined:
      response.writeHead(status, headers).end(status === 204 || status === 304 ? undefined : body);
      return;
    case "hang":
      return;
    case "cut":
      response.socket?.destroy();
      return;
    case "malformed":
      response.socket?.end("NOT HTTP AT ALL\r\n\r\n");
      return;
    case "cut-body":
    case "hang-body":
      response.writeHead(status, { ...headers, "content-length": String(Buffer.byteLength(body)) });
      response.write(half, () => {
        if (answer.fault === "cut-body") response.socket?.destroy();
      });
      return;
    case "endless":
      response.writeHead(status, headers);
      pour(response);
  }
}

function pour(response: ServerResponse): void {
  const chunk = "x".repeat(64 * 1024);
  const more = () => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on("drain", more);
  more();
}
