import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { HubError } from "../errors.ts";
import type { Connector } from "./contract.ts";

/** The connectors that come with the program: compiled ones beside compiled code, sources beside sources. */
export const CONNECTOR_FOLDER = connectorsAbove(new URL("./", import.meta.url));

/** Code lies at several depths: in folders as it is written, in chunks as it is bundled. */
function connectorsAbove(folder: URL): URL {
  const here = new URL("connectors/", folder);
  const above = new URL("../", folder);
  return existsSync(here) || above.href === folder.href ? here : connectorsAbove(above);
}

/**
 * Imports every `<root>/<name>/index.js` or `index.ts`, by name. Folders that begin with a dot are passed over.
 * @throws HubError TL_CONFIG_INVALID naming the folder, what is wrong with it and the cure
 */
export async function loadConnectors(root: URL = CONNECTOR_FOLDER): Promise<Record<string, Connector>> {
  const folder = root.href.endsWith("/") ? root : new URL(`${root.href}/`);
  const connectors: Record<string, Connector> = {};
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new HubError("TL_CONFIG_INVALID", "the folder of connectors cannot be read", {
      place: { file: folder.pathname },
      cure: "Check that it exists; a connector is a folder with an index file in it.",
      cause,
    });
  });
  const names = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith("."));
  for (const { name } of names.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    connectors[name] = await loadConnector(folder, name);
  }
  return connectors;
}

async function loadConnector(folder: URL, name: string): Promise<Connector> {
  const place = { file: `connectors/${name}` };
  const index = ["index.js", "index.ts"]
    .map((file) => new URL(`${encodeURIComponent(name)}/${file}`, folder))
    .find((file) => existsSync(file));
  if (index === undefined) {
    throw new HubError("TL_CONFIG_INVALID", "the folder has no index.ts", {
      place,
      cure: "Write one with `export default defineConnector({...})`, or remove the folder.",
    });
  }
  let loaded: { readonly default?: unknown };
  try {
    loaded = (await import(index.href)) as { readonly default?: unknown };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split("\n", 1)[0] : "unknown";
    throw new HubError("TL_CONFIG_INVALID", `the connector cannot be loaded: ${reason}`, {
      place,
      cure: "Mend the code; a connector imports only `tieline/connector` and packages.",
      cause,
    });
  }
  const wrong = whatIsWrong(loaded.default, name);
  if (wrong !== undefined) {
    throw new HubError("TL_CONFIG_INVALID", wrong, {
      place,
      cure: "`export default defineConnector({ name, description, settings, open })`, with the folder's name as name.",
    });
  }
  return loaded.default as Connector;
}

function whatIsWrong(value: unknown, folder: string): string | undefined {
  if (typeof value !== "object" || value === null) return "index.ts has no connector as its default export";
  const connector = value as Partial<Record<keyof Connector, unknown>>;
  if (typeof connector.name !== "string") return "the connector has no `name`";
  if (connector.name !== folder)
    return `the connector's name is "${connector.name}", the folder's "${folder}"`;
  if (typeof connector.description !== "string" || connector.description === "") {
    return "the connector has no `description`";
  }
  const settings = connector.settings as { readonly type?: unknown } | undefined;
  if (typeof settings !== "object" || settings === null || settings.type !== "object") {
    return "the connector's `settings` is not a Type.Object";
  }
  return typeof connector.open === "function" ? undefined : "the connector has no function `open`";
}
