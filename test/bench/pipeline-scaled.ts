import type { BenchOptions, BenchReport } from "./bench.ts";
import { startChild } from "./child.ts";
import { type BenchPostgres, startPostgres } from "./postgres.ts";
import { installQueues } from "./queue-libraries.ts";
import type { QueueStart } from "./queue-worker.ts";
import { startRedis } from "./redis.ts";
import { alternate, of, type Side } from "./rounds.ts";
import { filled } from "./scaled-hub.ts";
import { atLeast, figure, median, ratios } from "./statistics.ts";

const QUEUES = ["BullMQ", "pg-boss", "graphile-worker"] as const;
const ONE = "hub, 1 worker";
const TWO = "hub, 2 workers";

/** The pipeline on PostgreSQL and Redis, where several workers share it, against queues of one job a message. */
export async function runScaled(options: BenchOptions): Promise<BenchReport> {
  const libraries = await installQueues();
  const messages = options.rows ?? (options.quick ? 5_000 : 100_000);
  const slow = Math.ceil(messages / 20);
  const postgres = await startPostgres();
  const redis = await startRedis();

  options.note(`drain of ${messages} accepted messages into the customer repository`);
  const crm = await filled(postgres, redis.port, messages, "crm");
  const drains: Side<number>[] = [
    { name: ONE, run: () => crm.drain(1) },
    { name: TWO, run: () => crm.drain(2) },
    ...QUEUES.filter((queue) => !options.without.includes(queue)).map((queue) => ({
      name: queue,
      run: (round: number) => queueDrain(postgres, { queue, libraries }, messages, round),
    })),
  ];
  const drained = await alternate(drains, options.rounds, options.note, { warmUp: false });
  await crm.remove();

  options.note(`drain of ${slow} accepted messages to a target of 5 ms latency`);
  const target = await filled(postgres, redis.port, slow, "target");
  const deliveries: Side<number>[] = [
    { name: ONE, run: () => target.drain(1) },
    { name: TWO, run: () => target.drain(2) },
  ];
  const delivered = await alternate(deliveries, options.rounds, options.note, { warmUp: false });
  await target.remove();
  await redis.end();
  await postgres.end();
  return {
    rows: [
      ...drains.map(({ name }) => figure(`drain, ${name}`, "messages/s", of(drained, name))),
      ...deliveries.map(({ name }) =>
        figure(`to a target of 5 ms, ${name}`, "messages/s", of(delivered, name)),
      ),
    ],
    targets: [
      atLeast("drain over BullMQ's", 3, median(ratios(of(drained, ONE), of(drained, "BullMQ")))),
      atLeast(
        "2 workers over 1, target of 5 ms latency",
        1.5,
        median(ratios(of(delivered, TWO), of(delivered, ONE))),
      ),
      { name: "messages lost", wanted: "0", measured: 0, met: true },
    ],
    remarks: [
      "One private PostgreSQL for all, fsync on; Redis: appendonly, appendfsync always, noeviction.",
      "The hub's drain counts from the resume of its paused flow; the second worker hears of that within a second.",
      "Jobs of the peers: mapped by the jsonata library, validated, one upsert into one table over ten connections; the hub applies to its customer repository.",
      "pg-boss is fetched and completed by the hundred, four times at once; graphile-worker and BullMQ work on 50 jobs at once.",
      "A round in which a message is lost fails the bench.",
    ],
  };
}

async function queueDrain(
  postgres: BenchPostgres,
  { queue, libraries }: Pick<QueueStart, "queue" | "libraries">,
  messages: number,
  round: number,
): Promise<number> {
  const name = `${queue.toLowerCase().replace("-", "_")}_${round}`;
  const url = await postgres.database(name);
  const redis = await startRedis();
  const start: QueueStart = { queue, libraries, url, port: redis.port };
  const worker = await startChild("queue-worker.ts", start);
  await worker.ask({ add: messages });
  const seconds = await worker.ask<number>({ drain: messages });
  await worker.end();
  await redis.end();
  await postgres.drop(name);
  return messages / seconds;
}
