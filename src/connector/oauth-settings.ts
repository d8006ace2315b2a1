import { type Static, Type } from "@sinclair/typebox";
import { secret } from "./define.ts";

/** How a token is got by OAuth 2.0 client credentials (RFC 6749 §4.4). */
export const OAuthSettings = Type.Object(
  {
    url: Type.String({ description: "Token endpoint; https, or http on this machine", minLength: 1 }),
    client: Type.String({ description: "Client id", minLength: 1 }),
    secret: secret({ description: "Client secret", minLength: 1 }),
    scope: Type.Optional(Type.String({ description: "Scopes asked for, separated by blanks", minLength: 1 })),
    audience: Type.Optional(
      Type.String({ description: "Audience asked for, where the endpoint wants one", minLength: 1 }),
    ),
    send: Type.Optional(
      Type.Union([Type.Literal("header"), Type.Literal("body")], {
        description: "Where the client's id and secret go: basic authentication, or the form",
        default: "header",
      }),
    ),
  },
  { additionalProperties: false, description: "OAuth 2.0 client credentials" },
);

export type OAuthOptions = Static<typeof OAuthSettings>;
