import { expect, test } from "vitest";
import { freePort, startHubProcess } from "../faults/hub-process.ts";
import { customersFlow, makeProject } from "../faults/project.ts";
import { isSftp, peerFolder, server } from "./remote-files-setup.ts";

const ROWS = 500;

interface Files {
  readonly items: readonly {
    readonly name: string;
    readonly state: string;
    readonly settled: boolean;
    readonly books: unknown;
  }[];
}

test.each(["after_claim", "after_file_taken"])(
  "a hub that is killed %s takes the file away from the server once, with each row applied once",
  async (place) => {
    const folder = peerFolder();
    const rows = Array.from({ length: ROWS }, (_, n) => `c${n};1;Customer ${n};\n`);
    folder.put("K1.csv", `id;version;name;email\n${rows.join("")}`);
    const { url, password, fingerprints, authority } = server();
    const proof = isSftp ? { fingerprints } : { authority };
    const remote = { customers: { folder: folder.name, pattern: "K*.csv", stable: 0 } };
    const settings = { server: { url, password: "$" + "{env:PEER_PASSWORD}", ...proof }, remote };
    const project = await makeProject({ flows: { customers: customersFlow() } });
    await project.write(
      "tieline.yaml",
      JSON.stringify({ apiVersion: "tieline/v1", systems: { erp: { connector: "erp", settings } } }),
    );
    const env = { ...project.env, PEER_PASSWORD: password ?? "" };
    try {
      const dying = await startHubProcess({
        ...{ dir: project.dir, port: await freePort(), doomed: true },
        env: { ...env, TIELINE_FAILPOINT: `${place}:exit` },
      });
      await dying.ended;
      expect(folder.names()).toEqual(["K1.csv"]);
      const hub = await startHubProcess({ dir: project.dir, port: await freePort(), env });
      const files = (): Promise<Files> => hub.get("/api/v1/files");
      await expect
        .poll(async () => (await files()).items[0]?.settled, { timeout: 40_000, interval: 200 })
        .toBe(true);
      await expect.poll(async () => (await files()).items[0]?.state, { timeout: 40_000 }).toBe("done");
      const { items } = await files();
      expect(items).toHaveLength(1);
      expect(items[0]?.books).toEqual({ "crm.customer": { applied: ROWS } });
      expect(folder.names()).toEqual([]);
      await hub.stop();
    } finally {
      await project.remove();
    }
  },
  120_000,
);
