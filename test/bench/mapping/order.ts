import { type Kind, listOf, type Some } from "./kind.ts";

const TEXT = `(
  $lines := lines[quantity > 0];
  $net := $round($sum($lines.(quantity * price)), 2);
  {
    "id": orderId,
    "customer": { "id": customer.number, "name": customer.firstName & " " & customer.lastName },
    "orderedOn": $fromMillis($toMillis(ordered), "[D01].[M01].[Y0001]"),
    "dueAt": $fromMillis($toMillis(ordered) + 1209600000),
    "lines": [ $lines.{
      "sku": sku, "text": text, "quantity": quantity, "price": price, "total": $round(quantity * price, 2)
    } ],
    "count": $count($lines),
    "dearest": $max($lines.price),
    "net": $net,
    "gross": $round($net * 1.19, 2),
    "state": $exists(paidOn) ? "paid" : "open"
  }
)`;

interface Line {
  readonly sku?: string;
  readonly text?: string;
  readonly quantity: number;
  readonly price: number;
}
interface Order {
  readonly orderId?: string;
  readonly customer?: { readonly number?: string; readonly firstName?: string; readonly lastName?: string };
  readonly ordered: string;
  readonly paidOn?: string;
  readonly lines?: Some<Line>;
}

export const order: Kind = {
  name: "c order with lines, sums, dates",
  text: TEXT,
  keep: ["quantity", "price", "ordered"],
  record: (n): Order => ({
    orderId: `O-${n}`,
    customer: { number: `K${n % 1000}`, firstName: "Anna", lastName: `Müller ${n % 97}` },
    ordered: new Date(1_780_000_000_000 + n * 3_600_000).toISOString(),
    ...(n % 2 === 0 ? { paidOn: "2026-11-02" } : {}),
    lines: Array.from({ length: 5 }, (_, at) => ({
      sku: `S-${(n * 7 + at) % 500}`,
      text: `Article ${at}`,
      quantity: (n + at) % 6,
      price: ((n * 13 + at * 101) % 20_000) / 100,
    })),
  }),
  byHand,
};

function byHand({ orderId, customer, ordered, paidOn, lines }: Order): unknown {
  const made: unknown[] = [];
  let sum = 0;
  let dearest = Number.NEGATIVE_INFINITY;
  for (const line of listOf(lines)) {
    if (!(line.quantity > 0)) continue;
    sum += line.quantity * line.price;
    if (line.price > dearest) dearest = line.price;
    made.push(lineOf(line));
  }
  const millis = Date.parse(ordered);
  const result: Record<string, unknown> = {};
  if (orderId !== undefined) result["id"] = orderId;
  result["customer"] = customerOf(customer);
  result["orderedOn"] = day(new Date(millis));
  result["dueAt"] = new Date(millis + 1_209_600_000).toISOString();
  result["lines"] = made;
  result["count"] = made.length;
  if (made.length > 0) {
    const net = cents(sum);
    result["dearest"] = dearest;
    result["net"] = net;
    result["gross"] = cents(net * 1.19);
  }
  result["state"] = paidOn === undefined ? "open" : "paid";
  return result;
}

function lineOf({ sku, text, quantity, price }: Line): unknown {
  const result: Record<string, unknown> = {};
  if (sku !== undefined) result["sku"] = sku;
  if (text !== undefined) result["text"] = text;
  result["quantity"] = quantity;
  result["price"] = price;
  result["total"] = cents(quantity * price);
  return result;
}

function customerOf(customer: Order["customer"]): unknown {
  const name = `${customer?.firstName ?? ""} ${customer?.lastName ?? ""}`;
  return customer?.number === undefined ? { name } : { id: customer.number, name };
}

function day(date: Date): string {
  return `${two(date.getUTCDate())}.${two(date.getUTCMonth() + 1)}.${String(date.getUTCFullYear()).padStart(4, "0")}`;
}

function two(number: number): string {
  return number < 10 ? `0${number}` : String(number);
}

/** To two places, half to the even neighbour, as JSONata rounds: near a half only the decimal text is exact. */
function cents(amount: number): number {
  const shifted = amount * 100;
  const fraction = shifted - Math.floor(shifted);
  if (Math.abs(fraction - 0.5) > 1e-6) return Math.round(shifted) / 100;
  const exact = Number(`${amount}e2`);
  const rounded = Math.round(exact);
  const isHalf = Math.abs(rounded - exact) === 0.5;
  return (isHalf && rounded % 2 !== 0 ? rounded - 1 : rounded) / 100;
}
