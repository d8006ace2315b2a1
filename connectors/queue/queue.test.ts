import { describe, expect, it } from "vitest";
import { describeConnector } from "../../test/conformance/connector.ts";
import { broker, failureOf } from "./broker.ts";
import queue from "./index.ts";

const URL_OF_NOBODY = "amqp://hub@127.0.0.1:1/shop";

describeConnector("queue", queue, {
  settings: () => ({
    url: URL_OF_NOBODY,
    password: "secret",
    consume: { orders: { queue: "orders", prefetch: 10 } },
    publish: { customer: { exchange: "crm", routingKey: "customer.changed", idempotent: true } },
  }),
  wrongSettings: [
    { password: "secret" },
    { url: "https://mq.example" },
    { url: URL_OF_NOBODY, consume: { Orders: { queue: "orders" } } },
    { url: URL_OF_NOBODY, consume: { orders: { queue: "" } } },
    { url: URL_OF_NOBODY, publish: { out: { routingKey: "x" } } },
  ],
  listens: ["orders"],
  deadSinks: { customer: { id: "1" } },
  unreachable: "TL_SOURCE_UNAVAILABLE",
});

describe("a broker's place", () => {
  it("is refused where the URL holds a password, or lacks user or host", () => {
    expect(() => broker({ url: "amqp://hub:pw@mq" }, ".")).toThrow("must not hold a password");
    expect(() => broker({ url: "amqp://mq" }, ".")).toThrow("must name user and host");
  });
});

describe("a failure of a broker", () => {
  it.each([
    [{ code: 404, message: "Channel closed by server: 404 (NOT-FOUND)" }, "settings"],
    [{ code: 406, message: "Channel closed by server: 406 (PRECONDITION-FAILED)" }, "settings"],
    [{ message: "Handshake terminated by server: 403 (ACCESS-REFUSED)" }, "access"],
    [{ code: 320, message: "Connection closed: 320 (CONNECTION-FORCED)" }, "away"],
    [{ code: "ECONNREFUSED", message: "connect ECONNREFUSED 127.0.0.1:1" }, "away"],
    [undefined, "away"],
  ])("%o is a matter of: %s", (error, fault) => {
    expect(failureOf(error).fault).toBe(fault);
  });
});
