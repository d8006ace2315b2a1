/** The built-in system that flows write customers to. */
export const CRM = "crm";

/** Its sinks, and the topic on which it publishes what changed there. */
export const CRM_TOPICS: Readonly<Record<string, string>> = {
  customer: "customer.changed",
  interaction: "interaction.added",
  invoice: "invoice.changed",
  order: "order.changed",
  payment: "payment.changed",
};
