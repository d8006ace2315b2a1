import { defineConnector, Type } from "tieline/connector";
import { FormSettings, form } from "./form.ts";

/** A web site whose contact forms are posted to the hub. */
export default defineConnector({
  name: "web",
  description: "Web site whose forms are posted as JSON, URL-encoded or multipart fields",
  settings: Type.Object(
    {
      forms: Type.Record(Type.String(), FormSettings, { description: "Forms, by the name of the source" }),
    },
    { additionalProperties: false },
  ),
  open: ({ forms }) => ({
    sources: Object.fromEntries(Object.entries(forms).map(([name, options]) => [name, form(options)])),
    sinks: {},
    check: async () => {},
    close: async () => {},
  }),
});
