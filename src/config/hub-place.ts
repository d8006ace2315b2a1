import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { DispatchSettings, StorageSettings } from "./hub-settings.ts";
import { readSettings, settingsFile } from "./read-settings.ts";

/** Where a project's hub listens and keeps its data. */
export interface HubPlace {
  readonly url: string;
  /** The data folder, absolute. */
  readonly data: string;
  readonly storage: StorageSettings;
  readonly dispatch: DispatchSettings;
}

/**
 * What `tieline.yaml` and the environment say of it. Mistakes elsewhere in the project do not matter here: a command
 * that asks a running hub must work while somebody edits the files.
 */
export async function hubPlace(
  dir: string,
  variables: Readonly<Record<string, string | undefined>>,
): Promise<HubPlace> {
  const text = await readFile(join(dir, "tieline.yaml"), "utf8").catch(() => undefined);
  const env = {
    variables,
    catalogue: { connectors: {}, describe: () => undefined },
    compileExpression: () => null,
    createSecrets: false,
  };
  const { settings } = readSettings(settingsFile(text), dir, env, null);
  const { listen, data, storage, dispatch } = settings;
  return { url: urlOf(listen), data, storage, dispatch };
}

/** A hub that listens on every interface is reached on this machine's own. */
function urlOf(listen: { readonly host: string; readonly port: number }): string {
  const host = ["0.0.0.0", "::"].includes(listen.host) ? "127.0.0.1" : listen.host;
  return `http://${host.includes(":") ? `[${host}]` : host}:${listen.port}`;
}
