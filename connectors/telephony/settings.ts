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
  },
  { additionalProperties: false, minProperties: 1, description: "One telephone system" },
);

export type TelephonyOptions = Static<typeof TelephonySettings>;
export type AmiOptions = Static<typeof Manager>;
