import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { System } from "../connector/contract.ts";
import type { Telephone } from "../connector/telephone.ts";
import { HubError } from "../errors.ts";
import { compileMapping } from "../mapping/compile.ts";
import type { Mapping } from "../mapping/mapping.ts";
import type { JsonObject } from "../message/json.ts";
import type { CrmReads } from "../store/crm-reads.ts";
import { USUAL_RULE } from "./choose-agent.ts";
import { type Exchange, openExchange } from "./exchange.ts";

export interface DeskEnvironment {
  readonly systems: Readonly<Record<string, System>>;
  /** The project folder. */
  readonly dir: string;
  readonly reads: () => CrmReads;
  readonly now: () => number;
  readonly journal: (system: string, routing: JsonObject) => void;
  readonly failed: (system: string, error: HubError, what: string) => void;
}

/** One telephone system with its agents. */
export interface DeskSystem {
  readonly telephone: Telephone;
  readonly exchange: Exchange;
}

/** What agents see and what the dialplan is told: every telephone system whose calls are followed. */
export interface Desk {
  readonly systems: ReadonlyMap<string, DeskSystem>;
  /** Begins to watch calls and to answer; before it nothing is connected. */
  begin(): void;
  close(): Promise<void>;
}

/** @throws HubError TL_CONFIG_INVALID, TL_MAPPING_INVALID when a rule or a script is not valid */
export async function openDesk(env: DeskEnvironment): Promise<Desk> {
  const systems = new Map<string, DeskSystem>();
  const found = Object.entries(env.systems).flatMap(([name, { telephone }]) =>
    telephone === undefined ? [] : [[name, telephone] as const],
  );
  // All of them first: nothing connects when one is wrong.
  const prepared = await Promise.all(
    found.map(async ([system, telephone]) => ({
      system,
      telephone,
      rule:
        telephone.rule === null ? compile(USUAL_RULE, "the usual rule") : await read(env.dir, telephone.rule),
      script: telephone.script === null ? null : await read(env.dir, telephone.script),
    })),
  );
  for (const { system, telephone, rule, script } of prepared) {
    const exchange = openExchange({
      ...{ system, telephone, rule, script, reads: env.reads, now: env.now },
      journal: (routing) => env.journal(system, routing),
      failed: (error, what) => env.failed(system, error, what),
    });
    systems.set(system, { telephone, exchange });
  }
  return {
    systems,
    begin() {
      for (const { exchange } of systems.values()) exchange.begin();
    },
    async close() {
      await Promise.all([...systems.values()].map(({ exchange }) => exchange.close()));
    },
  };
}

async function read(dir: string, file: string): Promise<Mapping> {
  const text = await readFile(join(dir, file), "utf8").catch((cause: unknown) => {
    throw new HubError("TL_CONFIG_INVALID", `the mapping ${file} cannot be read`, {
      place: { file: "tieline.yaml" },
      cure: "Name a file below the project folder.",
      cause,
    });
  });
  return compile(text, file);
}

function compile(text: string, path: string): Mapping {
  return compileMapping(text, { path });
}
