import { describe, expect, it } from "vitest";
import { FILE_FLOW, inspect, PUSH_FLOW, SETTINGS } from "./project.ts";

const ERP = "mappings/erp/flow.yaml";
const SHOP = "mappings/shop/flow.yaml";
const HUB = "tieline.yaml";

/** What the sentence says is in the file, where it is reported, in what words and with what cure. */
interface Case {
  readonly sentence: string;
  readonly file: string;
  readonly text: string;
  readonly place: string;
  readonly message: string;
  readonly cure: string | null;
  readonly severity?: "warning";
}

function replaced(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`the text has no ${from}`);
  return text.replace(from, to);
}
const erp = (from: string, to: string): Pick<Case, "file" | "text"> => ({
  file: ERP,
  text: replaced(FILE_FLOW, from, to),
});
const shop = (from: string, to: string): Pick<Case, "file" | "text"> => ({
  file: SHOP,
  text: replaced(PUSH_FLOW, from, to),
});
const hub = (from: string, to: string): Pick<Case, "file" | "text"> => ({
  file: HUB,
  text: replaced(SETTINGS, from, to),
});

const CASES: readonly Case[] = [
  {
    sentence: "an unknown key at the top",
    ...erp("schedule:", "shedule:"),
    place: `${ERP}:6:1`,
    message: "shedule is not a known key",
    cure: 'Did you mean "schedule"?',
  },
  {
    sentence: "an unknown key in a map",
    ...erp("  system: erp", "  sytem: erp"),
    place: `${ERP}:3:3`,
    message: "source.sytem is not a known key",
    cure: 'Did you mean "system"?',
  },
  {
    sentence: "a key that is missing",
    ...erp("key: KUNNR\n", ""),
    place: `${ERP}:1:1`,
    message: "key is missing",
    cure: "JSONata over the record: what must stay in order, usually the customer number. `none`: order does not matter.",
  },
  {
    sentence: "a schedule without a time zone",
    ...erp("  zone: Europe/Berlin\n", ""),
    place: `${ERP}:6:1`,
    message: "schedule.zone is missing",
    cure: "Time zone by its IANA name, such as Europe/Berlin.",
  },
  {
    sentence: "a time zone that is misspelled",
    ...erp("Europe/Berlin", "Europe/Berln"),
    place: `${ERP}:8:9`,
    message: 'schedule.zone: "Europe/Berln" is not an IANA time zone',
    cure: 'Did you mean "Europe/Berlin"?',
  },
  {
    sentence: "an offset in the place of a time zone",
    ...erp("Europe/Berlin", '"+01:00"'),
    place: `${ERP}:8:9`,
    message: 'schedule.zone: "+01:00" is not an IANA time zone',
    cure: "Write an IANA name such as Europe/Berlin or UTC.",
  },
  {
    sentence: "a city in the place of a time zone",
    ...erp("Europe/Berlin", "Tallinn"),
    place: `${ERP}:8:9`,
    message: 'schedule.zone: "Tallinn" is not an IANA time zone',
    cure: 'Did you mean "Europe/Tallinn"?',
  },
  {
    sentence: "a cron expression with an hour that is not",
    ...erp('"30 1 * * *"', '"30 25 * * *"'),
    place: `${ERP}:7:9`,
    message: "schedule.cron: ",
    cure: 'Minute, hour, day of month, month, day of week; "30 1 * * *" is 01:30 each night.',
  },
  {
    sentence: "a cron expression with too few fields",
    ...erp('"30 1 * * *"', '"30 1"'),
    place: `${ERP}:7:9`,
    message: "schedule.cron: expected five fields (or six with seconds first), got 2",
    cure: 'Minute, hour, day of month, month, day of week; "30 1 * * *" is 01:30 each night.',
  },
  {
    sentence: "a schedule that never comes due",
    ...erp('"30 1 * * *"', '"30 1 30 2 *"'),
    place: `${ERP}:7:9`,
    message: "schedule.cron: it never comes due",
    cure: 'Minute, hour, day of month, month, day of week; "30 1 * * *" is 01:30 each night.',
  },
  {
    sentence: "a cron expression that YAML read as a number",
    ...erp('"30 1 * * *"', "30"),
    place: `${ERP}:7:9`,
    message: "schedule.cron: expected text, got 30",
    cure: null,
  },
  {
    sentence: "a window without its end",
    ...erp("Berlin\n", "Berlin\n  window: 01:00\n"),
    place: `${ERP}:9:11`,
    message: 'schedule.window: expected two times of day such as "01:00-05:30", got "01:00"',
    cure: null,
  },
  {
    sentence: "a window that is empty",
    ...erp("Berlin\n", "Berlin\n  window: 01:00-01:00\n"),
    place: `${ERP}:9:11`,
    message: "schedule.window is empty: it ends when it begins",
    cure: "Leave it out for the whole day.",
  },
  {
    sentence: "a window in which nothing begins",
    ...erp("Berlin\n", "Berlin\n  window: 02:00-05:00\n"),
    place: `${ERP}:9:11`,
    message: "schedule.window: no run of `cron` begins inside it",
    cure: "Runs would all begin by waiting; correct `cron` or `window`.",
    severity: "warning",
  },
  {
    sentence: "a word that is not one of the choices",
    ...erp("Berlin\n", "Berlin\n  misfire: run-onec\n"),
    place: `${ERP}:9:12`,
    message: 'schedule.misfire: expected run-once, skip or catch-up, got "run-onec"',
    cure: 'Did you mean "run-once"?',
  },
  {
    sentence: "another version of the file's form",
    ...erp("tieline/v1", "tieline/v2"),
    place: `${ERP}:1:13`,
    message: 'apiVersion: expected tieline/v1, got "tieline/v2"',
    cure: 'Did you mean "tieline/v1"?',
  },
  {
    sentence: "a system that is not configured",
    ...erp("system: erp", "system: epr"),
    place: `${ERP}:3:11`,
    message: 'source.system: there is no system "epr" in tieline.yaml',
    cure: 'Did you mean "erp"?',
  },
  {
    sentence: "a source the system does not have",
    ...erp("read: customers", "read: custmers"),
    place: `${ERP}:4:9`,
    message: 'source.read: erp has no source "custmers"',
    cure: 'Did you mean "customers"?',
  },
  {
    sentence: "a source of the CRM",
    ...erp("system: erp", "system: crm"),
    place: `${ERP}:3:11`,
    message: "source.system: the CRM has no sources",
    cure: "Read what it publishes: `topic: customer.changed`.",
  },
  {
    sentence: "a topic that nothing publishes",
    ...shop("system: shop\n  read: orders", "topic: customer.chnged"),
    place: `${SHOP}:3:10`,
    message: 'source.topic: nothing publishes "customer.chnged"',
    cure: 'Did you mean "customer.changed"?',
  },
  {
    sentence: "files without a format",
    ...erp("  format: csv\n", ""),
    place: `${ERP}:2:1`,
    message: "source.format is missing",
    cure: "Say how the files are to be read, such as `format: csv`.",
  },
  {
    sentence: "an unknown format",
    ...erp("format: csv", "format: cvs"),
    place: `${ERP}:5:11`,
    message: 'source.format: expected json, jsonl, csv, edifact, x12, mt940 or vcard, got "cvs"',
    cure: 'Did you mean "csv"?',
  },
  {
    sentence: "an unknown option of a format",
    ...erp("format: csv", "format: { csv: { delimeter: ';' } }"),
    place: `${ERP}:5:20`,
    message: "source.format.csv.delimeter is not a known key",
    cure: 'Did you mean "delimiter"?',
  },
  {
    sentence: "two formats at once",
    ...erp("format: csv", "format: { csv: {}, jsonl: {} }"),
    place: `${ERP}:5:11`,
    message: "source.format: expected exactly one key, got a map",
    cure: null,
  },
  {
    sentence: "options of a format that contradict each other",
    ...erp("format: csv", "format: { csv: { delimiter: '\"' } }"),
    place: `${ERP}:5:3`,
    message: "source.format: csv: `delimiter` and `quote` must differ",
    cure: "Mend the places listed; `tieline check` lists them all.",
  },
  {
    sentence: "an encoding there is not",
    ...erp("format: csv", "format: { csv: { encoding: windows-12 } }"),
    place: `${ERP}:5:3`,
    message: "source.format: ",
    cure: null,
  },
  {
    sentence: "a sink the CRM does not have",
    ...erp("crm.customer", "crm.custommer"),
    place: `${ERP}:15:9`,
    message: 'routes[1].to: crm has no sink "custommer"',
    cure: 'Did you mean "customer"?',
  },
  {
    sentence: "a sink of a system that is not configured",
    ...erp("crm.customer", "shpo.customer"),
    place: `${ERP}:15:9`,
    message: 'routes[1].to: there is no system "shpo" in tieline.yaml',
    cure: 'Did you mean "shop"?',
  },
  {
    sentence: "a sink the system does not have",
    ...erp("crm.customer", "shop.prices"),
    place: `${ERP}:15:9`,
    message: 'routes[1].to: shop has no sink "prices"',
    cure: 'Did you mean "price"?',
  },
  {
    sentence: "a sink that collects and takes each delivery by itself",
    ...erp("crm.customer", "shop.customer\n    collect: { until: 0 2 * * *, zone: UTC }"),
    place: `${ERP}:16:5`,
    message: "routes[1].collect: shop.customer takes each delivery by itself",
    cure: "Remove `collect`: what goes there is sent at once. Sinks that write files can collect.",
  },
  {
    sentence: "a time to collect until that never comes",
    ...erp("crm.customer", "shop.price\n    collect: { until: 0 2 31 2 *, zone: UTC }"),
    place: `${ERP}:16:23`,
    message: "routes[1].collect.until: it never comes due",
    cure: 'Minute, hour, day of month, month, day of week; "30 1 * * *" is 01:30 each night.',
  },
  {
    sentence: "no route",
    ...shop("routes:\n  - to: crm.order", "routes: []"),
    place: `${SHOP}:7:9`,
    message: "routes: expected at least one entry, got a list",
    cure: null,
  },
  {
    sentence: "two routes to one target",
    ...shop("crm.order\n", "crm.order\n  - { to: crm.order, when: paid }\n"),
    place: `${SHOP}:9:11`,
    message: "routes[2] goes to crm.order, as routes[1] does",
    cure: "Join the two with `or` in one `when`: a target takes a record once.",
  },
  {
    sentence: "a route to a topic of the CRM",
    ...shop("to: crm.order", "topic: order.changed"),
    place: `${SHOP}:8:12`,
    message: "order.changed is published by the CRM alone",
    cure: "Route to the CRM, or choose another topic.",
  },
  {
    sentence: "a route to a topic that no flow reads",
    ...shop("to: crm.order", "topic: orders"),
    place: `${SHOP}:8:12`,
    message: 'no flow reads the topic "orders"',
    cure: "There is none yet.",
    severity: "warning",
  },
  {
    sentence: "a schedule for a push source",
    ...shop("key:", "schedule: { cron: '0 1 * * *', zone: UTC }\nkey:"),
    place: `${SHOP}:5:1`,
    message: "schedule has no meaning for a push source: the hub does not ask it",
    cure: "Remove `schedule`, or read a source that the hub asks.",
  },
  {
    sentence: "a schedule for a source that is listened to",
    ...shop("read: orders\n", "read: queue\nschedule: { cron: '0 1 * * *', zone: UTC }\n"),
    place: `${SHOP}:5:1`,
    message: "schedule has no meaning for a source that is listened to: the hub does not ask it",
    cure: "Remove `schedule`, or read a source that the hub asks.",
  },
  {
    sentence: "a source that is asked at its slots and all the time",
    ...shop("read: orders\n", "read: changes\n  poll: 5s\nschedule: { cron: '0 1 * * *', zone: UTC }\n"),
    place: `${SHOP}:5:3`,
    message: "source.poll and schedule exclude each other",
    cure: "Remove one of them: `schedule` asks at its slots, `poll` again and again.",
  },
  {
    sentence: "a source asked more often than once a second",
    ...shop("read: orders\n", "read: changes\n  poll: 100ms\n"),
    place: `${SHOP}:5:3`,
    message: "source.poll is shorter than a second",
    cure: "Write 1s or more.",
  },
  {
    sentence: "a push source that is to be polled",
    ...shop("read: orders\n", "read: orders\n  poll: 5s\n"),
    place: `${SHOP}:5:3`,
    message: "source.poll has no meaning for a push source",
    cure: "Remove `poll`.",
  },
  {
    sentence: "a refusal that nobody would hear",
    ...shop("read: orders\n", "read: changes\nconflict: refuse\n"),
    place: `${SHOP}:5:1`,
    message: "conflict: refuse is refused for a source that is asked: nobody would hear of it",
    cure: "Write `newer`, which is the default here, or `ignore`.",
  },
  {
    sentence: "a guard for a push source",
    ...shop("key:", 'guard: { rejected: "<1%" }\nkey:'),
    place: `${SHOP}:5:1`,
    message: "guard has no meaning for a push source: it judges a whole file",
    cure: "Remove `guard`.",
  },
  {
    sentence: "rejected rows for a push source",
    ...shop("routes:", "onError:\n  data: reject-row\nroutes:"),
    place: `${SHOP}:8:3`,
    message:
      "onError.data: reject-row is refused for a push source: it has no file, so the message would be lost",
    cure: "Write `data: park`: a person looks at it and replays it.",
  },
  {
    sentence: "an event id for files",
    ...erp("key: KUNNR", "key: KUNNR\nevent: KUNNR"),
    place: `${ERP}:11:1`,
    message: "event has no meaning for a file source: a row is known by its file, its place and its content",
    cure: "Remove `event`; `version` and `record` say which row is newer and which is which.",
  },
  {
    sentence: "a version without a key",
    ...erp("key: KUNNR", "key: none"),
    place: `${ERP}:11:1`,
    message: "version: without a key no record can be newer than another",
    cure: "Give the flow a `key`: what the state belongs to.",
  },
  {
    sentence: "a key that blocks although state is carried",
    ...erp("crm.customer", "crm.customer\n    onPark: block"),
    place: `${ERP}:16:13`,
    message:
      "routes[1].onPark: block is refused, since the flow carries state: a newer record replaces a parked one",
    cure: "Remove `onPark`, or write `carries: change`.",
  },
  {
    sentence: "what the CRM published written back to it",
    ...shop("system: shop\n  read: orders", "topic: order.changed"),
    place: `${SHOP}:7:9`,
    message:
      "routes[1].to: what was read from order.changed would be written back to crm.order and published again",
    cure: "Remove the route, or write `publish: false`.",
  },
  {
    sentence: "waits in the wrong order",
    ...shop("routes:", "onError: { transient: { backoff: 2h..5s } }\nroutes:"),
    place: `${SHOP}:7:34`,
    message: "onError.transient.backoff: the first wait is longer than the longest",
    cure: "Write the shorter one first.",
  },
  {
    sentence: "a number of retries that is text",
    ...shop("routes:", "onError: { transient: { retries: many } }\nroutes:"),
    place: `${SHOP}:7:34`,
    message: 'onError.transient.retries: expected a whole number from 0 to 100, got "many"',
    cure: null,
  },
  {
    sentence: "a duration without a unit",
    ...shop("routes:", "eventWindow: 14\nroutes:"),
    place: `${SHOP}:7:14`,
    message: "eventWindow: expected a duration such as 25ms, 5s, 10m, 2h or 14d, got 14",
    cure: null,
  },
  {
    sentence: "a mapping file that is not there",
    ...erp("customer.jsonata", "custmer.jsonata"),
    place: `${ERP}:12:6`,
    message: "map: there is no file mappings/erp/custmer.jsonata",
    cure: 'Did you mean "customer.jsonata"?',
  },
  {
    sentence: "a schema file that is not there",
    ...erp("schemas/erp/customer", "schemas/epr/customer"),
    place: `${ERP}:9:10`,
    message: "accepts: there is no file schemas/epr/customer.schema.json",
    cure: 'Did you mean "schemas/erp/customer.schema.json"?',
  },
  {
    sentence: "a path out of the project",
    ...erp("schemas/erp/customer.schema.json", "../../etc/passwd"),
    place: `${ERP}:9:10`,
    message: "accepts: the path leads out of the project",
    cure: "Name a file of the project, with / between folders.",
  },
  {
    sentence: "a mapping whose result is not checked",
    ...erp("emits: schemas/canonical/customer.schema.json\n", ""),
    place: `${ERP}:12:1`,
    message: "the mapping's result is not checked",
    cure: "Name its schema with `emits`.",
    severity: "warning",
  },
  {
    sentence: "a schema that is not JSON",
    file: "schemas/erp/customer.schema.json",
    text: '{\n  "type": object\n}\n',
    place: "schemas/erp/customer.schema.json:2:11",
    message: "not valid JSON: expected ",
    cure: null,
  },
  {
    sentence: "a schema that refers to a file that is not there",
    file: "schemas/canonical/customer.schema.json",
    text: '{\n  "properties": { "name": { "$ref": "nam.schema.json" } }\n}\n',
    place: "schemas/canonical/customer.schema.json:2:37",
    message: "$ref: there is no file schemas/canonical/nam.schema.json",
    cure: 'Did you mean "schemas/canonical/name.schema.json"?',
  },
  {
    sentence: "a schema that refers to another machine",
    file: "schemas/canonical/customer.schema.json",
    text: '{ "$ref": "https://elsewhere.example/x.json" }\n',
    place: "schemas/canonical/customer.schema.json:1:11",
    message: "$ref: it leads to another machine, and schemas are never fetched",
    cure: "Copy that schema into schemas/ and name it by its path from this file.",
  },
  {
    sentence: "a mapping that is not JSONata",
    file: "mappings/erp/customer.jsonata",
    text: '{\n  "id": KUNNR KUNNR\n}\n',
    place: "mappings/erp/customer.jsonata:2:15",
    message: "S0202",
    cure: "Mend the place named.",
  },
  {
    sentence: "an expression that is not JSONata",
    ...shop("key: customer", "key: customer.(id"),
    place: `${SHOP}:5:18`,
    message: "key: ",
    cure: "Mend the place named.",
  },
  {
    sentence: "a key that stands twice",
    ...shop("key: customer\n", "key: customer\nkey: id\n"),
    place: `${SHOP}:6:1`,
    message: "not valid YAML: this key stands twice in one map",
    cure: "Remove one of the two.",
  },
  {
    sentence: "a tab before a key",
    ...shop("  read: orders", "\tread: orders"),
    place: `${SHOP}:4:1`,
    message: "not valid YAML: a tab stands where blanks must",
    cure: "Indent with spaces.",
  },
  {
    sentence: "a connector there is not",
    ...hub("connector: folders", "connector: folder"),
    place: `${HUB}:4:16`,
    message: 'there is no connector "folder"',
    cure: 'Did you mean "folders"?',
  },
  {
    sentence: "an unknown setting of a connector",
    ...hub("inbox: /srv/erp", "inbox: /srv/erp\n      ordr: name"),
    place: `${HUB}:7:7`,
    message: "systems.erp.settings.ordr is not a known key",
    cure: 'Did you mean "order"?',
  },
  {
    sentence: "a setting that is not one of the choices",
    ...hub("inbox: /srv/erp", "inbox: /srv/erp\n      order: nam"),
    place: `${HUB}:7:14`,
    message: 'systems.erp.settings.order: expected name or mtime, got "nam"',
    cure: 'Did you mean "name"?',
  },
  {
    sentence: "a setting that is too large",
    ...hub("inbox: /srv/erp", "inbox: /srv/erp\n      pause: 61"),
    place: `${HUB}:7:14`,
    message: "systems.erp.settings.pause: expected a whole number from 0 to 60, got 61",
    cure: null,
  },
  {
    sentence: "a secret that stands in the file",
    ...hub(`\${env:SHOP_TOKEN}`, "hunter2hunter2"),
    place: `${HUB}:11:14`,
    message: "systems.shop.settings.token is a secret and must not stand in the file",
    cure: `Write \${env:NAME}, \${file:PATH} or \${data:NAME}, and nothing else; a default is not allowed.`,
  },
  {
    sentence: "a secret with a default",
    ...hub(`\${env:SHOP_TOKEN}`, `\${env:SHOP_TOKEN:-hunter2}`),
    place: `${HUB}:11:14`,
    message: "systems.shop.settings.token is a secret and must not stand in the file",
    cure: `Write \${env:NAME}, \${file:PATH} or \${data:NAME}, and nothing else; a default is not allowed.`,
  },
  {
    sentence: "an environment variable that is not set",
    ...hub(`\${env:SHOP_TOKEN}`, `\${env:SHOP_TOKN}`),
    place: `${HUB}:11:14`,
    message: "systems.shop.settings.token: the environment variable SHOP_TOKN is not set",
    cure: `Set SHOP_TOKN where the hub is started, or write \${file:PATH} or \${data:NAME} instead.`,
  },
  {
    sentence: "a reference of an unknown kind",
    ...hub("https://shop.example", `https://\${SHOP_HOST}/`),
    place: `${HUB}:10:12`,
    message: "systems.shop.settings.url: a reference that is not known",
    cure: `Write \${env:NAME}, \${file:PATH} or \${data:NAME}; $\${ stands for \${ itself.`,
  },
  {
    sentence: "a secret in a file that is not there",
    ...hub(`\${env:SHOP_TOKEN}`, `\${file:/run/secrets/none}`),
    place: `${HUB}:11:14`,
    message: "systems.shop.settings.token: the file /run/secrets/none cannot be read (ENOENT)",
    cure: "Look at the file /run/secrets/none: it must be a readable text of at most 64 KiB.",
  },
  {
    sentence: "an open hub that asks nobody who they are",
    ...hub("systems:", "listen: 0.0.0.0:8400\nauth: none\nsystems:"),
    place: `${HUB}:3:7`,
    message: "auth: none is refused, since others can reach 0.0.0.0",
    cure: "Listen on 127.0.0.1, or set auth to token.",
  },
  {
    sentence: "a port there is not",
    ...hub("systems:", "listen: 127.0.0.1:99999\nsystems:"),
    place: `${HUB}:2:9`,
    message: "listen: expected a port from 0 to 65535",
    cure: null,
  },
  {
    sentence: "a system that takes the name of the CRM",
    ...hub("systems:\n", "systems:\n  crm: { connector: web }\n"),
    place: `${HUB}:3:3`,
    message: "crm is the built-in system and cannot be configured",
    cure: "Choose another name.",
  },
  {
    sentence: "a system's name in capitals",
    ...hub("systems:\n", "systems:\n  ERP2: { connector: folders, settings: { inbox: x } }\n"),
    place: `${HUB}:3:3`,
    message: "systems.ERP2: expected a name in lower-case letters, digits and dashes",
    cure: null,
  },
  {
    sentence: "an unknown key of the hub",
    ...hub("systems:", "listn: 127.0.0.1:8400\nsystems:"),
    place: `${HUB}:2:1`,
    message: "listn is not a known key",
    cure: 'Did you mean "listen"?',
  },
];

describe("a file with one mistake is reported once, at its place, with its cure", () => {
  it.each(CASES)("$sentence", ({ file, text, place, message, cure, severity = "error" }) => {
    const { findings, project } = inspect({ [file]: text });
    const shown = findings.map(
      (one) => `${one.place.file}:${one.place.line}:${one.place.column} ${one.message}`,
    );
    expect(shown).toHaveLength(1);
    expect(shown[0]).toContain(`${place} ${message}`);
    if (cure !== null) expect(findings[0]?.cure).toBe(cure);
    expect(findings[0]?.severity).toBe(severity);
    expect(project === null).toBe(severity === "error");
  });

  it("the project they are made from has none", () => {
    expect(inspect({}).findings).toEqual([]);
  });
});
