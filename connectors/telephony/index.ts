import { checkDropFolders, defineConnector, dropFolders, HubError, type Source } from "tieline/connector";
import { connectAmi } from "./ami.ts";
import { sourceFailure } from "./ami-failure.ts";
import { calls } from "./calls.ts";
import { type TelephonyOptions, TelephonySettings } from "./settings.ts";

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
    if (manager !== undefined) {
      requireFree(sources, "calls");
      sources["calls"] = calls({ manager, agents, dir, now: () => context.now() });
    }
    return {
      sources,
      sinks: {},
      async check() {
        await checkDropFolders(callRecords, context);
        if (manager !== undefined) await checkManager(manager, dir);
      },
      close: async () => {},
    };
  },
});

function agentsOf({ agents = {}, manager }: TelephonyOptions): ReadonlySet<string> {
  const names = new Set(Object.keys(agents));
  if (manager !== undefined && names.size === 0) {
    throw new HubError("TL_CONFIG_INVALID", "`manager` needs `agents`", {
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

async function checkManager(options: NonNullable<TelephonyOptions["manager"]>, dir: string): Promise<void> {
  try {
    const ami = await connectAmi({ options, dir, events: "", onEvent: () => undefined });
    ami.close();
  } catch (error) {
    throw sourceFailure(error);
  }
}
