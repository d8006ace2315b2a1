import { CRM_TOPICS } from "./crm.ts";
import { parseDuration } from "./duration.ts";
import type { FlowContext, FlowKind } from "./flow-context.ts";
import { listAt, textAt, valueAt } from "./value-at.ts";
import type { Path } from "./yaml-file.ts";

/** What makes a setting senseless or unsafe together with another one. */
interface Rule {
  /** Where it is reported; nothing is when there is nothing. */
  readonly path: Path;
  readonly broken: (context: FlowContext, kind: FlowKind | undefined) => boolean;
  /** The reason; `{kind}` is what the source is. */
  readonly message: string;
  readonly cure: string;
}

const REAL_TIME: ReadonlySet<FlowKind | undefined> = new Set(["push", "listen", "topic"]);
/** Whose items the hub has taken from where they were: nobody can be told that one is wrong. */
const COLLECTED: ReadonlySet<FlowKind | undefined> = new Set(["pull", "listen"]);
const KIND_WORDS: Readonly<Record<FlowKind, string>> = {
  push: "a push source",
  files: "a file source",
  pull: "a source that is asked",
  listen: "a source that is listened to",
  topic: "a topic",
};

const RULES: readonly Rule[] = [
  {
    path: ["schedule"],
    broken: (_, kind) => REAL_TIME.has(kind),
    message: "schedule has no meaning for {kind}: the hub does not ask it",
    cure: "Remove `schedule`, or read a source that the hub asks.",
  },
  {
    path: ["source", "poll"],
    broken: (_, kind) => kind !== undefined && kind !== "pull",
    message: "source.poll has no meaning for {kind}",
    cure: "Remove `poll`.",
  },
  {
    path: ["source", "poll"],
    broken: ({ raw }) => valueAt(raw, "schedule") !== undefined,
    message: "source.poll and schedule exclude each other",
    cure: "Remove one of them: `schedule` asks at its slots, `poll` again and again.",
  },
  {
    path: ["source", "poll"],
    broken: ({ raw }) => (parseDuration(textAt(raw, "source", "poll") ?? "") ?? 1_000) < 1_000,
    message: "source.poll is shorter than a second",
    cure: "Write 1s or more.",
  },
  {
    path: ["conflict"],
    broken: ({ raw }, kind) => COLLECTED.has(kind) && textAt(raw, "conflict") === "refuse",
    message: "conflict: refuse is refused for {kind}: nobody would hear of it",
    cure: "Write `newer`, which is the default here, or `ignore`.",
  },
  {
    path: ["guard"],
    broken: (_, kind) => REAL_TIME.has(kind) || kind === "pull",
    message: "guard has no meaning for {kind}: it judges a whole file",
    cure: "Remove `guard`.",
  },
  {
    path: ["onError", "data"],
    broken: ({ raw }, kind) =>
      (REAL_TIME.has(kind) || kind === "pull") && textAt(raw, "onError", "data") === "reject-row",
    message: "onError.data: reject-row is refused for {kind}: it has no file, so the message would be lost",
    cure: "Write `data: park`: a person looks at it and replays it.",
  },
  {
    path: ["event"],
    broken: (_, kind) => kind === "files",
    message: "event has no meaning for {kind}: a row is known by its file, its place and its content",
    cure: "Remove `event`; `version` and `record` say which row is newer and which is which.",
  },
  ...["conflict", "eventWindow"].map((key) => ({
    path: [key],
    broken: (_: FlowContext, kind: FlowKind | undefined) => kind === "files",
    message: `${key} has no meaning for {kind}: it has no event ids`,
    cure: `Remove \`${key}\`.`,
  })),
  {
    path: ["limits", "body"],
    broken: (_, kind) => kind === "files" || kind === "topic",
    message: "limits.body has no meaning for {kind}",
    cure: "Remove it; `recordLimit` of the format limits the records of a file.",
  },
  ...["version", "carries"].map((key) => ({
    path: [key],
    broken: ({ raw }: FlowContext) =>
      textAt(raw, "key") === "none" && (key === "version" || textAt(raw, "carries") === "state"),
    message: `${key}: without a key no record can be newer than another`,
    cure: "Give the flow a `key`: what the state belongs to.",
  })),
  {
    path: ["publish"],
    broken: ({ raw }) =>
      valueAt(raw, "publish") === false &&
      !listAt(raw, "routes").some((one) => textAt(one, "to")?.startsWith("crm.")),
    message: "publish has no meaning here: no route goes to the CRM",
    cure: "Remove `publish`.",
  },
];

/** Refuses what is valid by itself and unsafe or senseless together. */
export function checkRules(context: FlowContext, kind: FlowKind | undefined): void {
  const { raw, report } = context;
  for (const { path, broken, message, cure } of RULES) {
    if (valueAt(raw, ...path) === undefined || !broken(context, kind)) continue;
    report.key(path, message.replace("{kind}", kind === undefined ? "it" : KIND_WORDS[kind]), cure);
  }
  checkBackoff(context);
  checkPark(context);
  checkContract(context);
}

function checkBackoff({ raw, report }: FlowContext): void {
  const path = ["onError", "transient", "backoff"];
  const [first, last] =
    textAt(raw, ...path)
      ?.split("..")
      .map(parseDuration) ?? [];
  if (first === undefined || last === undefined) return;
  if (first === 0)
    report.value(path, "onError.transient.backoff: the first wait is nothing", "Begin with 1s or more.");
  else if (first > last) {
    report.value(
      path,
      "onError.transient.backoff: the first wait is longer than the longest",
      "Write the shorter one first.",
    );
  }
}

function checkPark({ raw, report }: FlowContext): void {
  const carries = textAt(raw, "carries") ?? (valueAt(raw, "version") === undefined ? "change" : "state");
  if (carries !== "state") return;
  for (const [index, route] of listAt(raw, "routes").entries()) {
    if (textAt(route, "onPark") !== "block") continue;
    const message = `routes[${index + 1}].onPark: block is refused, since the flow carries state: a newer record replaces a parked one`;
    report.value(["routes", index, "onPark"], message, "Remove `onPark`, or write `carries: change`.");
  }
}

/** A mapping whose result nobody checks, and a way back to where the record came from. */
function checkContract({ raw, report }: FlowContext): void {
  if (valueAt(raw, "map") !== undefined && valueAt(raw, "emits") === undefined) {
    report.key(["map"], "the mapping's result is not checked", "Name its schema with `emits`.", "warning");
  }
  const topic = textAt(raw, "source", "topic");
  const entity = Object.keys(CRM_TOPICS).find((name) => CRM_TOPICS[name] === topic);
  if (entity === undefined || valueAt(raw, "publish") === false) return;
  for (const [index, route] of listAt(raw, "routes").entries()) {
    if (textAt(route, "to") !== `crm.${entity}`) continue;
    const message = `routes[${index + 1}].to: what was read from ${topic} would be written back to crm.${entity} and published again`;
    report.value(["routes", index, "to"], message, "Remove the route, or write `publish: false`.");
  }
}
