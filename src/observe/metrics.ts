import { Counter, Registry } from "prom-client";
import {
  BUCKETS,
  type CounterName,
  counterKey,
  type DurationName,
  type Labels,
  parseCounterKey,
} from "./counter.ts";
import { addGauges, type MetricsInput } from "./gauge.ts";

const COUNTERS: Readonly<Record<CounterName, { name: string; help: string; labels: readonly string[] }>> = {
  accepted: { name: "tieline_messages_accepted_total", help: "Messages stored for a flow", labels: ["flow"] },
  duplicates: {
    name: "tieline_messages_duplicate_total",
    help: "Happenings that came again",
    labels: ["flow"],
  },
  refused: {
    name: "tieline_messages_refused_total",
    help: "Requests that were not taken",
    labels: ["flow", "code"],
  },
  delivered: {
    name: "tieline_messages_delivered_total",
    help: "Messages that reached a target",
    labels: ["flow", "target"],
  },
  parked: {
    name: "tieline_messages_parked_total",
    help: "Messages that wait for a person",
    labels: ["flow", "cause"],
  },
  attempts: {
    name: "tieline_delivery_attempts_total",
    help: "Tries to deliver",
    labels: ["target", "outcome"],
  },
  file_rows: { name: "tieline_file_rows_total", help: "Rows of files by result", labels: ["flow", "result"] },
  mapping_shadow: {
    name: "tieline_mapping_shadow_total",
    help: "Mappings compared with the reference library: same, different, or error when one ran out of its limits",
    labels: ["flow", "result"],
  },
  dispatch: {
    name: "tieline_dispatch_events_total",
    help: "Wake-ups were lost, are back, or a worker was deaf to them",
    labels: ["event"],
  },
  forgotten: {
    name: "tieline_forgotten_total",
    help: "Finished messages, files, bundles and alerts that were forgotten since they were old",
    labels: ["kind"],
  },
  slots: { name: "tieline_schedule_slots_total", help: "Planned runs by result", labels: ["flow", "result"] },
};

const DURATIONS: Readonly<Record<DurationName, { name: string; help: string }>> = {
  delivery: { name: "tieline_delivery_duration_seconds", help: "Time of one try at a target" },
  end_to_end: {
    name: "tieline_end_to_end_seconds",
    help: "Time from acceptance to the end on all routes, of messages that need no delivery",
  },
  mapping: {
    name: "tieline_mapping_duration_seconds",
    help: "Time of one mapping of a message, with its contracts",
  },
};

/** The hub's metrics in the text format of Prometheus 0.0.4. Values are the engine's; the front keeps none. */
export async function renderMetrics(input: MetricsInput): Promise<string> {
  const registry = new Registry();
  const samples = readSamples(input.status.counters);
  for (const [name, { name: full, help, labels }] of Object.entries(COUNTERS)) {
    const counter = new Counter({ name: full, help, labelNames: labels, registers: [registry] });
    for (const sample of samples.get(name) ?? []) counter.inc(pick(sample.labels, labels), sample.value);
  }
  addGauges(registry, input);
  return `${await registry.metrics()}${renderDurations(samples)}`;
}

export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

function readSamples(counters: Readonly<Record<string, number>>): ReadonlyMap<string, readonly Sample[]> {
  const samples = new Map<string, Sample[]>();
  for (const [key, value] of Object.entries(counters)) {
    const parsed = parseCounterKey(key);
    if (parsed === undefined) continue;
    const list = samples.get(parsed.name);
    if (list === undefined) samples.set(parsed.name, [{ labels: parsed.labels, value }]);
    else list.push({ labels: parsed.labels, value });
  }
  return samples;
}

function pick(labels: Labels, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, labels[name] ?? ""]));
}

/** prom-client's histogram takes single observations only; here the sums come ready from the engine. */
function renderDurations(samples: ReadonlyMap<string, readonly Sample[]>): string {
  let text = "";
  for (const [name, { name: full, help }] of Object.entries(DURATIONS)) {
    const sums = samples.get(`${name}_sum`) ?? [];
    if (sums.length === 0) continue;
    text += `\n# HELP ${full} ${help}\n# TYPE ${full} histogram\n`;
    const buckets = new Map(
      (samples.get(`${name}_bucket`) ?? []).map((one) => [counterKey("", one.labels), one.value]),
    );
    for (const { labels, value } of sums) {
      let count = 0;
      for (const le of [...BUCKETS.map(String), "+Inf"]) {
        count += buckets.get(counterKey("", { ...labels, le })) ?? 0;
        text += `${counterKey(`${full}_bucket`, { ...labels, le })} ${count}\n`;
      }
      text += `${counterKey(`${full}_sum`, labels)} ${value}\n${counterKey(`${full}_count`, labels)} ${count}\n`;
    }
  }
  return text;
}
