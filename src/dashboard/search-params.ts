/** What the addresses of the screens may say after the `?`. What is not known is left out. */
type Given = Readonly<Record<string, unknown>>;

export interface MessagesSearch {
  readonly flow?: string;
  /** The route, as `system.sink`, that state, outcome and end are about. */
  readonly to?: string;
  readonly state?: string;
  readonly outcome?: string;
  readonly key?: string;
  readonly code?: string;
  readonly file?: number;
  readonly fingerprint?: string;
  /** A span up to now such as `24h`, or a moment. */
  readonly since?: string;
  readonly until?: string;
  /** As `since`: when it ended. */
  readonly endedSince?: string;
  readonly cursor?: number;
}

export function messagesSearch(given: Given): MessagesSearch {
  return {
    ...texts(given, ["flow", "to", "state", "outcome", "key", "code", "fingerprint"]),
    ...texts(given, ["since", "until", "endedSince"]),
    ...numbers(given, ["file", "cursor"]),
  };
}

export interface ErrorsSearch {
  /** `muted`: what is muted, of either state. */
  readonly state?: "parked" | "rejected" | "muted";
  readonly flow?: string;
}

export function errorsSearch(given: Given): ErrorsSearch {
  const { state } = given;
  return { ...texts(given, ["flow"]), ...(state === "rejected" || state === "muted" ? { state } : {}) };
}

export interface FlowsSearch {
  readonly view?: "graph";
}

export function flowsSearch(given: Given): FlowsSearch {
  return given["view"] === "graph" ? { view: "graph" } : {};
}

export interface FilesSearch {
  readonly flow?: string;
  readonly state?: string;
  /** Begun since: a span up to now such as `24h`, or a moment. */
  readonly since?: string;
  readonly cursor?: number;
}

export function filesSearch(given: Given): FilesSearch {
  return { ...texts(given, ["flow", "state", "since"]), ...numbers(given, ["cursor"]) };
}

export interface MappingSearch {
  /** A place in its text, counted from 1, that is shown and selected. */
  readonly line?: number;
  readonly column?: number;
}

export function mappingSearch(given: Given): MappingSearch {
  return numbers(given, ["line", "column"]);
}

export interface AgentSearch {
  /** The telephone system. */
  readonly system?: string;
  /** The agent's telephone. */
  readonly agent?: string;
}

export function agentSearch(given: Given): AgentSearch {
  return texts(given, ["system", "agent"]);
}

export interface AlertsSearch {
  readonly state?: "firing";
  readonly cursor?: number;
}

export function alertsSearch(given: Given): AlertsSearch {
  return { ...(given["state"] === "firing" ? { state: "firing" } : {}), ...numbers(given, ["cursor"]) };
}

export interface AuditSearch {
  readonly cursor?: number;
}

export function auditSearch(given: Given): AuditSearch {
  return numbers(given, ["cursor"]);
}

export interface TextSearch {
  readonly q?: string;
  readonly cursor?: string;
}

export function textSearch(given: Given): TextSearch {
  return texts(given, ["q", "cursor"]);
}

export interface UnassignedSearch {
  /** `payment`, `interaction`; without it all. */
  readonly entity?: string;
  readonly cursor?: string;
}

export function unassignedSearch(given: Given): UnassignedSearch {
  return texts(given, ["entity", "cursor"]);
}

function texts<const Name extends string>(
  given: Given,
  names: readonly Name[],
): Partial<Record<Name, string>> {
  const found: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const value = given[name];
    if (typeof value === "number" || (typeof value === "string" && value !== "")) found[name] = String(value);
  }
  return found;
}

function numbers<const Name extends string>(
  given: Given,
  names: readonly Name[],
): Partial<Record<Name, number>> {
  const found: Partial<Record<Name, number>> = {};
  for (const name of names) {
    const value = Number(given[name] ?? "");
    if (Number.isSafeInteger(value) && value > 0) found[name] = value;
  }
  return found;
}

const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `24h`, `30m`, `7d` as milliseconds since 1970; any other text as the moment it names; undefined: neither. */
export function sinceOf(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const [, n, unit] = /^(\d{1,4})([mhd])$/.exec(text) ?? [];
  // To the minute, so that the same address asks the same question for a while.
  if (n !== undefined) return Math.floor((now - Number(n) * UNITS[unit as "m"]) / 60_000) * 60_000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}
