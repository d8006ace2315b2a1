import { join } from "node:path";
import { defineConnector, HubError, type Sink, type Source } from "tieline/connector";
import { callMethod } from "./call-method.ts";
import { externalIds } from "./external-ids.ts";
import { sourceFailure } from "./failure.ts";
import { openKnownIds } from "./known-ids.ts";
import { openOwnValues } from "./own-values.ts";
import { readModel } from "./read-model.ts";
import { odoo } from "./rpc.ts";
import { OdooSettings } from "./settings.ts";
import { upsert } from "./upsert.ts";

export default defineConnector({
  name: "odoo",
  description: "Odoo: models read as they change, records made and changed, methods called, over JSON-RPC",
  settings: OdooSettings,
  open: (settings, context) => {
    const client = odoo(settings);
    const folder = context.data === undefined ? undefined : join(context.data, "odoo", context.system);
    const fileOf = (name: string): string | undefined =>
      folder === undefined ? undefined : join(folder, name);
    const own = openOwnValues(fileOf("own.jsonl"));
    const upserts = Object.entries(settings.upsert ?? {});
    const sources: Record<string, Source> = {};
    const sinks: Record<string, Sink> = {};
    for (const [name, options] of Object.entries(settings.read ?? {})) {
      const { model } = options;
      const writer = upserts.find(([, one]) => one.model === model)?.[1];
      const ours = writer === undefined ? null : externalIds(client, model, writer.module ?? "tieline");
      const known = openKnownIds(fileOf(`${name}.known`));
      sources[name] = readModel(
        { odoo: client, known, own, externalIds: ours, now: () => context.now() },
        options,
      );
    }
    for (const [name, options] of upserts) sinks[name] = upsert(client, options, own);
    for (const [name, options] of Object.entries(settings.call ?? {})) {
      if (Object.hasOwn(sinks, name)) {
        const cure = "Give each a name of its own.";
        throw new HubError("TL_CONFIG_INVALID", `upsert and call both have ${name}`, { cure });
      }
      sinks[name] = callMethod(client, options);
    }
    return {
      sources,
      sinks,
      async check() {
        // A login alone proves neither the right to call methods nor that the key may be used for it.
        await client.call("res.users", "context_get", []).catch((error: unknown) => {
          throw sourceFailure(error);
        });
      },
      async close() {},
    };
  },
});
