import type { Command } from "commander";
import { HubError } from "../errors.ts";
import { parseMoment } from "./units.ts";

/** Filters that several commands share. */
export interface FilterOptions {
  readonly flow?: string;
  readonly state?: string;
  readonly key?: string;
  readonly since?: string;
  readonly until?: string;
  readonly code?: string;
  readonly file?: string;
}

/** Filters as the API takes them; times as RFC 3339. */
export interface Filters {
  readonly flow?: string;
  readonly state?: string;
  readonly key?: string;
  readonly since?: string;
  readonly until?: string;
  readonly code?: string;
  readonly file?: number;
}

export function addFilters(command: Command, states: readonly string[]): Command {
  return command
    .option("--flow <name>", "only this flow")
    .option("--state <state>", `only this state: ${states.join(", ")}`)
    .option("--key <key>", "only this key, exactly")
    .option("--since <when>", "accepted since: 30m, 2h, 7d, or a date")
    .option("--until <when>", "accepted until: 30m, 2h, 7d, or a date")
    .option("--code <code>", "only with this error code, such as TL_EMITS_FAILED")
    .option("--file <id>", "only rows of this file run");
}

/** @throws HubError TL_USAGE naming the option that is not right */
export function filtersOf(options: FilterOptions, states: readonly string[], now: number): Filters {
  if (options.state !== undefined && !states.includes(options.state)) {
    throw new HubError("TL_USAGE", "--state is not a state", { cure: `Choose one of ${states.join(", ")}.` });
  }
  return {
    ...(options.flow === undefined ? {} : { flow: options.flow }),
    ...(options.state === undefined ? {} : { state: options.state }),
    ...(options.key === undefined ? {} : { key: options.key }),
    ...(options.since === undefined ? {} : { since: momentText(options.since, now) }),
    ...(options.until === undefined ? {} : { until: momentText(options.until, now) }),
    ...(options.code === undefined ? {} : { code: options.code }),
    ...(options.file === undefined ? {} : { file: wholeNumber("--file", options.file) }),
  };
}

/** As the API takes it. @throws HubError TL_USAGE */
export function momentText(text: string, now: number): string {
  return new Date(parseMoment(text, now)).toISOString();
}

/** @throws HubError TL_USAGE */
export function wholeNumber(option: string, text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new HubError("TL_USAGE", `${option} is not a whole number`, { cure: "Write digits only." });
}
