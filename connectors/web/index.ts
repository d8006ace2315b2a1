import { defineConnector, Type } from "tieline/connector";
import { EventsSettings, events } from "./events.ts";
import { FormSettings, form } from "./form.ts";

/** A web site whose contact forms are posted to the hub, and programs that post events. */
export default defineConnector({
  name: "web",
  description: "Web site whose forms are posted as JSON, URL-encoded or multipart fields, and CloudEvents",
  settings: Type.Object(
    {
      forms: Type.Optional(
        Type.Record(Type.String(), FormSettings, { description: "Forms, by the name of the source" }),
      ),
      events: Type.Optional(
        Type.Record(Type.String(), EventsSettings, {
          description: "CloudEvents, by the name of the source",
        }),
      ),
    },
    { additionalProperties: false },
  ),
  open: ({ forms = {}, events: senders = {} }) => ({
    sources: Object.fromEntries([
      ...Object.entries(forms).map(([name, options]) => [name, form(options)] as const),
      ...Object.entries(senders).map(([name, options]) => [name, events(options)] as const),
    ]),
    sinks: {},
    check: async () => {},
    close: async () => {},
  }),
});
