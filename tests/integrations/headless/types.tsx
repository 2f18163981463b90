/** What the clients' types take and refuse, and that the Medusa example takes what Medusa's own types say of an order. */

import type { OrderDTO, StoreCart } from '@medusajs/types';
import { Offerlift, OfferliftError } from 'offerlift/server';

import { CartOffer } from '../../../integrations/medusa/storefront/cart-offer';
import { type MedusaOrder, orderOf } from '../../../integrations/medusa/backend/src/lib/offerlift';

declare global {
  const process: { env: Record<string, string | undefined> };
}

const offerlift = new Offerlift({ edge: 'https://offers.example', secretKey: 'sk_...' });

export async function server(order: OrderDTO) {
  const { decisions } = await offerlift.decide({ moments: ['cart'], cart: { currency: 'EUR', total_minor: 1 } });
  const variant: string | null = decisions[0]!.variant ?? null;
  const claims = await offerlift.redeem('eyJ', 'cart-7');
  const price: number = claims.lines[0]!.price_minor;
  const sent: MedusaOrder = order;
  await offerlift.sendOrder(orderOf(sent));
  // @ts-expect-error an order has lines
  await offerlift.sendOrder({ external_id: '1', placed_at: '', updated_at: '', currency: 'EUR', subtotal_minor: 1, total_minor: 1 });
  // @ts-expect-error moments are a list
  await offerlift.decide({ moments: 'cart' });
  // @ts-expect-error the secret key is needed
  new Offerlift({ edge: 'https://offers.example' });
  return new OfferliftError().code + variant + price;
}

export const page = (cart: StoreCart) => <CartOffer cart={cart} consent post={async () => {}} onAdded={() => {}} />;
