/** What Grafana imports (https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/). */
export type Dashboard = Readonly<Record<string, unknown>> & { readonly panels: readonly Panel[] };

interface Panel {
  readonly title: string;
  readonly targets: readonly { readonly expr: string }[];
  readonly [key: string]: unknown;
}

/** A query, and the legend of its series. */
type Query = readonly [expr: string, legend: string];

interface Drawn {
  readonly title: string;
  readonly unit: "short" | "s" | "bytes" | "ops";
  readonly queries: readonly Query[];
  /** From here on it is drawn in red. */
  readonly red?: number;
}

/** What is asked first: does it run, does anything wait for me, is it late? */
const STATS: readonly Drawn[] = [
  {
    title: "Accepted",
    unit: "ops",
    queries: [["sum(rate(tieline_messages_accepted_total[$__rate_interval]))", ""]],
  },
  {
    title: "Reached a target",
    unit: "ops",
    queries: [["sum(rate(tieline_messages_delivered_total[$__rate_interval]))", ""]],
  },
  { title: "Not done", unit: "short", queries: [["max(tieline_backlog_messages)", ""]] },
  {
    title: "Oldest",
    unit: "s",
    red: 300,
    queries: [["max(tieline_oldest_message_age_seconds or tieline_oldest_delivery_age_seconds)", ""]],
  },
  {
    title: "Wait for a person",
    unit: "short",
    red: 1,
    queries: [
      [
        "sum(max by (flow) (tieline_parked_messages)) + (sum(max by (flow, target) (tieline_parked_deliveries)) or vector(0))",
        "",
      ],
    ],
  },
  {
    title: "Routes that stand",
    unit: "short",
    red: 1,
    queries: [["sum(max by (flow, target) (tieline_route_stopped))", ""]],
  },
];

const GRAPHS: readonly Drawn[] = [
  {
    title: "Accepted by flow",
    unit: "ops",
    queries: [
      ['sum by (flow) (rate(tieline_messages_accepted_total{flow=~"$flow"}[$__rate_interval]))', "{{flow}}"],
      ['sum by (flow) (rate(tieline_file_rows_total{flow=~"$flow"}[$__rate_interval]))', "{{flow}} rows"],
    ],
  },
  {
    title: "Reached a target",
    unit: "ops",
    queries: [
      [
        'sum by (flow, target) (rate(tieline_messages_delivered_total{flow=~"$flow"}[$__rate_interval]))',
        "{{flow}} to {{target}}",
      ],
    ],
  },
  {
    title: "Queue by flow and route",
    unit: "short",
    queries: [
      ['max by (flow) (tieline_flow_open_messages{flow=~"$flow"})', "{{flow}}"],
      ['max by (flow, target) (tieline_route_open_deliveries{flow=~"$flow"}) > 0', "{{flow}} to {{target}}"],
    ],
  },
  {
    title: "Age of the oldest",
    unit: "s",
    red: 300,
    queries: [
      ['max by (flow) (tieline_oldest_message_age_seconds{flow=~"$flow"})', "{{flow}}"],
      [
        'max by (flow, target) (tieline_oldest_delivery_age_seconds{flow=~"$flow"})',
        "{{flow}} to {{target}}",
      ],
    ],
  },
  {
    title: "Accepted until done, without deliveries",
    unit: "s",
    queries: percentiles('tieline_end_to_end_seconds_bucket{flow=~"$flow"}', "flow"),
  },
  {
    title: "One try at a target",
    unit: "s",
    queries: percentiles("tieline_delivery_duration_seconds_bucket", "target"),
  },
  {
    title: "Tries by outcome",
    unit: "ops",
    queries: [
      [
        "sum by (target, outcome) (rate(tieline_delivery_attempts_total[$__rate_interval]))",
        "{{target}} {{outcome}}",
      ],
    ],
  },
  {
    title: "Parked, and rows rejected",
    unit: "short",
    queries: [
      ['max by (flow) (tieline_parked_messages{flow=~"$flow"})', "{{flow}}"],
      ['max by (flow, target) (tieline_parked_deliveries{flow=~"$flow"})', "{{flow}} to {{target}}"],
      [
        'sum by (flow) (increase(tieline_file_rows_total{flow=~"$flow",result="rejected"}[1h]))',
        "{{flow}} rows in 1 h",
      ],
    ],
  },
  {
    title: "One mapping",
    unit: "s",
    queries: percentiles('tieline_mapping_duration_seconds_bucket{flow=~"$flow"}', "flow"),
  },
  {
    title: "Turned away, and come twice",
    unit: "ops",
    queries: [
      [
        'sum by (flow, code) (rate(tieline_messages_refused_total{flow=~"$flow"}[$__rate_interval]))',
        "{{flow}} {{code}}",
      ],
      [
        'sum by (flow) (rate(tieline_messages_duplicate_total{flow=~"$flow"}[$__rate_interval]))',
        "{{flow}} twice",
      ],
    ],
  },
  {
    title: "Planned runs in 1 h",
    unit: "short",
    queries: [
      [
        'sum by (flow, result) (increase(tieline_schedule_slots_total{flow=~"$flow"}[1h]))',
        "{{flow}} {{result}}",
      ],
    ],
  },
  {
    title: "Until the next planned run",
    unit: "s",
    queries: [['min by (flow) (tieline_next_slot_timestamp_seconds{flow=~"$flow"}) - time()', "{{flow}}"]],
  },
  {
    title: "Who works: lanes of each process",
    unit: "short",
    queries: [
      ["tieline_lanes_held", "{{instance}}"],
      ["tieline_duty_held > 0", "{{instance}} has files and slots"],
    ],
  },
  {
    title: "How the queue spreads",
    unit: "short",
    queries: [
      ["max(tieline_queued_lanes)", "lanes with work"],
      ["max(tieline_lane_backlog_messages)", "messages of the fullest lane"],
    ],
  },
  {
    title: "The hub itself",
    unit: "s",
    red: 5,
    queries: [
      ["tieline_engine_heartbeat_age_seconds", "{{instance}} engine silent"],
      ["tieline_event_loop_lag_seconds", "{{instance}} front behind"],
    ],
  },
  { title: "Free on the data disk", unit: "bytes", queries: [["tieline_disk_free_bytes", "{{instance}}"]] },
  {
    title: "Wake-ups through Redis in 1 h",
    unit: "short",
    queries: [["sum by (event) (increase(tieline_dispatch_events_total[1h]))", "{{event}}"]],
  },
  {
    title: "Forgotten in 1 h, since it was old",
    unit: "short",
    queries: [["sum by (kind) (increase(tieline_forgotten_total[1h]))", "{{kind}}"]],
  },
];

/**
 * The hub's dashboard: a row of numbers, then graphs by flow and target. Where several processes share a store each tells
 * what is in it, so that is not added up; what each has done is.
 */
export function dashboard(): Dashboard {
  return {
    uid: "tieline",
    title: "Tieline",
    tags: ["tieline"],
    schemaVersion: 39,
    editable: true,
    refresh: "30s",
    time: { from: "now-6h", to: "now" },
    timezone: "browser",
    templating: { list: [dataSource(), flowVariable()] },
    annotations: { list: [versionMarks()] },
    panels: [
      ...STATS.map((drawn, at) => panel(drawn, "stat", at + 1, { h: 4, w: 4, x: at * 4, y: 0 })),
      ...GRAPHS.map((drawn, at) =>
        panel(drawn, "timeseries", at + 11, { h: 8, w: 12, x: (at % 2) * 12, y: 4 + 8 * Math.floor(at / 2) }),
      ),
    ],
  };
}

const SOURCE = { type: "prometheus", uid: "$source" };

function panel(drawn: Drawn, type: "stat" | "timeseries", id: number, gridPos: object): Panel {
  const steps = [
    { color: "green", value: null },
    ...(drawn.red === undefined ? [] : [{ color: "red", value: drawn.red }]),
  ];
  return {
    id,
    type,
    title: drawn.title,
    gridPos,
    datasource: SOURCE,
    fieldConfig: {
      defaults: { unit: drawn.unit, min: 0, thresholds: { mode: "absolute", steps } },
      overrides: [],
    },
    targets: drawn.queries.map(([expr, legendFormat], at) => ({
      refId: String.fromCharCode(65 + at),
      datasource: SOURCE,
      expr,
      legendFormat,
    })),
  };
}

function percentiles(buckets: string, by: string): readonly Query[] {
  return [0.5, 0.99].map(
    (share): Query => [
      `histogram_quantile(${share}, sum by (le, ${by}) (rate(${buckets}[$__rate_interval])))`,
      `{{${by}}} p${share * 100}`,
    ],
  );
}

function dataSource(): object {
  return { name: "source", label: "Prometheus", type: "datasource", query: "prometheus" };
}

function flowVariable(): object {
  return {
    ...{ name: "flow", label: "Flow", type: "query", datasource: SOURCE },
    query: { query: "label_values(tieline_flow_open_messages, flow)", refId: "flow" },
    ...{ includeAll: true, multi: true, allValue: ".*", refresh: 2, sort: 1 },
    current: { text: ["All"], value: ["$__all"] },
  };
}

/** A mark where another version of the program began to run. */
function versionMarks(): object {
  return {
    ...{ name: "Version", enable: true, iconColor: "blue", datasource: SOURCE },
    expr: "tieline_build_info unless tieline_build_info offset 1m",
    titleFormat: "Tieline {{version}}",
  };
}
