import type { PushRequest } from "../../src/connector/contract.ts";
import { webhook } from "../../src/connector/webhook.ts";
import type { WebhookOptions } from "../../src/connector/webhook-settings.ts";
import { HubError } from "../../src/errors.ts";

// The vector published with the Standard Webhooks libraries.
export const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
export const ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
export const TIME = 1_614_265_330;
export const BODY = '{"test": 2432232314}';
export const SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

export function request(headers: Record<string, string>, body: string | Uint8Array = BODY): PushRequest {
  return {
    method: "POST",
    url: "/in/billing/invoices",
    headers: { "content-type": "application/json", ...headers },
    body: Buffer.from(body as string),
  };
}

export const standardHeaders = {
  "webhook-id": ID,
  "webhook-timestamp": String(TIME),
  "webhook-signature": SIGNATURE,
};

export function at(seconds: number, options: WebhookOptions) {
  return webhook(options, { system: "billing", now: () => seconds * 1000 });
}

export const standard = (seconds = TIME, secrets = [SECRET]) => at(seconds, { scheme: "standard", secrets });

export function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return error instanceof HubError ? error.code : String(error);
  }
  return "taken";
}
