/** `POST /store/carts/:id/offers`: put what a shopper accepted into the cart, at the price that the store has signed. */

import type { MedusaRequest, MedusaResponse } from '@medusajs/framework/http';
import { addToCartWorkflow } from '@medusajs/medusa/core-flows';

import { offerlift } from '../../../../../lib/offerlift';

export async function POST(request: MedusaRequest<{ acceptance_token: string }>, response: MedusaResponse) {
  const cartId = request.params.id!;
  const token = request.body.acceptance_token;
  const offer = await offerlift.redeem(token, cartId); // raises for what is forged, expired, or used in another cart
  const query = request.scope.resolve('query');
  const { data } = await query.graph({ entity: 'cart', fields: ['items.metadata'], filters: { id: cartId } });
  const isThere = data[0]?.items?.some((item: any) => item?.metadata?.offerlift_acceptance == token);
  if (!isThere) {
    const units = 10 ** (new Intl.NumberFormat('en', { style: 'currency', currency: offer.currency }).resolvedOptions().maximumFractionDigits ?? 2);
    const items = offer.lines.map((line) => ({
      variant_id: line.external_id, // the ID of the Medusa variant, in Offerlift's catalog
      quantity: line.quantity,
      unit_price: line.price_minor / units,
      metadata: { offerlift_acceptance: token },
    }));
    await addToCartWorkflow(request.scope).run({ input: { cart_id: cartId, items } });
  }
  response.json({ added: !isThere });
}
