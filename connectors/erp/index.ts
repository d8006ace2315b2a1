import {
  checkDropFolders,
  defineConnector,
  dropFolders,
  fileSinks,
  HubError,
  remoteFolders,
  remoteServer,
} from "tieline/connector";
import { ErpSettings } from "./settings.ts";

/** An ERP system that exports its master data as files into folders, here or on a server. */
export default defineConnector({
  name: "erp",
  description: "ERP system that drops files into a folder and takes them from one, here or on a server",
  settings: ErpSettings,
  open: ({ files = {}, server, remote = {}, write = {} }, context) => {
    for (const name of Object.keys(remote)) refuseTwice(files, name);
    const place = server === undefined ? undefined : remoteServer(server, context.dir ?? ".");
    if (place === undefined && Object.keys(remote).length > 0)
      throw new HubError("TL_CONFIG_INVALID", "`remote` needs a `server`", {
        cure: "Say where it is: `server: { url: sftp://hub@erp.example.com, … }`.",
      });
    const fetched = place === undefined ? undefined : remoteFolders(place, remote, context);
    const sinks = fileSinks("write", write, place, context);
    return {
      sources: { ...dropFolders(files, context), ...fetched?.sources },
      sinks,
      async check() {
        await checkDropFolders(files, context);
        await fetched?.check();
        for (const sink of Object.values(sinks)) await sink.check();
      },
      close: async () => place?.close(),
    };
  },
});

function refuseTwice(files: Readonly<Record<string, unknown>>, name: string): void {
  if (!Object.hasOwn(files, name)) return;
  throw new HubError("TL_CONFIG_INVALID", `\`files\` and \`remote\` both have ${name}`, {
    cure: "Give each a name of its own.",
  });
}
