import { csvCorpus } from "./csv-corpus.ts";
import { duplicateEvent } from "./duplicate-event.ts";
import type { Fault } from "./fault.ts";
import { flood } from "./flood.ts";
import { halfFile } from "./half-file.ts";
import { hostileXml } from "./hostile-xml.ts";
import { killAccept } from "./kill-accept.ts";
import { killBigFile } from "./kill-big-file.ts";
import { killAfterDelivery, killInDelivery } from "./kill-delivery.ts";
import { killDeploy } from "./kill-deploy.ts";
import { killFiles } from "./kill-files.ts";
import { killTransform } from "./kill-transform.ts";
import { outOfOrder } from "./out-of-order.ts";
import { poison } from "./poison.ts";
import { postgresLine } from "./postgres-line.ts";
import { postgresRestart } from "./postgres-restart.ts";
import { postgresSlow } from "./postgres-slow.ts";
import { redisAway } from "./redis-away.ts";
import { redisDamaged } from "./redis-damaged.ts";
import { redisEvicts } from "./redis-evicts.ts";
import { redisFlush } from "./redis-flush.ts";
import { redisFull } from "./redis-full.ts";
import { redisRestart } from "./redis-restart.ts";
import { runaway } from "./runaway.ts";
import { twoHubs } from "./two-hubs.ts";

/** Every fault, in the order in which they are run. */
export const FAULTS: readonly Fault[] = [
  killAccept,
  killTransform,
  killInDelivery,
  killAfterDelivery,
  poison,
  runaway,
  redisRestart,
  redisAway,
  redisFlush,
  redisDamaged,
  redisFull,
  redisEvicts,
  postgresRestart,
  postgresSlow,
  duplicateEvent,
  outOfOrder,
  halfFile,
  twoHubs,
  csvCorpus,
  killBigFile,
  hostileXml,
  flood,
  killFiles,
  killDeploy,
  postgresLine,
];
