import {
  type Context,
  DiagLogLevel,
  diag,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { detectResources, envDetector, resourceFromAttributes } from "@opentelemetry/resources";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import type { Logger } from "./logger.ts";
import type { TracedSpan, TracedStep, Tracing } from "./tracing.ts";

/** A collector that does not answer must not hold up the end of a hub; milliseconds. */
const CLOSE_MS = 2_000;
/** What a span may have, unless OTEL_SPAN_LINK_COUNT_LIMIT says less. */
const MOST_LINKS = 128;

const KINDS = { receive: SpanKind.SERVER, process: SpanKind.CONSUMER, send: SpanKind.CLIENT };

/** Tracing with the SDK of OpenTelemetry, over OTLP/HTTP. Each thread has its own. */
export function otelTracing(logger: Logger): Tracing {
  tellOfTrouble(logger);
  const own = resourceFromAttributes({ "service.name": "tieline" });
  const provider = new BasicTracerProvider({
    resource: own.merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  const tracer = provider.getTracer("tieline");
  return {
    begin(step, parents) {
      const contexts = parents.map(parse).filter((context) => context !== null);
      return handle(start(tracer, step, contexts));
    },
    async close() {
      const closed = provider.shutdown().catch(() => undefined);
      await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, CLOSE_MS).unref())]);
    },
  };
}

/** A lost span is no reason to stop; that all are lost is told once, until it is otherwise. */
function tellOfTrouble(logger: Logger): void {
  let told = false;
  const once = (text: string): void => {
    if (!told) logger.warn({ text: text.slice(0, 500) }, "traces do not reach their collector");
    told = true;
  };
  const quiet = (): void => undefined;
  diag.setLogger(
    { error: once, warn: quiet, info: quiet, debug: quiet, verbose: quiet },
    { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true },
  );
}

function start(
  tracer: Tracer,
  { kind, name, attributes }: TracedStep,
  contexts: readonly SpanContext[],
): Span {
  const [only] = contexts;
  const parent: Context =
    only !== undefined && contexts.length === 1 ? trace.setSpanContext(ROOT_CONTEXT, only) : ROOT_CONTEXT;
  const links: Link[] = contexts.length > 1 ? linksTo(contexts) : [];
  return tracer.startSpan(
    `${kind} ${name}`,
    {
      kind: KINDS[kind],
      links,
      attributes: {
        "messaging.system": "tieline",
        "messaging.operation.type": kind,
        "messaging.destination.name": name,
        ...attributes,
      },
    },
    parent,
  );
}

/** Only to what was recorded: a link elsewhere leads nowhere. */
function linksTo(contexts: readonly SpanContext[]): Link[] {
  const recorded = contexts.filter(({ traceFlags }) => (traceFlags & TraceFlags.SAMPLED) !== 0);
  return recorded.slice(0, MOST_LINKS).map((context) => ({ context }));
}

function handle(span: Span): TracedSpan {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return {
    traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`,
    end(code, attributes = {}) {
      span.setAttributes(attributes);
      if (code !== null) span.setAttribute("error.type", code).setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
}

/** W3C Trace Context, section 3.2.2; null when it is not valid. A version above 00 is read as far as 00 goes. */
function parse(text: string | null | undefined): SpanContext | null {
  const match = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/.exec(text ?? "");
  if (match === null) return null;
  const [, version = "ff", traceId = "", spanId = "", flags = "00", rest] = match;
  if (version === "ff" || (version === "00" && rest !== undefined)) return null;
  const context = {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED,
    isRemote: true,
  };
  return trace.isSpanContextValid(context) ? context : null;
}
