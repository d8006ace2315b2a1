import { checkDropFolders, DropFolderSettings, defineConnector, dropFolders, Type } from "tieline/connector";

/** An ERP system that exports its master data as files into folders. */
export default defineConnector({
  name: "erp",
  description: "ERP system that drops files (CSV, fixed width, XML, JSON) into a folder",
  settings: Type.Object(
    {
      files: Type.Record(Type.String(), DropFolderSettings, {
        description: "Drop folders, by the name of the source",
      }),
    },
    { additionalProperties: false },
  ),
  open: ({ files }, context) => ({
    sources: dropFolders(files, context),
    sinks: {},
    check: () => checkDropFolders(files, context),
    close: async () => {},
  }),
});
