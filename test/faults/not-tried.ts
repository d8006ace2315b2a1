/** What no fault here tries, and why; it stands in the evidence. */
export const NOT_TRIED: readonly (readonly [string, string])[] = [
  [
    "A personal record erased while its message waits (F36)",
    "waits for erasure, which the hub does not have yet.",
  ],
  [
    "A program of before on the tables of after (F36)",
    "waits for a second release: there is no program of before.",
  ],
  [
    "Cuts of SFTP, IMAP, AMI, AMQP and Odoo lines",
    "wait for those connectors. Files, webhooks and HTTP targets are what is tried.",
  ],
  [
    "A power cut",
    "cannot be had in a process; `--strace` shows that the disk has it before a sender is told so.",
  ],
];
