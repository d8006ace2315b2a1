import {
  DropFolderSettings,
  FileSinkSettings,
  named,
  RemoteFolderSettings,
  RemoteSettings,
  Type,
} from "tieline/connector";

export const ErpSettings = Type.Object(
  {
    files: Type.Optional(
      Type.Record(Type.String(), DropFolderSettings, {
        description: "Drop folders on this machine, by the name of the source",
      }),
    ),
    server: Type.Optional(RemoteSettings),
    remote: named(
      RemoteFolderSettings,
      "Folders on `server` that files are fetched from, by the name of the source",
    ),
    write: named(FileSinkSettings, "Folders that files are written to, by the name of the sink"),
  },
  { additionalProperties: false, minProperties: 1, description: "One ERP system" },
);
