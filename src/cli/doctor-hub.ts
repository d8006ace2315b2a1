import { createServer } from "node:net";
import type { HubPlace } from "../config/hub-place.ts";
import { bad, type DoctorFinding, failed, ok, warn } from "../doctor/finding.ts";
import { ERRORS, HubError } from "../errors.ts";
import { versionHash } from "../flow/version-hash.ts";
import type { FlowState, Items, SystemCheck, SystemEntry } from "./api-shape.ts";
import type { HubClient } from "./client.ts";
import { runningFindings } from "./doctor-running.ts";
import { inspect } from "./project-files.ts";
import { hubOf, projectFolder, type RemoteOptions, type Session } from "./session.ts";

/**
 * The hub itself. A running one is asked; its database is never opened. Where none runs, the store is looked at, and
 * whether its address is free.
 */
export async function hubFindings(
  session: Session,
  options: RemoteOptions,
  place: HubPlace,
): Promise<readonly DoctorFinding[]> {
  const hub = await hubOf(session, options);
  try {
    await hub.raw("/livez", {});
  } catch {
    const remote = options.url !== undefined;
    if (remote)
      return [bad("hub", `none answers at ${hub.url}`, "Start it with `tieline start`, or correct --url.")];
    return [
      ok("hub", `not running (${hub.url})`),
      await listenFinding(hub.url),
      ...(await storeFindings(session, place)),
    ];
  }
  try {
    return [
      ...(await runningFindings(hub, session.terminal.now)),
      ...(await driftFindings(session, hub, options)),
      ...(await serverFindings(session, place, options)),
      ...(await systemFindings(hub)),
    ];
  } catch (error) {
    return [failed("hub", error)];
  }
}

/** Where a person deploys: whether what is in force is what lies in the folder. */
async function driftFindings(
  session: Session,
  hub: HubClient,
  options: RemoteOptions,
): Promise<readonly DoctorFinding[]> {
  const { settings, flows, folders } = await inspect(projectFolder(session, options), session.terminal.env);
  if (settings.deploy !== "manual" || options.url !== undefined) return [];
  const { items } = await hub.get<Items<FlowState>>("/flows");
  const others = flows.filter(
    ({ name, texts }) => items.find((one) => one.name === name)?.hash !== versionHash(texts),
  );
  const gone = items.filter(({ name, hash }) => hash !== null && !folders.includes(name));
  const names = [...others, ...gone].map(({ name }) => name);
  return names.length === 0
    ? [ok("deployed", "what is in force is what lies in this folder")]
    : [
        warn(
          "deployed",
          `not in force as in this folder: ${names.join(", ")}`,
          "`tieline deploy` shows what differs.",
        ),
      ];
}

/** The database's server beside a hub that runs on it: somebody may have changed its settings since the start. */
async function serverFindings(
  { ports }: Session,
  { storage }: HubPlace,
  { url }: RemoteOptions,
): Promise<readonly DoctorFinding[]> {
  if (storage.kind !== "postgres" || url !== undefined) return [];
  try {
    return [ok("store", (await ports.inspectStore(storage)).found)];
  } catch (error) {
    // Asked after the settings: a hub holds the store, as it should.
    if (error instanceof HubError && error.code === "TL_CONFLICT")
      return [ok("store", "fsync, full_page_writes and synchronous_commit are on")];
    return [failed("store", error)];
  }
}

async function systemFindings(hub: HubClient): Promise<readonly DoctorFinding[]> {
  const { items } = await hub.get<Items<SystemEntry>>("/systems");
  return Promise.all(
    items.map(async ({ name, connector }) => {
      const what = `system ${name}`;
      try {
        const { failure } = await hub.post<SystemCheck>(`/systems/${encodeURIComponent(name)}/check`);
        if (failure === null) return ok(what, `${connector}: answers`);
        return bad(what, failure.message, failure.cure ?? ERRORS[failure.code].cure);
      } catch (error) {
        return failed(what, error);
      }
    }),
  );
}

async function storeFindings(session: Session, place: HubPlace): Promise<readonly DoctorFinding[]> {
  try {
    const store = await session.ports.inspectStore(place.storage);
    if (!store.exists) return [ok("store", "none yet; made by the first start")];
    if (store.problems.length === 0) return [ok("store", store.found)];
    return [
      bad(
        "store",
        store.problems.slice(0, 3).join("; "),
        "Restore the last backup into a new folder with `tieline restore`.",
      ),
    ];
  } catch (error) {
    if (error instanceof HubError && error.code === "TL_CONFLICT") {
      return [
        warn(
          "store",
          "a hub that does not answer here holds it",
          "Name its address with --url or TIELINE_URL.",
        ),
      ];
    }
    return [failed("store", error)];
  }
}

/** Whether the hub could listen where it is told to. */
async function listenFinding(url: string): Promise<DoctorFinding> {
  const { hostname, port } = new URL(url);
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(Number(port === "" ? 80 : port), hostname.replace(/^\[|\]$/g, ""), resolve);
    });
    return ok("listen", `${hostname}:${port} is free`);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    return bad(
      "listen",
      `${hostname}:${port} cannot be had (${code})`,
      "Stop what listens there, or set `listen` in tieline.yaml.",
    );
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}
