import type { PostgresAddress } from "../../../src/backend/postgres/address.ts";
import { openPostgresReads } from "../../../src/backend/postgres/reads.ts";
import type { Queries } from "../../../src/store/queries.ts";
import { startTarget, type Target } from "../../fakes/http-target.ts";
import type { TestServer } from "../../fakes/postgres.ts";
import { type Producers, producers } from "../../faults/producer.ts";
import { type FaultProject, makeWholeProject } from "../../faults/project.ts";
import { expectEffects, expectEvents, interactions } from "./outcome.ts";
import { dropPlace, freshPlace } from "./place.ts";

/** What tests of whole hubs on one PostgreSQL have in common. */
export interface Scene {
  /** A schema of their own. */
  readonly place: PostgresAddress;
  /** What is written about, with a target that keeps a ledger. */
  readonly project: FaultProject;
  readonly target: Target;
  readonly senders: Producers;
  readonly queries: Queries;
  /** What a hub is told: the project's own settings and where its store is. */
  readonly env: Readonly<Record<string, string>>;
  /** What was acknowledged took effect in the CRM and at the target, once and in order. */
  expectAll(): Promise<void>;
  /** After the hubs have ended. */
  close(): Promise<void>;
}

/**
 * @param server closed with the scene
 * @param count of senders that post at the same time
 * @param rest of each between two posts, milliseconds: a hub accepts more than a target of 16 customers takes one by one
 */
export async function openScene(server: TestServer, count = 4, rest = 10): Promise<Scene> {
  const place = freshPlace(server);
  const target = await startTarget({ mode: "dedupe", keyField: "subject", delay: 2 });
  const project = await makeWholeProject(target);
  const senders = producers(count, 4, rest);
  const { queries } = openPostgresReads(place);
  return {
    ...{ place, project, target, senders, queries },
    env: { ...project.env, TIELINE_STORAGE: `${server.url}?schema=${place.schema}` },
    async expectAll() {
      await expectEvents(queries, server, place, senders);
      expectEffects(target.requests, await interactions(server, place));
    },
    async close() {
      await queries.close();
      await senders.close();
      await target.close();
      await project.remove();
      await dropPlace(server, place);
      await server.close();
    },
  };
}
