import { type DestinationStream, type Logger, pino } from "pino";

export type { Logger } from "pino";

export const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Never written, wherever a log line holds headers. The hub logs no payload; this guards against a slip. */
const SECRET_HEADERS = [
  "authorization",
  "cookie",
  '["idempotency-key"]',
  '["webhook-signature"]',
  '["x-hub-signature-256"]',
  '["x-signature"]',
  '["proxy-authorization"]',
];

const redacted = ["", "headers", "req.headers", "request.headers"].flatMap((base) =>
  SECRET_HEADERS.map((name) => (base === "" || name.startsWith("[") ? `${base}${name}` : `${base}.${name}`)),
);

/**
 * The hub's log: one JSON object a line on the stream (stdout unless given), or one readable line when it is a terminal.
 * @param stream anything with `write`; `isTTY` true asks for readable lines
 */
export function openLogger(level: LogLevel, stream: LogStream = process.stdout): Logger {
  const target: DestinationStream =
    stream.isTTY === true ? { write: (line) => stream.write(readable(line)) } : stream;
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: redacted, censor: "[hidden]" },
    },
    target,
  );
}

export interface LogStream {
  readonly isTTY?: boolean;
  write(line: string): unknown;
}

/** `12:04:05.123 WARN  the text  flow=erp-customers` */
function readable(line: string): string {
  const { time, level, msg, ...rest } = JSON.parse(line) as Record<string, unknown>;
  const clock = String(time).slice(11, 23);
  const extra = Object.entries(rest)
    .map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(" ");
  return `${clock} ${String(level).toUpperCase().padEnd(5)} ${String(msg ?? "")}${extra === "" ? "" : `  ${extra}`}\n`;
}
