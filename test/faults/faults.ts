import { clock } from "./clock.ts";
import { crashLoop } from "./crash-loop.ts";
import { csvCorpus } from "./csv-corpus.ts";
import { diskFull } from "./disk-full.ts";
import { duplicateEvent } from "./duplicate-event.ts";
import type { Fault } from "./fault.ts";
import { flood } from "./flood.ts";
import { frozen } from "./frozen.ts";
import { halfFile } from "./half-file.ts";
import { hostileXml } from "./hostile-xml.ts";
import { inDoubt } from "./in-doubt.ts";
import { killAccept } from "./kill-accept.ts";
import { killBigFile } from "./kill-big-file.ts";
import { killAfterDelivery, killInDelivery } from "./kill-delivery.ts";
import { killDeploy } from "./kill-deploy.ts";
import { killFiles } from "./kill-files.ts";
import { killLoad } from "./kill-load.ts";
import { killTransform } from "./kill-transform.ts";
import { CALL_FAULTS } from "./line-calls.ts";
import { DATABASE_FAULTS } from "./line-database.ts";
import { FILE_FAULTS } from "./line-files.ts";
import { mailBusy, mailInDoubt, mailRefuses } from "./line-mail.ts";
import { MAILBOX_FAULTS } from "./line-mailbox.ts";
import { odooAway, odooOdd, odooRefuses, odooSilent } from "./line-odoo.ts";
import { QUEUE_FAULTS } from "./line-queue.ts";
import { oldBackup } from "./old-backup.ts";
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
import { replayedSignature } from "./replayed-signature.ts";
import { rollingRestart } from "./rolling-restart.ts";
import { runaway } from "./runaway.ts";
import { slowTarget } from "./slow-target.ts";
import { targetBusy, targetOdd, targetRefuses } from "./target-answers.ts";
import { targetAway } from "./target-away.ts";
import { targetSilent } from "./target-silent.ts";
import { twoHubs } from "./two-hubs.ts";

/** Every fault, in the order in which they are run. */
export const FAULTS: readonly Fault[] = [
  killAccept,
  killTransform,
  killInDelivery,
  killAfterDelivery,
  inDoubt,
  frozen,
  crashLoop,
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
  diskFull,
  targetAway,
  targetSilent,
  slowTarget,
  targetBusy,
  targetOdd,
  targetRefuses,
  mailInDoubt,
  mailBusy,
  mailRefuses,
  odooAway,
  odooSilent,
  odooOdd,
  odooRefuses,
  ...QUEUE_FAULTS,
  ...FILE_FAULTS,
  ...MAILBOX_FAULTS,
  ...CALL_FAULTS,
  ...DATABASE_FAULTS,
  duplicateEvent,
  replayedSignature,
  outOfOrder,
  halfFile,
  twoHubs,
  csvCorpus,
  killBigFile,
  hostileXml,
  flood,
  clock,
  rollingRestart,
  oldBackup,
  killFiles,
  killDeploy,
  postgresLine,
  killLoad,
];

/** Those that the promise of no loss stands on. */
export const HEADLINE: readonly string[] = ["F01", "F06", "F11", "F12", "F16", "K04"];
