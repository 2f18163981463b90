/**
 * Events in `dataLayer` under the names and with the parameters of Google Analytics 4: `view_promotion`,
 * `select_promotion`, `add_to_cart`, `remove_from_cart`. https://developers.google.com/analytics/devguides/collection/ga4/ecommerce
 *
 * What tags may do with them is the consent mode's to say.
 */

import { mirror } from './parts/mirror.js';

const NAMES = { viewed: 'view_promotion', clicked: 'select_promotion', added: 'add_to_cart', removed: 'remove_from_cart' };
const IN_CART = ['added', 'removed'];

mirror((what, { id, name, variant, moment, currency, products }) => {
  const host = /** @type {any} */ (window);
  const layer = (host.dataLayer ||= []);
  const promotion = { promotion_id: id, promotion_name: name, creative_name: variant, creative_slot: moment };
  const items = products.map(({ sku, name: title, price, quantity }) => ({
    item_id: sku,
    item_name: title,
    price,
    quantity,
    ...promotion,
  }));
  const value = products.reduce((sum, { price, quantity }) => sum + price * quantity, 0);
  layer.push({ ecommerce: null });
  layer.push({
    event: NAMES[what],
    ecommerce: { ...promotion, currency, ...(IN_CART.includes(what) && { value: Number(value.toFixed(3)) }), items },
  });
});
