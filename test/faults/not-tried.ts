/** What no fault here tries, and why; it stands in the evidence. */
export const NOT_TRIED: readonly (readonly [string, string])[] = [
  [
    "A power cut (F18)",
    "cannot be had in a process; what strace saw, above, shows that the log is on disk before a sender is told so.",
  ],
  [
    "A clock that is set while the hub runs, and two hubs with one schedule (F35)",
    "are not played here; a slot is a row that is unique, in the store's own suite.",
  ],
  [
    "Three hubs restarted one after the other (F36)",
    "are not played here yet: one hub is. Two hubs on one PostgreSQL, one of them frozen, are F06.",
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
    "Cuts of SFTP, IMAP, AMI, AMQP and Odoo lines",
    "wait for those connectors. Files, webhooks and HTTP targets are what is tried.",
  ],
];
