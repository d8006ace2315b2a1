import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { PushRequest } from "../../src/connector/contract.ts";
import { signStandard } from "../../src/connector/signature.ts";
import type { HubError } from "../../src/errors.ts";
import {
  at,
  BODY,
  ID,
  refusal,
  request,
  SECRET,
  SIGNATURE,
  standard,
  standardHeaders,
  TIME,
} from "./webhook-setup.ts";

describe("published vectors", () => {
  it("Standard Webhooks: takes the published request, stores its bytes, and names the event", () => {
    const item = standard().receive(request(standardHeaders));
    expect(Buffer.from(item.body).toString()).toBe(BODY);
    expect(item.event).toBe(ID);
    expect(item.headers).toEqual({ "content-type": "application/json" });
  });

  it("Standard Webhooks: signs as published", () => {
    expect(signStandard(SECRET, ID, TIME, Buffer.from(BODY))).toBe(SIGNATURE);
  });

  it("GitHub: takes the request of its documentation", () => {
    const source = at(0, {
      scheme: "hex",
      secrets: ["It's a Secret to Everybody"],
      header: "X-Hub-Signature-256",
      prefix: "sha256=",
      mediaTypes: ["text/plain"],
    });
    const signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    const headers = { "x-hub-signature-256": signature, "content-type": "text/plain" };
    expect(Buffer.from(source.receive(request(headers, "Hello, World!")).body).toString()).toBe(
      "Hello, World!",
    );
    expect(refusal(() => source.receive(request(headers, "Hello, World?")))).toBe("TL_SIGNATURE_INVALID");
  });

  it("Slack: takes the request of its documentation, and only with its time", () => {
    const body =
      "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    const source = at(1_531_420_618, {
      scheme: "hex",
      secrets: ["8f742231b10e8888abcd99yyyzzz85a5"],
      header: "x-slack-signature",
      prefix: "v0=",
      timestampHeader: "x-slack-request-timestamp",
      content: "v0:{timestamp}:{body}",
      mediaTypes: ["application/x-www-form-urlencoded"],
    });
    const headers = {
      "content-type": "application/x-www-form-urlencoded",
      "x-slack-request-timestamp": "1531420618",
      "x-slack-signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
    };
    expect(source.receive(request(headers, body)).body).toHaveLength(body.length);
    const other = { ...headers, "x-slack-request-timestamp": "1531420619" };
    expect(refusal(() => source.receive(request(other, body)))).toBe("TL_SIGNATURE_INVALID");
  });
});

describe("a scheme that signs method and address too", () => {
  const URL_OF_HUB = "https://hub.example.com/in/crm/changes";
  const source = at(TIME, {
    scheme: "base64",
    secrets: ["client-secret-of-the-app"],
    header: "X-HubSpot-Signature-v3",
    timestampHeader: "X-HubSpot-Request-Timestamp",
    content: `POST${URL_OF_HUB}{body}{timestamp}`,
  });
  const signed = (time: number, text = `POST${URL_OF_HUB}[{}]${time}`) => ({
    "content-type": "application/json",
    "x-hubspot-request-timestamp": String(time),
    "x-hubspot-signature-v3": createHmac("sha256", "client-secret-of-the-app").update(text).digest("base64"),
  });

  it("HubSpot v3: is taken, its time being milliseconds", () => {
    expect(source.receive(request(signed(TIME * 1000), "[{}]")).body).toHaveLength(4);
  });

  it("HubSpot v3: is refused when it is old, or was made for another address", () => {
    const old = TIME * 1000 - 300_001;
    expect(refusal(() => source.receive(request(signed(old), "[{}]")))).toBe("TL_SIGNATURE_STALE");
    const elsewhere = signed(TIME * 1000, `POSThttps://evil.example/[{}]${TIME * 1000}`);
    expect(refusal(() => source.receive(request(elsewhere, "[{}]")))).toBe("TL_SIGNATURE_INVALID");
  });
});

describe("a tampered Standard Webhooks request is refused", () => {
  const flipped = Buffer.from(BODY);
  flipped[3]! ^= 1;
  const otherSecret = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;
  const cases: [string, PushRequest, string][] = [
    ["one bit of the body", request(standardHeaders, flipped), "TL_SIGNATURE_INVALID"],
    [
      "a body written anew",
      request(standardHeaders, JSON.stringify(JSON.parse(BODY))),
      "TL_SIGNATURE_INVALID",
    ],
    ["a space after the body", request(standardHeaders, `${BODY} `), "TL_SIGNATURE_INVALID"],
    ["an empty body", request(standardHeaders, ""), "TL_SIGNATURE_INVALID"],
    ["another id", request({ ...standardHeaders, "webhook-id": "msg_other" }), "TL_SIGNATURE_INVALID"],
    [
      "another time",
      request({ ...standardHeaders, "webhook-timestamp": String(TIME + 1) }),
      "TL_SIGNATURE_INVALID",
    ],
    [
      "a time of letters",
      request({ ...standardHeaders, "webhook-timestamp": "now" }),
      "TL_SIGNATURE_INVALID",
    ],
    ["a negative time", request({ ...standardHeaders, "webhook-timestamp": "-1" }), "TL_SIGNATURE_INVALID"],
    ["an empty signature", request({ ...standardHeaders, "webhook-signature": "" }), "TL_SIGNATURE_INVALID"],
    [
      "no prefix",
      request({ ...standardHeaders, "webhook-signature": SIGNATURE.slice(3) }),
      "TL_SIGNATURE_INVALID",
    ],
    [
      "another prefix",
      request({ ...standardHeaders, "webhook-signature": SIGNATURE.replace("v1,", "v1a,") }),
      "TL_SIGNATURE_INVALID",
    ],
    [
      "the last letter of the signature, which holds two unused bits",
      request({ ...standardHeaders, "webhook-signature": SIGNATURE.replace("E=", "F=") }),
      "TL_SIGNATURE_INVALID",
    ],
    [
      "half a signature",
      request({ ...standardHeaders, "webhook-signature": SIGNATURE.slice(0, 20) }),
      "TL_SIGNATURE_INVALID",
    ],
    [
      "another secret",
      request({
        ...standardHeaders,
        "webhook-signature": signStandard(otherSecret, ID, TIME, Buffer.from(BODY)),
      }),
      "TL_SIGNATURE_INVALID",
    ],
  ];
  it.each(cases)("%s", (_, tampered, code) => {
    expect(refusal(() => standard().receive(tampered))).toBe(code);
  });

  it.each(["webhook-id", "webhook-timestamp", "webhook-signature"])("without the header %s", (name) => {
    const { [name as "webhook-id"]: _, ...headers } = standardHeaders;
    expect(refusal(() => standard().receive(request(headers)))).toBe("TL_SIGNATURE_INVALID");
  });

  it("F27: replayed after the tolerance, or from the future", () => {
    expect(refusal(() => standard(TIME + 300).receive(request(standardHeaders)))).toBe("taken");
    expect(refusal(() => standard(TIME + 301).receive(request(standardHeaders)))).toBe("TL_SIGNATURE_STALE");
    expect(refusal(() => standard(TIME - 300).receive(request(standardHeaders)))).toBe("taken");
    expect(refusal(() => standard(TIME - 301).receive(request(standardHeaders)))).toBe("TL_SIGNATURE_STALE");
  });

  it("and the refusal quotes neither the body, the signature nor the secret", () => {
    try {
      standard().receive(request(standardHeaders, "secret payload"));
      expect.unreachable();
    } catch (error) {
      const text = JSON.stringify(error) + (error as HubError).describe();
      for (const hidden of ["secret payload", "g0hM9SsE", "MfKQ9r8G"]) expect(text).not.toContain(hidden);
    }
  });
});

describe("rotation", () => {
  const next = `whsec_${Buffer.alloc(24, 9).toString("base64")}`;
  it("takes a request signed with the first or the second of two secrets", () => {
    const rotated = {
      ...standardHeaders,
      "webhook-signature": signStandard(next, ID, TIME, Buffer.from(BODY)),
    };
    const source = standard(TIME, [SECRET, next]);
    expect(source.receive(request(standardHeaders)).event).toBe(ID);
    expect(source.receive(request(rotated)).event).toBe(ID);
    expect(refusal(() => standard().receive(request(rotated)))).toBe("TL_SIGNATURE_INVALID");
  });

  it("takes a request with several signatures of which one fits, also as a joined header", () => {
    const wrong = signStandard(next, ID, TIME, Buffer.from(BODY));
    for (const several of [
      `${wrong} ${SIGNATURE}`,
      `v1a,abc= ${SIGNATURE} ${wrong}`,
      `${wrong}, ${SIGNATURE}, ${wrong}`,
    ]) {
      expect(standard().receive(request({ ...standardHeaders, "webhook-signature": several })).event).toBe(
        ID,
      );
    }
  });

  it("takes a secret that is not base64 as it stands", () => {
    const secret = "a plain old secret";
    const headers = {
      ...standardHeaders,
      "webhook-signature": signStandard(secret, ID, TIME, Buffer.from(BODY)),
    };
    expect(standard(TIME, [secret]).receive(request(headers)).event).toBe(ID);
  });
});

describe("Stripe's scheme", () => {
  const secret = "whsec_dGhpcyBpcyBhIHRlc3Qgc2VjcmV0";
  const source = (seconds = TIME) => at(seconds, { scheme: "stripe", secrets: ["whsec_0123456789abcdef"] });
  const mac = (key: string, time: number) =>
    createHmac("sha256", key).update(`${time}.${BODY}`).digest("hex");

  it("takes the signature among others, and refuses another time and a late one", () => {
    const good = mac("whsec_0123456789abcdef", TIME);
    const header = `t=${TIME},v1=${mac(secret, TIME)},v1=${good},v0=${good}`;
    expect(source().receive(request({ "stripe-signature": header })).event).toBeUndefined();
    const moved = header.replace(`t=${TIME}`, `t=${TIME + 1}`);
    expect(refusal(() => source().receive(request({ "stripe-signature": moved })))).toBe(
      "TL_SIGNATURE_INVALID",
    );
    expect(refusal(() => source(TIME + 400).receive(request({ "stripe-signature": header })))).toBe(
      "TL_SIGNATURE_STALE",
    );
  });

  it("does not take the older scheme v0", () => {
    const header = `t=${TIME},v0=${mac("whsec_0123456789abcdef", TIME)}`;
    expect(refusal(() => source().receive(request({ "stripe-signature": header })))).toBe(
      "TL_SIGNATURE_INVALID",
    );
  });

  it("refuses a header without a time", () => {
    const header = `v1=${mac("whsec_0123456789abcdef", TIME)}`;
    expect(refusal(() => source().receive(request({ "stripe-signature": header })))).toBe(
      "TL_SIGNATURE_INVALID",
    );
  });
});

describe("a signature in a header of its own", () => {
  const key = "shared-secret";
  const source = at(0, {
    scheme: "base64",
    secrets: [key],
    header: "X-Signature",
    eventHeader: "Idempotency-Key",
  });
  const signature = createHmac("sha256", key).update(BODY).digest("base64");

  it("names the event by the header asked for, and requires it", () => {
    expect(source.receive(request({ "x-signature": signature, "idempotency-key": "inv-1" })).event).toBe(
      "inv-1",
    );
    expect(refusal(() => source.receive(request({ "x-signature": signature })))).toBe("TL_USAGE");
    expect(
      refusal(() =>
        source.receive(request({ "x-signature": signature, "idempotency-key": "x".repeat(256) })),
      ),
    ).toBe("TL_USAGE");
  });

  it("takes hex in either case", () => {
    const hex = at(0, { scheme: "hex", secrets: [key], header: "x-signature" });
    const upper = createHmac("sha256", key).update(BODY).digest("hex").toUpperCase();
    expect(refusal(() => hex.receive(request({ "x-signature": upper })))).toBe("taken");
  });
});
