import type { FormatDefinition } from "../format/open.ts";
import { parseDuration } from "./duration.ts";
import type { FlowKind } from "./flow-context.ts";
import type {
  Collect,
  ErrorPolicy,
  FlowDefinition,
  GuardPolicy,
  RouteDefinition,
  Schedule,
} from "./flow-definition.ts";
import type { FlowTexts } from "./flow-texts.ts";
import type { RawCollect, RawFlow, RawRoute } from "./raw-flow.ts";
import { parseSize } from "./size.ts";

export interface FlowParts {
  readonly name: string;
  readonly file: string;
  readonly kind: FlowKind;
  readonly format: FormatDefinition;
  readonly files: FlowTexts;
}

/** A flow with every default filled in. `raw` was found to have no mistakes. */
export function defineFlow(raw: RawFlow, { name, file, kind, format, files }: FlowParts): FlowDefinition {
  const carries = raw.carries ?? (raw.version === undefined ? "change" : "state");
  const { source } = raw;
  return {
    name,
    file,
    description: raw.description ?? "",
    source: "topic" in source ? source : defineSource(source, format),
    schedule: raw.schedule === undefined ? null : defineSchedule(raw.schedule),
    accepts: raw.accepts ?? null,
    key: raw.key === "none" ? null : raw.key,
    version: raw.version ?? null,
    event: raw.event ?? null,
    record: raw.record ?? null,
    carries,
    conflict: raw.conflict ?? (kind === "pull" || kind === "listen" ? "newer" : "refuse"),
    eventWindow: duration(raw.eventWindow ?? "14d"),
    map: files.map,
    emits: raw.emits ?? null,
    routes: raw.routes.map((route) => defineRoute(route, carries)),
    guard: { rejected: defineGuard(raw.guard?.rejected ?? (kind === "files" ? "<10%" : "none")) },
    onError: defineErrors(raw.onError ?? {}, kind),
    publish: raw.publish ?? true,
    allowFallback: raw.allowFallback ?? false,
    limits: {
      deadline: duration(raw.limits?.deadline ?? "25ms"),
      body: parseSize(raw.limits?.body ?? "1MiB") ?? 0,
    },
    texts: files.texts,
  };
}

function defineSource(
  { system, read, poll }: Exclude<RawFlow["source"], { readonly topic: string }>,
  format: FormatDefinition,
): FlowDefinition["source"] {
  return { system, read, format, ...(poll === undefined ? {} : { poll: duration(poll) }) };
}

function defineSchedule({
  cron,
  zone,
  window,
  misfire = "run-once",
}: NonNullable<RawFlow["schedule"]>): Schedule {
  const [from = "", to = ""] = window?.split("-") ?? [];
  return { cron, zone, window: window === undefined ? null : { from, to }, misfire };
}

function defineRoute(raw: RawRoute, carries: FlowDefinition["carries"]): RouteDefinition {
  return {
    to: "to" in raw ? raw.to : `topic:${raw.topic}`,
    when: raw.when ?? null,
    onPark: raw.onPark ?? (carries === "state" ? "skip" : "block"),
    ...(raw.collect === undefined ? {} : { collect: defineCollect(raw.collect) }),
  };
}

/** What a file holds at most unless the flow says otherwise. */
const COLLECT_ROWS = 10_000;

function defineCollect({ until, zone, rows = COLLECT_ROWS }: RawCollect): Collect {
  return { cron: until, zone, rows };
}

function defineGuard(text: string): GuardPolicy["rejected"] {
  if (text === "none") return null;
  const amount = Number.parseFloat(text.slice(1));
  return text.endsWith("%") ? amount / 100 : { rows: amount };
}

function defineErrors(raw: NonNullable<RawFlow["onError"]>, kind: FlowKind): ErrorPolicy {
  const [first = "", last = ""] = (raw.transient?.backoff ?? "5s..2h").split("..");
  const [policy, age] = (raw["missing-reference"] ?? "wait 2h").split(" ");
  return {
    retries: raw.transient?.retries ?? 8,
    backoff: { first: duration(first), last: duration(last) },
    data: raw.data ?? (kind === "files" ? "reject-row" : "park"),
    missingReference: {
      policy: policy === "stub" || policy === "park" ? policy : "wait",
      maxAge: age === undefined ? 0 : duration(age),
    },
  };
}

function duration(text: string): number {
  return parseDuration(text) ?? 0;
}
