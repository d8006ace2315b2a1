import { setImmediate as otherWork } from "node:timers/promises";
import { HubError, toFailure } from "../../errors.ts";
import { formatDiff, runCases } from "../../flow/cases.ts";
import { type Change, compareDrafts } from "../../flow/compare-drafts.ts";
import { compileFlow } from "../../flow/compile.ts";
import { caseRunner } from "../../flow/run-case.ts";
import type { MessageSummary } from "../../store/queries.ts";
import type { ApiDeps } from "../deps.ts";
import { presentFailure, time } from "../present.ts";
import { casesOf, drafted, type MappedFlow, recentRecords } from "./flow-mapping.ts";

/** Real messages that a draft is tried on, and how long that may take; milliseconds. */
const MESSAGES = 200;
const PATIENCE_MS = 3_000;
/** Those that change are told one by one, up to so many. */
const SHOWN = 20;
const DIFFERENCES_SHOWN = 12;

/** Runs the flow's cases with a draft. @throws HubError TL_MAPPING_INVALID with the place */
export async function runDraftCases(deps: ApiDeps, flow: MappedFlow, text: string) {
  const results = await runCases(casesOf(deps, flow.name), caseRunner(compileFlow(drafted(flow, text))));
  return {
    items: results.map(({ case: { name, file }, passed, differences, problem, milliseconds }) => ({
      name,
      file: file.slice(deps.settings.dir.length + 1),
      passed,
      problem: problem ?? null,
      differences: [...formatDiff(differences)],
      milliseconds,
    })),
  };
}

/**
 * What would become of the newest messages: the mapping in force against the draft. Look-ups find nobody on both sides.
 * @throws HubError TL_MAPPING_INVALID with the place
 */
export async function compareDraft(deps: ApiDeps, flow: MappedFlow, text: string) {
  const [now, draft] = [compileFlow(flow), compileFlow(drafted(flow, text))];
  const counts = { looked: 0, same: 0, changed: 0, failing: 0, mended: 0, unreadable: 0 };
  const items: ReturnType<typeof presentChange>[] = [];
  const started = deps.now();
  let complete = true;
  for await (const { id, summary, met } of recentRecords(deps, flow, MESSAGES)) {
    if (deps.now() - started > PATIENCE_MS) {
      complete = false;
      break;
    }
    counts.looked += 1;
    if (met instanceof HubError) {
      counts.unreadable += 1;
      continue;
    }
    const { kind, differences, failure } = compareDrafts(now, draft, met);
    if (kind === "same" || kind === "fails-too") counts.same += 1;
    else counts[kind === "works" ? "mended" : kind === "fails" ? "failing" : "changed"] += 1;
    if (kind !== "same" && kind !== "fails-too" && items.length < SHOWN) {
      items.push(presentChange(id, summary, kind, differences, failure));
    }
    // Each evaluation has its own deadline; between two of them others get their turn.
    await otherWork();
  }
  return { ...counts, complete, items };
}

function presentChange(
  id: string,
  { key, acceptedAt }: MessageSummary,
  kind: "changed" | "fails" | "works",
  differences: Change["differences"],
  failure: HubError | null,
) {
  return {
    id,
    key,
    acceptedAt: time(acceptedAt),
    kind,
    differences: differences.slice(0, DIFFERENCES_SHOWN).map(({ pointer, expected, got }) => ({
      pointer,
      before: expected === undefined ? null : JSON.stringify(expected),
      after: got === undefined ? null : JSON.stringify(got),
    })),
    failure: failure === null ? null : presentFailure(toFailure(failure)),
  };
}
