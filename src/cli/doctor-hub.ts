import { createServer } from "node:net";
import type { HubPlace } from "../config/hub-place.ts";
import { ERRORS, HubError } from "../errors.ts";
import type { FlowState, HubState, Items, SystemCheck, SystemEntry } from "./api-shape.ts";
import type { HubClient } from "./client.ts";
import { bad, type DoctorFinding, failed, ok, warn } from "./doctor-finding.ts";
import { hubOf, type RemoteOptions, type Session } from "./session.ts";
import { showCount } from "./units.ts";

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
    return [...(await runningFindings(hub)), ...(await systemFindings(hub))];
  } catch (error) {
    return [failed("hub", error)];
  }
}

async function runningFindings(hub: HubClient): Promise<readonly DoctorFinding[]> {
  const status = await hub.get<HubState>("/status");
  const findings = [ok("hub", `running at ${hub.url}, ${showCount(status.backlog)} messages open`)];
  if (status.diskLow)
    findings.push(
      bad("hub", "accepts nothing: the disk is nearly full", "Free space; it goes on by itself."),
    );
  if (status.backlogFull)
    findings.push(bad("hub", "accepts nothing: too much waits", "Look why with `tieline flows ls`."));
  const { items: flows } = await hub.get<Items<FlowState>>("/flows");
  for (const flow of flows) {
    if (flow.problem !== null)
      findings.push(bad("flow", `${flow.name}: ${flow.problem}`, "`tieline check` shows the places."));
    for (const route of flow.routes) {
      if (route.stopped !== null) {
        findings.push(
          bad(
            "route",
            `${flow.name} to ${route.to}: ${route.stopped}`,
            `tieline flows resume ${flow.name} --route ${route.to}`,
          ),
        );
      }
    }
  }
  return findings;
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
