/**
 * Events to `analytics.track` under Segment's names: `Promotion Viewed`, `Promotion Clicked`, and `Product Added` or
 * `Product Removed` for each product. https://segment.com/docs/connections/spec/ecommerce/v2/
 */

import { mirror } from './parts/mirror.js';

/** @type {Record<string, string>} */
const IN_CART = { added: 'Product Added', removed: 'Product Removed' };

mirror((what, { id, name, variant, moment, currency, products }) => {
  const { analytics } = /** @type {any} */ (window);
  const promotion = { promotion_id: id, creative: variant, name, position: moment };
  if (what == 'viewed') analytics?.track('Promotion Viewed', promotion);
  if (what == 'clicked') analytics?.track('Promotion Clicked', promotion);
  const event = IN_CART[what];
  if (!event) return;
  for (const { sku, name: title, price, quantity } of products) {
    analytics?.track(event, { product_id: sku, sku, name: title, price, quantity, currency, promotion_id: id });
  }
});
