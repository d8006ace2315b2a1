import { ask, startPostgres } from "../fakes/postgres.ts";
import type { Peer } from "./peer.ts";

export const postgres: Peer = {
  name: "postgres",
  connector: "database",
  cases: ["database.peer.ts"],
  async start() {
    const server = await startPostgres();
    const url = new URL(server.url);
    const password = url.password;
    url.password = "";
    return {
      version: String(await ask(server.url, "SHOW server_version")),
      env: { TIELINE_PEER_URL: url.href, TIELINE_PEER_PASSWORD: password },
      close: () => server.close(),
    };
  },
};
