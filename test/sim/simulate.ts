import { type Random, seeded } from "../faults/random.ts";
import type { Costs, Load, Machines, Outcome } from "./model.ts";
import { deal, type Work } from "./work.ts";

/** A part of a batch that needs processor time, on the worker's machine or the database's. */
interface Job {
  readonly where: "worker" | "database";
  left: number;
  readonly then: () => void;
}

/** Runs a load through some workers and one database, in simulated time. The same seed gives the same outcome. */
export function simulate(
  costs: Costs,
  machines: Machines,
  workers: number,
  load: Load,
  random: Random = seeded(1),
): Outcome {
  const clock = openClock(machines);
  const log = openLog(clock, costs.flush);
  const repository = openRepository(clock);
  const all = deal(load, workers, random);
  const enough = load.messages * 0.9;
  let done = 0;

  const next = (work: Work): void => {
    if (work.over()) return;
    const { size, ends } = work.take(Math.round(costs.batch), clock.now());
    if (size === 0) {
      clock.at(Math.max(work.next() ?? 0, clock.now()), () => next(work));
      return;
    }
    const database = size * costs.database;
    const inside = costs.alone ?? 1;
    const committed = (): void => {
      if (costs.alone !== null) repository.leave();
      done += ends;
      clock.at(clock.now() + costs.idle, () => next(work));
    };
    const commit = (): void => log.flush(committed);
    let parts = 2;
    const beside = (): void => {
      parts -= 1;
      if (parts === 0) clock.run("database", database * (1 - costs.overlap), commit);
    };
    const settle = (): void => {
      clock.run("worker", size * costs.worker * inside, beside);
      clock.run("database", database * costs.overlap, beside);
    };
    clock.run("worker", size * costs.worker * (1 - inside), () =>
      costs.alone === null ? settle() : repository.enter(settle),
    );
  };

  for (const work of all) next(work);
  const seconds = clock.play(() => done >= enough);
  return {
    rate: done / seconds,
    database: clock.busy() / seconds,
    log: log.busy() / seconds,
    held: repository.busy() / seconds,
  };
}

/** Simulated time, and processors that those who need them share evenly, one at most for each. */
function openClock(machines: Machines) {
  const jobs = new Set<Job>();
  const timers: { readonly at: number; readonly then: () => void }[] = [];
  let now = 0;
  let busy = 0;

  const speed = (job: Job, counts: Readonly<Record<Job["where"], number>>): number => {
    if ("shared" in machines) return Math.min(1, machines.shared / (counts.worker + counts.database));
    return job.where === "worker" ? 1 : Math.min(1, machines.database / counts.database);
  };

  function step(): boolean {
    const counts = { worker: 0, database: 0 };
    for (const { where } of jobs) counts[where] += 1;
    const speeds = new Map([...jobs].map((job): [Job, number] => [job, speed(job, counts)]));
    let first = timers.reduce((least, { at }) => Math.min(least, at), Number.POSITIVE_INFINITY);
    for (const [job, rate] of speeds) first = Math.min(first, now + job.left / rate);
    if (first === Number.POSITIVE_INFINITY) return false;
    const took = first - now;
    const processors = "shared" in machines ? machines.shared : machines.database;
    let used = 0;
    for (const [job, rate] of speeds) {
      job.left -= took * rate;
      if (job.where === "database") used += rate;
    }
    busy += took * Math.min(1, used / processors);
    now = first;
    const ended = [...jobs].filter(({ left }) => left <= 1e-12);
    for (const job of ended) jobs.delete(job);
    const due = timers.filter(({ at }) => at <= now);
    for (const timer of due) timers.splice(timers.indexOf(timer), 1);
    for (const { then } of [...ended, ...due]) then();
    return true;
  }

  return {
    now: () => now,
    busy: () => busy,
    run: (where: Job["where"], left: number, then: () => void): void => void jobs.add({ where, left, then }),
    at: (at: number, then: () => void): void => void timers.push({ at, then }),
    /** Gives the seconds that passed. */
    play(over: () => boolean): number {
      while (!over() && step());
      return now;
    },
  };
}

/** One log on one disk: a flush at a time, shared by all that wait for it when it begins. */
function openLog(clock: ReturnType<typeof openClock>, seconds: number) {
  let waiting: (() => void)[] = [];
  let flushing = false;
  let busy = 0;

  function begin(): void {
    if (flushing || waiting.length === 0) return;
    flushing = true;
    const served = waiting;
    waiting = [];
    clock.at(clock.now() + seconds, () => {
      flushing = false;
      busy += seconds;
      for (const then of served) then();
      begin();
    });
  }

  return {
    busy: () => busy,
    flush(then: () => void): void {
      waiting.push(then);
      begin();
    },
  };
}

/** The customer repository, which is held from the first look at it until the commit, by one at a time. */
function openRepository(clock: ReturnType<typeof openClock>) {
  const waiting: (() => void)[] = [];
  let since: number | null = null;
  let busy = 0;

  function begin(then: () => void): void {
    since = clock.now();
    then();
  }

  return {
    busy: () => busy,
    enter: (then: () => void): void => {
      if (since === null) begin(then);
      else waiting.push(then);
    },
    leave(): void {
      busy += clock.now() - (since ?? clock.now());
      since = null;
      const first = waiting.shift();
      if (first !== undefined) begin(first);
    },
  };
}
