import { checkDropFolders, DropFolderSettings, defineConnector, dropFolders, Type } from "tieline/connector";

/** A telephone exchange that writes call records as files into folders. */
export default defineConnector({
  name: "telephony",
  description: "Telephone exchange that drops files of call records into a folder",
  settings: Type.Object(
    {
      callRecords: Type.Record(Type.String(), DropFolderSettings, {
        description: "Folders of call records, by the name of the source",
      }),
    },
    { additionalProperties: false },
  ),
  open: ({ callRecords }, context) => ({
    sources: dropFolders(callRecords, context),
    sinks: {},
    check: () => checkDropFolders(callRecords, context),
    close: async () => {},
  }),
});
