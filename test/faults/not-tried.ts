/** What no fault here tries, and why; it stands in the evidence. */
export const NOT_TRIED: readonly (readonly [string, string])[] = [
  [
    "A power cut (F18)",
    "cannot be had in a process; what strace saw, above, shows that the log is on disk before a sender is told so.",
  ],
  [
    "A clock that is set while the hub runs (F35)",
    "is not played here: what runs by the clock is a slot, a row that is unique. Two hubs with one schedule are played on PostgreSQL.",
  ],
  [
    "A personal record erased while its message waits (F36)",
    "waits for erasure, which the hub does not have yet.",
  ],
  [
    "A program of before on the tables of after (F36)",
    "waits for a second release: there is no program of before.",
  ],
  [
    "A restore on PostgreSQL that names its gaps (F37)",
    "`pg_restore` makes that store; the README says what to run. That nothing is applied twice is tried.",
  ],
  [
    "Cuts of the lines to a real Asterisk, to ActiveMQ, MariaDB and a real Odoo",
    "`npm run test:peers` installs them and tries the connectors there. Here a fake that keeps a ledger stands for Asterisk and Odoo; the lines that are cut lead to RabbitMQ (AMQP and STOMP), OpenSSH, vsftpd, Dovecot and PostgreSQL.",
  ],
];
