/** Tells a collector what was done, by the conventions for messaging of OpenTelemetry. Never holds content of a message. */
export interface Tracing {
  /**
   * Begins a span. One parent: it is part of that trace; several, as of a batch: links to them; none: a trace of its own.
   * @param parents W3C `traceparent`, as a sender wrote it or as it was stored; what is none is passed over
   */
  begin(step: TracedStep, parents: readonly (string | null | undefined)[]): TracedSpan;
  /** Sends what is not sent yet, and gives up soon where nobody takes it. */
  close(): Promise<void>;
}

export interface TracedStep {
  readonly kind: "receive" | "process" | "send";
  /** The flow, or for `send` the target: `billing.customer`. */
  readonly name: string;
  readonly attributes: TraceAttributes;
}

export type TraceAttributes = Readonly<Record<string, string | number | boolean>>;

export interface TracedSpan {
  /** What is handed on, so that others can go on from here. */
  readonly traceparent: string;
  /** @param code of the error catalogue, null when all went well */
  end(code: string | null, attributes?: TraceAttributes): void;
}
