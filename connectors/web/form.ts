import {
  eventId,
  HubError,
  keepHeaders,
  type PushedItem,
  type PushRequest,
  type PushSource,
  requireMediaType,
  requirePost,
  requireSize,
  type Static,
  sameSecret,
  secret,
  Type,
} from "tieline/connector";
import { formFields } from "./form-fields.ts";

const LIMIT_BYTES = 64 * 1024;
const TYPES = ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"];

/** The settings of one form. */
export const FormSettings = Type.Object(
  {
    token: Type.Optional(
      secret({
        description:
          "The web site's server proves itself with it, as `Authorization: Bearer …` or `X-Form-Token`",
        minLength: 16,
      }),
    ),
    origins: Type.Optional(
      Type.Array(
        Type.String({ description: "Such as https://www.example.com", pattern: "^https?://[^/]+$" }),
        {
          description: "Web sites whose pages may post; keeps out other sites' pages, not programs",
          minItems: 1,
        },
      ),
    ),
    honeypot: Type.Optional(
      Type.String({
        description: "Name of a field hidden from people; a post that fills it is refused as a robot's",
        minLength: 1,
      }),
    ),
    limit: Type.Optional(
      Type.Integer({
        description: "Largest body in bytes",
        minimum: 1,
        maximum: 1_048_576,
        default: LIMIT_BYTES,
      }),
    ),
    answer: Type.Optional(
      Type.String({ description: "Text a sender sees", default: "Thank you. Your message has arrived." }),
    ),
  },
  { additionalProperties: false, description: "One form" },
);

/**
 * One form. A JSON body is stored as it came. A form body is stored as a JSON object of its fields, written at the
 * door, since formats know no forms; the header `content-type` keeps what was sent.
 */
export function form(options: Static<typeof FormSettings>): PushSource {
  const limit = options.limit ?? LIMIT_BYTES;
  return {
    kind: "push",
    limit,
    answer: {
      status: 202,
      contentType: "text/plain; charset=utf-8",
      body: options.answer ?? "Thank you. Your message has arrived.",
    },
    receive(request): PushedItem {
      requirePost(request);
      requireSize(request, limit);
      requireToken(request, options.token);
      requireOrigin(request, options.origins);
      requireMediaType(request, TYPES);
      const { fields, body } = formFields(request);
      if (options.honeypot !== undefined && isFilled(fields[options.honeypot])) {
        throw new HubError("TL_USAGE", "a field that people do not see was filled", {
          cure: "If a person sent it, have their browser's form filler leave that field alone.",
        });
      }
      const named = request.headers["idempotency-key"] !== undefined;
      return {
        body,
        headers: keepHeaders(request, ["content-type", "origin", "traceparent"]),
        ...(named ? { event: eventId(request, "idempotency-key") } : {}),
      };
    },
    sign: (_body, event) => ({
      "content-type": "application/json",
      "idempotency-key": event,
      ...(options.token === undefined ? {} : { "x-form-token": options.token }),
      ...(options.origins?.[0] === undefined ? {} : { origin: options.origins[0] }),
    }),
  };
}

function requireToken(request: PushRequest, token: string | undefined): void {
  if (token === undefined) return;
  const bearer = /^Bearer +(\S+)$/i.exec(request.headers["authorization"] ?? "")?.[1];
  if (!sameSecret(bearer ?? request.headers["x-form-token"] ?? "", token)) {
    throw new HubError("TL_UNAUTHORIZED", "the form's token is missing or wrong", {
      cure: "Send the token of this form as `Authorization: Bearer …` or in `X-Form-Token`.",
    });
  }
}

function requireOrigin(request: PushRequest, origins: readonly string[] | undefined): void {
  if (origins === undefined || origins.includes(request.headers["origin"] ?? "")) return;
  throw new HubError("TL_UNAUTHORIZED", "the page that posted is not of a web site this form serves", {
    cure: "Add the site to `origins` of the form.",
  });
}

function isFilled(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}
