import { type PrivateOptions, type PrivateServer, startPostgres } from "../fakes/postgres.ts";
import { type TcpProxy, tcpProxy } from "../fakes/tcp-proxy.ts";
import { postgresBackend } from "./backend.ts";
import { type Check, check, type FaultRun, type Verdict } from "./fault.ts";
import { type LoadOptions, type LoadScene, refusalsText, underLoad } from "./load-scene.ts";

/** A hub at work whose PostgreSQL may be treated badly. */
export interface PostgresScene extends LoadScene {
  readonly server: PrivateServer;
  /** The hub's line to it; its judge has another. */
  readonly line: TcpProxy;
}

export async function underPostgresLoad(
  run: FaultRun,
  options: LoadOptions & { readonly server?: PrivateOptions },
  act: (scene: PostgresScene) => Promise<readonly Check[]>,
): Promise<Verdict> {
  const server = await startPostgres(options.server);
  const line = await tcpProxy({ host: "127.0.0.1", port: Number(new URL(server.url).port) });
  try {
    return await underLoad(
      run,
      { ...options, backend: postgresBackend(server, line.port) },
      async (scene) => {
        const checks = await act({ ...scene, server, line });
        return [...checks, toldWhen(scene)];
      },
    );
  } finally {
    await line.close();
    await server.close();
  }
}

/** A hub that cannot store says 503 or 507, and when to come again. */
function toldWhen({ senders }: LoadScene): Check {
  const odd = [...senders.refusedWith.keys()].filter((status) => status !== 503 && status !== 507);
  return check(
    "posts are refused with 503 and Retry-After, or taken",
    odd.length === 0 && senders.withoutRetryAfter() === 0,
    `${refusalsText(senders)}; ${senders.withoutRetryAfter()} without Retry-After`,
  );
}
