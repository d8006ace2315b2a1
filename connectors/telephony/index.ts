import { access, constants } from "node:fs/promises";
import { resolve } from "node:path";
import {
  checkDropFolders,
  DESK_SOURCES,
  defineConnector,
  dropFolders,
  HubError,
  type Sink,
  type Source,
} from "tieline/connector";
import { connectAmi } from "./ami.ts";
import { sourceFailure } from "./ami-failure.ts";
import { calls } from "./calls.ts";
import { details } from "./details.ts";
import { dial } from "./dial.ts";
import { ownSource } from "./own-source.ts";
import { type TelephonyOptions, TelephonySettings } from "./settings.ts";
import { telephone } from "./telephone.ts";

/** A telephone exchange: Asterisk by its manager interface, any other by the call records it writes. */
export default defineConnector({
  name: "telephony",
  description: "Telephone exchange: calls of Asterisk as they happen, and files of call records",
  settings: TelephonySettings,
  open: (settings, context) => {
    const { callRecords = {}, manager } = settings;
    const dir = context.dir ?? ".";
    const agents = agentsOf(settings);
    const sources: Record<string, Source> = { ...dropFolders(callRecords, context) };
    if (settings.details !== undefined) {
      requireFree(sources, "records");
      sources["records"] = details({ file: settings.details, agents, dir, now: () => context.now() });
    }
    const sinks: Record<string, Sink> = {};
    const now = (): number => context.now();
    if (manager !== undefined) {
      for (const name of ["calls", ...Object.values(DESK_SOURCES)]) requireFree(sources, name);
      sources["calls"] = calls({ manager, agents, dir, now });
      for (const name of Object.values(DESK_SOURCES)) sources[name] = ownSource();
      if (settings.dial !== undefined)
        sinks["dial"] = dial({ manager, dial: settings.dial, agents, dir, now });
    }
    return {
      sources,
      sinks,
      ...(manager === undefined ? {} : { telephone: telephone(settings, manager, dir, now) }),
      async check() {
        await checkDropFolders(callRecords, context);
        if (settings.details !== undefined) await checkDetails(resolve(dir, settings.details));
        if (manager !== undefined) await checkManager(manager, dir);
      },
      close: async () => {},
    };
  },
});

function agentsOf({
  agents = {},
  manager,
  details: file,
  dial,
  routing,
  desk,
}: TelephonyOptions): ReadonlySet<string> {
  const names = new Set(Object.keys(agents));
  if (manager === undefined && (dial ?? routing ?? desk) !== undefined) {
    throw new HubError("TL_CONFIG_INVALID", "`dial`, `routing` and `desk` need `manager`", {
      cure: "Say where Asterisk's manager interface answers.",
    });
  }
  if ((manager ?? file) !== undefined && names.size === 0) {
    throw new HubError("TL_CONFIG_INVALID", "`manager` and `details` need `agents`", {
      cure: "List the agents' telephones, such as `agents: { 101: { name: Ada } }`: by them the hub tells who called whom.",
    });
  }
  return names;
}

function requireFree(sources: Readonly<Record<string, Source>>, name: string): void {
  if (!Object.hasOwn(sources, name)) return;
  throw new HubError("TL_CONFIG_INVALID", `\`callRecords\` must not name a source \`${name}\``, {
    cure: "Choose another name: the manager interface gives a source of that name.",
  });
}

async function checkDetails(file: string): Promise<void> {
  await access(file, constants.R_OK).catch((cause: unknown) => {
    throw new HubError("TL_SOURCE_UNAVAILABLE", "the file of `details` cannot be read", { cause });
  });
}

async function checkManager(options: NonNullable<TelephonyOptions["manager"]>, dir: string): Promise<void> {
  try {
    const ami = await connectAmi({ options, dir, events: "", onEvent: () => undefined });
    ami.close();
  } catch (error) {
    throw sourceFailure(error);
  }
}
