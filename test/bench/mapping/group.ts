import { type Kind, listOf, type Some } from "./kind.ts";

const TEXT = `{
  "byCategory": lines{ category: { "count": $count(sku), "total": $sum(amount), "skus": [ $distinct(sku) ] } },
  "byCustomer": lines{ customer: $sum(amount) },
  "bySku": lines{ sku: [ customer ] }
}`;

interface Line {
  readonly category: string;
  readonly customer: string;
  readonly sku: string;
  readonly amount: number;
}
interface Day {
  readonly lines?: Some<Line>;
}

const CATEGORIES = ["books", "tools", "food", "paper", "light"];

export const group: Kind = {
  name: "f group-by",
  text: TEXT,
  keep: ["category", "customer", "sku", "amount"],
  record: (n): Day => ({
    lines: Array.from({ length: 24 }, (_, at) => ({
      category: CATEGORIES[(n + at * at) % CATEGORIES.length] as string,
      customer: `K${(n + at * 7) % 6}`,
      sku: `S${(n + at * 5) % 9}`,
      amount: (n * 31 + at * 17) % 500,
    })),
  }),
  byHand,
};

interface Category {
  count: number;
  total: number;
  skus: string[];
}

function byHand({ lines }: Day): unknown {
  const byCategory: Record<string, Category> = {};
  const byCustomer: Record<string, number> = {};
  const bySku: Record<string, string[]> = {};
  for (const { category, customer, sku, amount } of listOf(lines)) {
    const group = byCategory[category];
    if (group === undefined) byCategory[category] = { count: 1, total: amount, skus: [sku] };
    else {
      group.count++;
      group.total += amount;
      if (!group.skus.includes(sku)) group.skus.push(sku);
    }
    byCustomer[customer] = (byCustomer[customer] ?? 0) + amount;
    const customers = bySku[sku];
    if (customers === undefined) bySku[sku] = [customer];
    else customers.push(customer);
  }
  return { byCategory, byCustomer, bySku };
}
