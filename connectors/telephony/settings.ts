import { DropFolderSettings, type Static, secret, Type } from "tieline/connector";

/** What a telephone may be called: it becomes part of a channel's name and of a dialplan's variable. */
const Phone = "^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$";

const Manager = Type.Object(
  {
    host: Type.String({ description: "Where Asterisk's manager interface answers", minLength: 1 }),
    port: Type.Optional(
      Type.Integer({ description: "Default 5038, with `tls` 5039", minimum: 1, maximum: 65_535 }),
    ),
    tls: Type.Optional(Type.Boolean({ description: "Whether the connection is encrypted", default: false })),
    authority: Type.Optional(
      Type.String({ description: "PEM file of the authority that signed its certificate", minLength: 1 }),
    ),
    user: Type.String({ description: "User of manager.conf", minLength: 1, maxLength: 80 }),
    secret: secret({ description: "Its secret", minLength: 1 }),
  },
  { additionalProperties: false, description: "Asterisk's manager interface: who calls, rings and hangs up" },
);

const Agent = Type.Object(
  {
    name: Type.String({ description: "As it is shown", minLength: 1, maxLength: 200 }),
    skills: Type.Optional(
      Type.Array(Type.String({ description: "Such as `de` or `billing`", minLength: 1, maxLength: 64 }), {
        description: "What calls may be given to this agent for",
        maxItems: 64,
      }),
    ),
  },
  { additionalProperties: false, description: "One agent" },
);

const Routing = Type.Object(
  {
    listen: Type.String({
      description: "Address and port where the dialplan asks (FastAGI), such as 127.0.0.1:4573",
      pattern: "^(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9.-]+):[0-9]{1,5}$",
    }),
    from: Type.Optional(
      Type.Array(Type.String({ description: "An address", pattern: "^[0-9A-Fa-f:.]+$" }), {
        description: "Who may ask, since FastAGI knows no password; default this machine",
        minItems: 1,
        maxItems: 64,
      }),
    ),
    deadline: Type.Optional(
      Type.Integer({
        description: "Milliseconds within which the dialplan is answered, if need be with nobody",
        minimum: 10,
        maximum: 5_000,
        default: 150,
      }),
    ),
    rule: Type.Optional(
      Type.String({
        description:
          "Mapping that chooses the agent, from the project folder; default the last one who talked to the customer",
        pattern: "\\.jsonata$",
      }),
    ),
  },
  { additionalProperties: false, description: "The dialplan asks the hub whom to ring" },
);

const Dial = Type.Object(
  {
    context: Type.String({
      description: "Context of the dialplan that calls the customer",
      pattern: "^[A-Za-z0-9_.-]{1,80}$",
    }),
    callerId: Type.String({
      description: "Number of ours that the customer is shown",
      pattern: "^\\+?[0-9]{2,32}$",
    }),
    technology: Type.Optional(
      Type.String({
        description: "How the agents' telephones are reached",
        pattern: "^[A-Za-z0-9]{1,32}$",
        default: "PJSIP",
      }),
    ),
    plus: Type.Optional(
      Type.String({
        description: "What is dialled for the plus of an international number, such as 00",
        pattern: "^[+0-9]{0,6}$",
        default: "+",
      }),
    ),
    ring: Type.Optional(
      Type.Integer({
        description: "Seconds that the agent's telephone rings",
        minimum: 1,
        maximum: 300,
        default: 30,
      }),
    ),
    within: Type.Optional(
      Type.Integer({
        description: "Seconds after which a call that was asked for is not made any more",
        minimum: 1,
        maximum: 86_400,
        default: 60,
      }),
    ),
  },
  {
    additionalProperties: false,
    description: "Calls by a click: the agent's telephone rings, then the customer's",
  },
);

const Desk = Type.Object(
  {
    script: Type.Optional(
      Type.String({
        description: "Mapping that writes what the agent is to say, from the project folder",
        pattern: "\\.jsonata$",
      }),
    ),
  },
  { additionalProperties: false, description: "What agents see" },
);

export const TelephonySettings = Type.Object(
  {
    callRecords: Type.Optional(
      Type.Record(Type.String(), DropFolderSettings, {
        description: "Folders of call records, by the name of the source",
      }),
    ),
    manager: Type.Optional(Manager),
    agents: Type.Optional(
      Type.Record(Type.String({ pattern: Phone }), Agent, {
        additionalProperties: false,
        description: "Who answers, by the name of the telephone: `101` is PJSIP/101",
      }),
    ),
    details: Type.Optional(
      Type.String({
        description:
          "Asterisk's file of call records, Master.csv: the source `records` reads what is appended",
        minLength: 1,
      }),
    ),
    country: Type.Optional(
      Type.String({
        description: "Where numbers without prefix are dialled from (ISO 3166)",
        pattern: "^[A-Z]{2}$",
      }),
    ),
    routing: Type.Optional(Routing),
    dial: Type.Optional(Dial),
    desk: Type.Optional(Desk),
  },
  { additionalProperties: false, minProperties: 1, description: "One telephone system" },
);

export type TelephonyOptions = Static<typeof TelephonySettings>;
export type AmiOptions = Static<typeof Manager>;
export type RoutingOptions = Static<typeof Routing>;
export type DialOptions = Static<typeof Dial>;
