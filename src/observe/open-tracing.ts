import type { Logger } from "./logger.ts";
import type { Tracing } from "./tracing.ts";

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Traces, when OTEL_EXPORTER_OTLP_ENDPOINT (or …_TRACES_ENDPOINT) says where to; else null, and nothing is loaded.
 * Sampler, batch, headers and resource are set by the other variables of OpenTelemetry.
 */
export async function openTracing(
  logger: Logger,
  variables: Variables = process.env,
): Promise<Tracing | null> {
  if (!isWanted(variables)) return null;
  const { otelTracing } = await import("./otel.ts");
  return otelTracing(logger);
}

function isWanted(variables: Variables): boolean {
  const given = (name: string): string => variables[name]?.trim() ?? "";
  if (given("OTEL_SDK_DISABLED").toLowerCase() === "true") return false;
  if (given("OTEL_TRACES_EXPORTER").toLowerCase() === "none") return false;
  return given("OTEL_EXPORTER_OTLP_ENDPOINT") !== "" || given("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") !== "";
}
