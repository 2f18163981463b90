/** Sends each order when it is placed, and again whenever it is paid, refunded, or canceled. */

import type { SubscriberArgs, SubscriberConfig } from '@medusajs/framework';

import { type MedusaOrder, ORDER_FIELDS, offerlift, orderOf } from '../lib/offerlift';

const OF_PAYMENTS = ['payment.captured', 'payment.refunded'];

export const config: SubscriberConfig = {
  event: ['order.placed', 'order.canceled', 'order.completed', ...OF_PAYMENTS],
};

export default async function sendOrder({ event, container }: SubscriberArgs<{ id: string }>) {
  const query = container.resolve('query');
  const id = OF_PAYMENTS.includes(event.name) ? await orderOfPayment(query, event.data.id) : event.data.id;
  if (!id) return; // a payment whose cart isn't an order yet
  const { data } = await query.graph({ entity: 'order', fields: [...ORDER_FIELDS], filters: { id } });
  // Raises where the edge doesn't take it, so that Medusa's event bus tries again.
  await offerlift.sendOrder(orderOf(data[0] as unknown as MedusaOrder));
}

async function orderOfPayment(query: { graph: (question: any) => Promise<{ data: any[] }> }, id: string): Promise<string | undefined> {
  const { data } = await query.graph({ entity: 'payment', fields: ['payment_collection.order.id'], filters: { id } });
  return data[0]?.payment_collection?.order?.id;
}
