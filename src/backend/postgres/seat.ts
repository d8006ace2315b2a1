import { LANES } from "../../message/lane.ts";
import {
  DUTY,
  type HeldLanes,
  heldLanes,
  type Lease,
  type Part,
  type Renewal,
  type Seat,
} from "../../store/lane-table.ts";
import { lanesOf } from "./lane-table.ts";
import type { Sql } from "./sql.ts";
import { hasEnded, type Life } from "./worker.ts";

/** How long lanes stay with a process that says nothing; a request may take less than half of it. Milliseconds. */
export const LEASE_MS = 30_000;
/** Workers that were not heard of for so long are forgotten, with what is known of their last transaction. */
const FORGET = "interval '1 day'";

const RENEW = `UPDATE worker SET until = clock_timestamp() + ${LEASE_MS} * interval '1 millisecond'
  WHERE id = $1 RETURNING told`;
const WORKERS = `SELECT id, works, host, pid, began, until > clock_timestamp() AS current FROM worker ORDER BY id`;
const OWNERS = "SELECT lane, owner, epoch FROM lane ORDER BY lane";
const NO_CHANGES = "LOCK TABLE lane IN EXCLUSIVE MODE";
/** Who is in the middle of a transaction keeps its lanes until that ends, if need be by the server's own clock. */
const HOLD_GONE = `SELECT id FROM worker WHERE id <> $1 AND (until <= clock_timestamp() OR id = ANY ($2::bigint[]))
  ORDER BY id FOR NO KEY UPDATE SKIP LOCKED`;
const TAKE = `UPDATE lane SET owner = $1, epoch = epoch + 1 WHERE lane IN (
    SELECT lane FROM lane WHERE lane = ANY ($4::smallint[])
      AND (owner IS NULL OR owner = ANY ($2::bigint[]) OR NOT EXISTS (SELECT 1 FROM worker w WHERE w.id = owner))
    ORDER BY lane LIMIT $3)`;
const LEAVE = "UPDATE lane SET owner = NULL WHERE owner = $1 AND lane = ANY ($2::smallint[])";
const FORGET_GONE = `DELETE FROM worker w WHERE (w.id = ANY ($1::bigint[]) OR w.until < clock_timestamp() - ${FORGET})
  AND NOT EXISTS (SELECT 1 FROM lane WHERE owner = w.id)`;

interface WorkerRow extends Life {
  readonly id: number;
  readonly works: number;
  readonly current: boolean;
}

interface OwnerRow {
  readonly lane: number;
  readonly owner: number | null;
  readonly epoch: number;
}

interface SeatEnvironment {
  readonly worker: number;
  readonly part: Part;
  /** Runs statements in a transaction of the writing connection. */
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  /** Called when the store knows this process no more. */
  forgotten(): void;
}

/** Holds, takes and gives up lanes for one process: as many as are its share. */
export function postgresSeat({ worker, part, transaction, forgotten }: SeatEnvironment): Seat {
  let held: HeldLanes = heldLanes([]);
  let kept = new Map<number, Lease>();
  /** Given up, as soon as what began on them has ended: not to be had again before. */
  let parting: readonly Lease[] = [];
  let alone = true;
  let renewedAt = { steady: Number.NEGATIVE_INFINITY, wall: 0 };

  async function look(sql: Sql) {
    const [renewed, workers, owners] = await Promise.all([
      sql.get<{ told: number }>(RENEW, worker),
      sql.all<WorkerRow>(WORKERS),
      sql.all<OwnerRow>(OWNERS),
    ]);
    return { told: renewed?.told ?? null, workers, owners };
  }

  /** Lanes that nobody alive has, as far as they are this process's share. */
  async function takeFree(workers: readonly WorkerRow[], owners: readonly OwnerRow[]): Promise<boolean> {
    const ended = workers.filter((one) => one.id !== worker && hasEnded(one)).map(({ id }) => id);
    const alive = workers.filter((one) => one.current && !ended.includes(one.id));
    const living = new Set(alive.map(({ id }) => id));
    const free = owners.filter(({ owner }) => owner === null || !living.has(owner)).map(({ lane }) => lane);
    const lanes = free.filter((lane) => lane < LANES);
    const most = part.lanes ? share(alive) - mine(owners).length : 0;
    const duty = part.duty && free.includes(DUTY);
    if (!duty && (most <= 0 || lanes.length === 0)) return false;
    await transaction(async (sql) => {
      sql.send(NO_CHANGES);
      const gone = (await sql.all<{ id: number }>(HOLD_GONE, worker, ended)).map(({ id }) => id);
      if (most > 0) sql.send(TAKE, worker, gone, most, lanes);
      if (duty) sql.send(TAKE, worker, gone, 1, [DUTY]);
      sql.send(FORGET_GONE, ended);
    });
    return true;
  }

  const mine = (owners: readonly OwnerRow[]): readonly OwnerRow[] =>
    owners.filter(({ lane, owner }) => owner === worker && lane < LANES);

  return {
    alone: () => alone,
    held: () => held,
    mayBegin({ lane, epoch }) {
      const half = LEASE_MS / 2;
      return (
        held.lease(lane)?.epoch === epoch &&
        performance.now() < renewedAt.steady + half &&
        Date.now() < renewedAt.wall + half
      );
    },
    async renew(): Promise<Renewal> {
      const at = { steady: performance.now(), wall: Date.now() };
      let { told, workers, owners } = await transaction(look);
      if (told === null) {
        forgotten();
        return { gained: [], leaving: [], told: 0 };
      }
      renewedAt = at;
      if (await takeFree(workers, owners)) ({ workers, owners } = await transaction(look));
      kept = new Map(
        owners
          .filter(({ owner }) => owner === worker)
          .map(({ lane, epoch }): [number, Lease] => [lane, { lane, epoch }]),
      );
      alone = workers.every(({ id, current }) => id === worker || !current);
      const isKept = ({ lane, epoch }: Lease): boolean => kept.get(lane)?.epoch === epoch;
      parting = parting.filter(isKept);
      const free = [...kept.values()].filter((one) => !parting.some(({ lane }) => lane === one.lane));
      const lanes = free.filter(({ lane }) => lane < LANES);
      const tooMany = lanes.length - share(workers.filter(({ current }) => current));
      if (tooMany > 0) parting = [...parting, ...lanes.slice(-tooMany)];
      const staying = free.filter((one) => !parting.includes(one));
      const isHeld = ({ lane, epoch }: Lease): boolean => held.lease(lane)?.epoch === epoch;
      const gained = staying.filter((one) => !isHeld(one));
      if (staying.length - gained.length !== count(held)) held = heldLanes(staying.filter(isHeld));
      return { gained, leaving: parting, told };
    },
    take(gained) {
      const still = gained.filter(({ lane, epoch }) => kept.get(lane)?.epoch === epoch);
      if (still.length > 0) held = heldLanes([...leases(held), ...still]);
    },
    async leave(leaving) {
      if (leaving.length === 0) return;
      await transaction(async (sql) => sql.send(LEAVE, worker, lanesOf(leaving)));
      parting = parting.filter((one) => !leaving.includes(one));
      for (const { lane } of leaving) kept.delete(lane);
    },
  };
}

/** How many lanes one of these may have at most. */
function share(alive: readonly WorkerRow[]): number {
  return Math.ceil(LANES / Math.max(alive.filter(({ works }) => works === 1).length, 1));
}

function count(held: HeldLanes): number {
  return leases(held).length;
}

function leases(held: HeldLanes): readonly Lease[] {
  return [...held.lanes, DUTY].flatMap((lane) => held.lease(lane) ?? []);
}
