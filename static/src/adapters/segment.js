/**
 * Events to `analytics.track` under Segment's names: `Promotion Viewed`, `Promotion Clicked`, and `Product Added` for each
 * product. https://segment.com/docs/connections/spec/ecommerce/v2/
 */

import { mirror } from './parts/mirror.js';

mirror((what, { id, name, variant, moment, currency, products }) => {
  const { analytics } = /** @type {any} */ (window);
  const promotion = { promotion_id: id, creative: variant, name, position: moment };
  if (what == 'viewed') analytics?.track('Promotion Viewed', promotion);
  if (what == 'clicked') analytics?.track('Promotion Clicked', promotion);
  if (what != 'added') return;
  for (const { sku, name: title, price, quantity } of products) {
    analytics?.track('Product Added', { product_id: sku, sku, name: title, price, quantity, currency, promotion_id: id });
  }
});
