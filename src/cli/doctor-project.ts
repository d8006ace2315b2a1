import { stat } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import type { Finding } from "../config/finding.ts";
import type { HubSettings } from "../config/hub-settings.ts";
import { bad, type DoctorFinding, failed, ok, warn } from "../doctor/finding.ts";
import { isObject, type Json } from "../message/json.ts";
import { describePlace } from "../message/place.ts";
import { plural } from "../message/units.ts";
import { inspect } from "./project-files.ts";

/** The project's files, its secrets (a reference that leads nowhere is a mistake of the files), its drop folders. */
export async function projectFindings(
  dir: string,
  variables: Readonly<Record<string, string | undefined>>,
): Promise<readonly DoctorFinding[]> {
  try {
    const { project, findings } = await inspect(dir, variables);
    const errors = findings.filter((finding) => finding.severity === "error");
    if (project === null) {
      const first = errors[0]?.message ?? "";
      return [
        bad(
          "project",
          `${plural(errors.length, "mistake")}: ${first}`,
          "`tieline check` lists them all with their places.",
        ),
      ];
    }
    const found = `${plural(project.flows.length, "flow")}, ${plural(Object.keys(project.settings.systems).length, "system")}, secrets set`;
    return [ok("project", found), ...warningsOf(findings), ...(await dropFindings(project.settings))];
  } catch (error) {
    return [failed("project", error)];
  }
}

/** The first in words, since it mostly is the only one. */
function warningsOf(findings: readonly Finding[]): readonly DoctorFinding[] {
  const [first] = findings;
  if (first === undefined) return [];
  const count = plural(findings.length, "warning");
  const list = "`tieline check` lists them.";
  return [
    warn(
      "project",
      `${count}: ${describePlace(first.place)} ${first.message}`,
      first.cure === null ? list : `${first.cure} ${list}`,
    ),
  ];
}

/** A claim is a hard link inside the inbox: both must lie on one file system. */
async function dropFindings({ dir, data, systems }: HubSettings): Promise<readonly DoctorFinding[]> {
  const findings: DoctorFinding[] = [];
  for (const [system, { settings }] of Object.entries(systems)) {
    for (const inbox of new Set(inboxesOf(settings).map((path) => resolve(dir, path)))) {
      findings.push(await dropFinding(`drop ${system}`, inbox, inbox.startsWith(data + sep)));
    }
  }
  return findings;
}

async function dropFinding(what: string, inbox: string, ours: boolean): Promise<DoctorFinding> {
  const folder = await stat(inbox).catch(() => undefined);
  if (folder === undefined && ours) return ok(what, `${inbox}, made when the hub first looks there`);
  if (folder?.isDirectory() !== true) {
    return bad(what, `${inbox} is not there`, "Make the folder, and let the hub's user write there.");
  }
  const claims = await stat(join(inbox, ".tieline")).catch(() => folder);
  if (claims.dev !== folder.dev) {
    return bad(
      what,
      `${inbox}/.tieline lies on another file system`,
      "It must be a plain folder of the inbox; remove the mount.",
    );
  }
  return ok(what, `${inbox}, claims on the same file system`);
}

/** Drop folders are settings named `inbox`, at whatever depth a connector keeps them. */
function inboxesOf(value: Json): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(inboxesOf);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, entry]) =>
    name === "inbox" && typeof entry === "string" ? [entry] : inboxesOf(entry),
  );
}
