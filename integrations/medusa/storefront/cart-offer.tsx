'use client';

/** An offer in the cart of a Medusa storefront. */

import { useCallback } from 'react';
import { OfferSlot } from 'offerlift/react';

interface Cart {
  id: string;
  currency_code: string;
  item_total?: number;
  items?: { variant_sku?: string | null; variant_id?: string | null; quantity: number; unit_price: number }[] | null;
}

interface Props {
  cart: Cart;
  /** What the shopper said to your consent manager. */
  consent: boolean;
  /** Calls your Medusa backend, with its publishable key. */
  post: (path: string, body: object) => Promise<unknown>;
  /** Draws the cart again. */
  onAdded: () => void;
}

export function CartOffer({ cart, consent, post, onAdded }: Props) {
  const currency = cart.currency_code.toUpperCase();
  const { maximumFractionDigits = 2 } = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions();
  const minor = (amount: number) => Math.round(amount * 10 ** maximumFractionDigits);
  const items = (cart.items ?? []).map(({ variant_sku, variant_id, quantity, unit_price }) => ({
    sku: variant_sku || variant_id || '',
    quantity,
    price_minor: minor(unit_price),
  }));
  const accept = useCallback(
    async ({ acceptance_token }: { acceptance_token: string }) => {
      await post(`/store/carts/${cart.id}/offers`, { acceptance_token });
      onAdded();
    },
    [cart.id],
  );
  return (
    <OfferSlot
      edge={process.env.NEXT_PUBLIC_OFFERLIFT_EDGE ?? ''}
      siteKey={process.env.NEXT_PUBLIC_OFFERLIFT_SITE_KEY ?? ''}
      moment="cart"
      consent={consent}
      onAccept={accept}
      page={{ cart: { currency, total_minor: minor(cart.item_total ?? 0), items } }}
    />
  );
}
